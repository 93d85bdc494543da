import Cryptography
import Foundation
import JSON
import JWT
import Testing

/// `jwt/`: Wycheproof's signatures and key sets, the JOSE cookbook, vectors of the RFCs.
@Suite struct JWTConformanceTests {
  /// Cases that this library answers otherwise, on purpose.
  static let exceptions: [String: String] = [
    "json_web_signature 346": "the key's alg is PS256, the token's PS384: a key is for its own algorithm only",
    "json_web_signature 347": "the key's alg is ES521, which does not exist, the token's ES512",
    "json_web_signature 350": "the key's alg is PS256, the token's PS384: a key is for its own algorithm only",
    "json_web_signature 351": "the key's alg is ES521, which does not exist, the token's ES512",
    "json_web_signature 372": "a character outside base64url in the header is refused, not passed over",
    "json_web_signature 373": "a character outside base64url in the payload is refused, not passed over",
  ]

  @Test func vectors() throws {
    guard ConformanceFolder.contents("jwt/rfc-vectors.json") != nil else { return }
    var report = SuiteReport("jwt")
    try wycheproof("json_web_signature", &report)
    try wycheproof("json_web_key", &report)
    try cookbook(&report)
    try rfc(&report)
    report.printLine()
    for name in report.failed { Issue.record("\(name)") }
    #expect(report.passed > 0)
  }

  private func count(_ name: String, _ isRight: Bool, _ report: inout SuiteReport) {
    switch (isRight, Self.exceptions[name]) {
    case (true, nil): report.passed += 1
    case (false, .some): report.skipped += 1
    case (true, .some): report.failed.append("\(name): listed as an exception, but passes")
    case (false, nil): report.failed.append(name)
    }
  }

  private func wycheproof(_ file: String, _ report: inout SuiteReport) throws {
    guard let data = ConformanceFolder.contents("jwt/wycheproof-\(file).json") else { return }
    let root = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    for group in try #require(root["testGroups"] as? [[String: Any]]) {
      let key = try #require(group["public"] as? [String: Any] ?? group["private"] as? [String: Any])
      let tests = try #require(group["tests"] as? [[String: Any]])
      let valid = Set(tests.filter { $0["result"] as? String == "valid" }.compactMap { $0["jws"] as? String })
      for test in tests {
        let token = try #require(test["jws"] as? String)
        if valid.contains(token), test["result"] as? String != "valid" {
          // The same bytes are marked valid beside it: 367 and 370 lost their bad padding when they were written down.
          report.skipped += 1
          continue
        }
        let id = try #require(test["tcId"] as? Int)
        let isExpected = try #require(test["result"] as? String) == "valid"
        count("\(file) \(id)", try verifies(token, with: key) == isExpected, &report)
      }
    }
  }

  /// As a reader of published or shared keys does it: every algorithm is welcome that the keys are for.
  private func verifies(_ token: String, with key: [String: Any]) throws -> Bool {
    let set = key["keys"] == nil ? ["keys": [key]] : key
    let text = Array(try JSONSerialization.data(withJSONObject: set))
    do throws(JWTError) {
      let verifier = TokenVerifier(keys: try JSONWebKeySet(parsing: text), algorithms: Set(JWSAlgorithm.allCases))
      _ = try verifier.verify(token)
      return true
    } catch {
      return false
    }
  }

  private func cookbook(_ report: inout SuiteReport) throws {
    for row in try ConformanceFolder.cases("jwt/jose-cookbook.json") ?? [] {
      let file = try #require(row["file"] as? String)
      let vector = try #require(row["vector"] as? [String: Any])
      if file.hasPrefix("jwk/") {
        count(file, try isKept(vector), &report)
        continue
      }
      let output = try #require(vector["output"] as? [String: Any])
      guard let token = output["compact"] as? String, !file.contains("detached") else {
        // Only the JSON serializations, or a payload that travels on its own: neither is read here.
        report.skipped += 1
        continue
      }
      let input = try #require(vector["input"] as? [String: Any])
      let key = try #require(input["key"] as? [String: Any])
      let signing = try #require(vector["signing"] as? [String: Any])
      let header = try #require(signing["protected"] as? [String: Any])
      if header["crit"] != nil {
        count(file, try !verifies(token, with: key), &report)
        continue
      }
      count(file, try verifies(token, with: key), &report)
      guard vector["reproducible"] as? Bool ?? false else { continue }
      let parts = token.split(separator: ".")
      let algorithm = try #require(header["alg"] as? String)
      let signed = try CompactJWS.sign(
        header: try #require(Base64.decode(String(parts[0]), .urlSafe)),
        payload: Array(try #require(input["payload"] as? String).utf8),
        with: try JSONWebKey(parsing: Array(try JSONSerialization.data(withJSONObject: key))),
        try #require(JWSAlgorithm(name: algorithm)))
      count("\(file) made", signed == Array(token.utf8), &report)
    }
  }

  /// Whether a key comes out again as it went in.
  private func isKept(_ members: [String: Any]) throws -> Bool {
    let key = try JSONWebKey(parsing: Array(try JSONSerialization.data(withJSONObject: members)))
    let object: JSONObject
    switch key.material {
    case .symmetric: return members["kty"] as? String == "oct"
    case .publicKey: object = try key.publicObject()
    case .privateKey(let key): object = try JSONWebKey.privateObject(key)
    }
    return ["n", "e", "d", "p", "q", "dp", "dq", "qi", "crv", "x", "y"].allSatisfy {
      object[$0]?.string == members[$0] as? String
    }
  }

  private func rfc(_ report: inout SuiteReport) throws {
    guard let data = ConformanceFolder.contents("jwt/rfc-vectors.json") else { return }
    let root = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    for row in try #require(root["jws"] as? [[String: Any]]) {
      let reference = try #require(row["ref"] as? String)
      guard let token = row["jws"] as? String else {
        report.skipped += 1  // a JSON serialization
        continue
      }
      let keys = row["keys"] as? [[String: Any]] ?? (row["key"] as? [String: Any]).map { [$0] } ?? []
      count(reference, try verifies(token, with: ["keys": keys]) == (row["signature"] as? String == "valid"), &report)
    }
    for row in try #require(root["jwk"] as? [[String: Any]]) {
      let set = try #require(row["jwks"] as? [String: Any])
      let keys = try #require(set["keys"] as? [[String: Any]])
      let read = try JSONWebKeySet(parsing: Array(try JSONSerialization.data(withJSONObject: set)))
      count(try #require(row["ref"] as? String), read.keys.count == keys.count && read.passedOver.isEmpty, &report)
    }
    for row in try #require(root["thumbprint_sha256"] as? [[String: Any]]) {
      let members = try #require(row["jwk"] as? [String: Any])
      let key = try JSONWebKey(parsing: Array(try JSONSerialization.data(withJSONObject: members)))
      let thumbprint = Base64.encode(try key.thumbprint(), .urlSafe)
      count("thumbprint \(try #require(row["ref"] as? String))", thumbprint == row["thumbprint"] as? String, &report)
    }
  }
}
