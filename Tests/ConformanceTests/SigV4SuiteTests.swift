import Cryptography
import Foundation
import HTTPWire
import S3Model
import Testing

@testable import SigV4

/// AWS's signing test suite (aws-c-auth), for SigV4 and SigV4A: each folder in its header and its query form.
@Suite struct SigV4SuiteTests {
  @Test(arguments: ["sigv4", "sigv4a"])
  func folders(suite: String) throws {
    let root = ConformanceFolder.url.appendingPathComponent(suite)
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: root.path).sorted() else {
      print("\(suite): skipped, no \(root.path)")
      return
    }
    var report = SuiteReport(suite)
    for name in names {
      let folder = root.appendingPathComponent(name)
      guard FileManager.default.fileExists(atPath: folder.appendingPathComponent("context.json").path) else { continue }
      for form in ["header", "query"] {
        guard FileManager.default.fileExists(atPath: folder.appendingPathComponent("\(form)-signed-request.txt").path)
        else {
          // Published without expectations.
          report.skipped += 1
          continue
        }
        do {
          let problems = try SuiteCase(folder: folder, form: form).problems()
          if problems.isEmpty {
            report.passed += 1
          } else {
            report.failed.append("\(name) \(form): \(problems.joined(separator: ", "))")
          }
        } catch {
          report.failed.append("\(name) \(form): \(error)")
        }
      }
    }
    report.printLine()
    #expect(report.failed == [])
    #expect(report.passed > 0)
  }
}

private struct SuiteCase {
  let folder: URL
  let form: String
  let context: [String: Any]

  init(folder: URL, form: String) throws {
    self.folder = folder
    self.form = form
    let data = try Data(contentsOf: folder.appendingPathComponent("context.json"))
    context = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  }

  func problems() throws -> [String] {
    var problems: [String] = []
    let credentials = context["credentials"] as? [String: Any] ?? [:]
    let service = ByteString(context["service"] as? String ?? "")
    let secret = SigningSecret(
      accessKeyID: ByteString(credentials["access_key_id"] as? String ?? ""),
      secretAccessKey: Array((credentials["secret_access_key"] as? String ?? "").utf8), revision: 1)
    let profile = SignatureProfile.lenient(service: service, normalizesPath: context["normalize"] as? Bool ?? true)
    let request = WireRequest(suite: try text("\(form)-signed-request.txt"))
    let isBodySigned = context["sign_body"] as? Bool ?? false
    let bodyDigest = isBodySigned ? SHA256Hasher.hash(request.body) : SHA256Digest.ofNothing
    let clock = ISO8601DateFormatter().date(from: context["timestamp"] as? String ?? "")
    let nowSeconds = Int64(clock?.timeIntervalSince1970 ?? 0)
    guard case .signature(let claim) = try RequestCredentials.read(request.head) else { return ["no claim"] }
    let scratch = SigningScratch()
    func verify(_ head: RequestHead) throws {
      _ = try SignatureVerifier(regions: [ByteString(context["region"] as? String ?? "")]).verify(
        claim, head: head, secret: secret, profile: profile, nowSeconds: nowSeconds, bodyDigest: bodyDigest,
        scratch: scratch)
    }
    do { try verify(request.head) } catch { problems.append("does not verify: \(error)") }
    if scratch.canonical != Array(try text("\(form)-canonical-request.txt").utf8) {
      problems.append("canonical request")
    }
    let stringToSign = Array(try text("\(form)-string-to-sign.txt").utf8)
    if scratch.stringToSign != stringToSign { problems.append("string to sign") }
    problems += try signingProblems(secret, claim, stringToSign, scratch)
    // The same request for another host must not verify.
    var changed = try text("\(form)-signed-request.txt")
    changed = changed.replacingOccurrences(of: "example.amazonaws.com", with: "example.amazonaws.org")
    do {
      try verify(WireRequest(suite: changed).head)
      problems.append("verifies although changed")
    } catch {}
    return problems
  }

  /// The other direction: what we sign is the published signature, or for SigV4A, good under the published key.
  private func signingProblems(
    _ secret: SigningSecret, _ claim: SignatureClaim, _ stringToSign: [UInt8], _ scratch: SigningScratch
  ) throws -> [String] {
    guard let key = scratch.keys.key(secret, claim.algorithm, claim.scope, using: scratch.hasher) else {
      return ["no key"]
    }
    switch key {
    case .hmac(let key):
      let expected = try text("\(form)-signature.txt").trimmingCharacters(in: .whitespacesAndNewlines)
      return key.authenticate(stringToSign).hex == expected ? [] : ["signature"]
    case .ecdsa(let key):
      let data = try Data(contentsOf: folder.appendingPathComponent("public-key.json"))
      let published = try JSONSerialization.jsonObject(with: data) as? [String: String] ?? [:]
      let point = "04" + (published["X"] ?? "") + (published["Y"] ?? "")
      guard Hex.encode(key.publicKey.point) == point, let bytes = Hex.decode(point.utf8) else { return ["public key"] }
      let digest = SHA256Hasher.hash(stringToSign)
      let publicKey = try P256PublicKey(point: bytes)
      guard publicKey.isValid(signature: try key.sign(digest), for: digest) else { return ["our signature"] }
      let theirs = try text("\(form)-signature.txt").trimmingCharacters(in: .whitespacesAndNewlines)
      guard let signature = Hex.decode(theirs.utf8), publicKey.isValid(signature: signature, for: digest) else {
        return ["their signature"]
      }
      return []
    }
  }
}
