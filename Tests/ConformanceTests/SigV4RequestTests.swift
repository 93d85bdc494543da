import Cryptography
import Foundation
import HTTPWire
import S3Model
import Testing

@testable import SigV4

/// Requests to S3 as published by AWS and as computed by an SDK, under the strict S3 profile and the real parser.
@Suite struct SigV4RequestTests {
  @Test func s3Examples() throws {
    guard let data = ConformanceFolder.contents("sigv4/s3-examples.json") else { return }
    let root = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    var report = SuiteReport("sigv4 s3-examples")
    for example in root["examples"] as? [[String: Any]] ?? [] {
      let title = example["title"] as? String ?? "?"
      let date = example["date"] as? String ?? root["date"] as? String ?? ""
      do {
        let context = try RequestContext(root, date: date, region: root["region"] as? String)
        let problems =
          example["policy_base64"] == nil ? try context.check(example: example) : try context.check(policy: example)
        if problems.isEmpty { report.passed += 1 } else { report.failed.append("\(title): \(problems)") }
      } catch {
        report.failed.append("\(title): \(error)")
      }
    }
    report.printLine()
    #expect(report.failed == [])
    #expect(report.passed > 0)
  }

  @Test func sdkRequests() throws {
    guard let data = ConformanceFolder.contents("sigv4/sdk-requests.json") else { return }
    let root = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    let clock = (root["clock"] as? String ?? "").filter { $0 != "-" && $0 != ":" }
    var report = SuiteReport("sigv4 sdk-requests")
    for request in root["requests"] as? [[String: Any]] ?? [] {
      let title = "\(request["id"] ?? "?") \(request["title"] ?? "")"
      do {
        let context = try RequestContext(root, date: clock, region: request["region"] as? String)
        let problems = request["form"] == nil ? try context.check(request: request) : try context.check(form: request)
        if problems.isEmpty { report.passed += 1 } else { report.failed.append("\(title): \(problems)") }
      } catch {
        report.failed.append("\(title): \(error)")
      }
    }
    report.printLine()
    #expect(report.failed == [])
    #expect(report.passed > 0)
  }
}

/// Credentials, clock and region of one case.
private struct RequestContext {
  let secret: SigningSecret
  let date: SigningDate
  let dateText: String
  let region: ByteString
  let scratch = SigningScratch()

  init(_ root: [String: Any], date: String, region: String?) throws {
    let credentials = root["credentials"] as? [String: Any] ?? [:]
    secret = SigningSecret(
      accessKeyID: ByteString(credentials["access_key_id"] as? String ?? ""),
      secretAccessKey: Array((credentials["secret_access_key"] as? String ?? "").utf8), revision: 1)
    dateText = date
    self.date = try #require(Array(date.utf8).withUnsafeBufferPointer { SigningDate(basic: $0) })
    self.region = ByteString(region ?? "us-east-1")
  }

  private func verify(_ head: RequestHead) throws -> VerifiedSignature {
    guard case .signature(let claim) = try RequestCredentials.read(head) else { throw SigV4Error.unsupportedScheme }
    return try SignatureVerifier(regions: [region]).verify(
      claim, head: head, secret: secret, profile: .s3, nowSeconds: date.unixSeconds, scratch: scratch)
  }

  private func head(_ method: String, _ target: String, _ headers: [(String, String)]) throws -> RequestHead {
    var head = RequestHead()
    var parser = RequestHeadParser(limits: HeadLimits())
    // A head says how long its body is, once: the length counts only where it is not chunked anyway.
    let isChunked = headers.contains { $0.0.lowercased() == "transfer-encoding" }
    let lines = headers.filter { !(isChunked && $0.0.lowercased() == "content-length") }
      .map { "\($0.0): \($0.1)\r\n" }.joined()
    let text = Array("\(method) \(target) HTTP/1.1\r\n\(lines)\r\n".utf8)
    let consumed = try text.withUnsafeBytes { bytes in
      Result { () throws(HTTPParseError) in try parser.parse(bytes, into: &head) }
    }.get()
    #expect(consumed == text.count)
    return head
  }

  private func compare(_ expected: [String: Any]) -> [String] {
    var problems: [String] = []
    if let text = expected["canonical_request"] as? String, scratch.canonical != Array(text.utf8) {
      problems.append("canonical request")
    }
    if let text = expected["string_to_sign"] as? String, scratch.stringToSign != Array(text.utf8) {
      problems.append("string to sign")
    }
    return problems
  }

  // MARK: Requests

  func check(request: [String: Any]) throws -> [String] {
    let headers = (request["headers"] as? [String: String] ?? [:]).map { ($0.key, $0.value) }
    let method = request["method"] as? String ?? ""
    let target = request["target"] as? String ?? ""
    let head = try head(method, target, headers)
    let verified = try verify(head)
    var problems = compare(request)
    problems += try bodyProblems(verified, head, request["body"])
    problems += try signingProblems(request, target, headers)
    let changed = try self.head(method, target + (target.contains("?") ? "&" : "?") + "added=1", headers)
    do {
      _ = try verify(changed)
      problems.append("verifies although changed")
    } catch {}
    return problems
  }

  private func bodyProblems(_ verified: VerifiedSignature, _ head: RequestHead, _ body: Any?) throws -> [String] {
    var bytes: [UInt8] = []
    if let body = body as? [String: Any] {
      if let text = body["text"] as? String {
        bytes = Array(text.utf8)
      } else if let base64 = body["base64"] as? String {
        bytes = Array(Data(base64Encoded: base64) ?? Data())
      } else {
        return ["unknown body \(body.keys)"]
      }
    }
    guard !verified.isPresigned else { return [] }
    let decoder = PayloadDecoder(verified.payload, checks: try BodyChecks(head))
    try decode(decoder, bytes)
    return []
  }

  private func decode(_ decoder: PayloadDecoder, _ body: [UInt8]) throws {
    try body.withUnsafeBytes { bytes in
      Result { () throws(SigV4Error) in
        var rest = bytes
        while !rest.isEmpty {
          let (consumed, event) = try decoder.next(rest)
          var taken = consumed
          if case .data(let count) = event { taken += count }
          rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
        }
        try decoder.finish()
      }
    }.get()
  }

  /// What our signer makes of the same request is the same signature.
  private func signingProblems(
    _ request: [String: Any], _ target: String, _ headers: [(String, String)]
  ) throws -> [String] {
    guard let expected = request["signature"] as? String, let canonical = request["canonical_request"] as? String
    else { return [] }
    let lines = canonical.split(separator: "\n", omittingEmptySubsequences: false)
    let names = lines[lines.count - 2].split(separator: ";").map(String.init)
    let token = request["session_token"] as? String
    let signer = RequestSigner(secret: secret, region: region, sessionToken: token.map { ByteString($0) })
    let path = Array(lines[1].utf8)
    let method: StaticString =
      switch lines[0] {
      case "GET": "GET"
      case "PUT": "PUT"
      case "POST": "POST"
      case "HEAD": "HEAD"
      default: "DELETE"
      }
    func value(_ name: String) -> String { headers.first { $0.0.lowercased() == name }?.1 ?? "" }
    let isPresigned = target.contains("X-Amz-Signature")
    let own = isPresigned ? [] : ["x-amz-content-sha256", "x-amz-date", "x-amz-security-token"]
    let signed = names.filter { !own.contains($0) }.map { SignedHeader(ByteString($0), ByteString(value($0))) }
    if isPresigned {
      let pairs = try target.drop { $0 != "?" }.dropFirst().split(separator: "&").compactMap { piece -> QueryPair? in
        let parts = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = try #require(String(parts[0]).removingPercentEncoding)
        let value = try #require(String(parts.count > 1 ? parts[1] : "").removingPercentEncoding)
        return name.hasPrefix("X-Amz-") ? nil : QueryPair(ByteString(name), ByteString(value))
      }
      let lifetimeText = target.components(separatedBy: "X-Amz-Expires=")[1].prefix { $0.isNumber }
      let query = try path.withUnsafeBufferPointer { path in
        Result { () throws(SigV4Error) in
          try signer.presign(
            method: method, path: path, query: pairs, headers: signed, lifetimeSeconds: Int64(lifetimeText) ?? 0,
            date: date, scratch: scratch)
        }
      }.get()
      return String(decoding: query, as: UTF8.self).hasSuffix("&X-Amz-Signature=\(expected)") ? [] : ["our presigning"]
    }
    let payload: OutgoingPayload
    switch String(lines[lines.count - 1]) {
    case "UNSIGNED-PAYLOAD": payload = .unsigned
    case let text:
      // We never sign streams towards backends.
      guard let digest = SHA256Digest(hex: text) else { return [] }
      payload = .digest(digest)
    }
    var output: [UInt8] = []
    let query = Array(lines[2].utf8)
    try path.withUnsafeBufferPointer { path in
      query.withUnsafeBufferPointer { query in
        Result { () throws(SigV4Error) in
          try signer.sign(
            method: method, path: path, query: query, headers: signed, payload: payload, date: date, scratch: scratch,
            to: &output)
        }
      }
    }.get()
    return String(decoding: output, as: UTF8.self).contains("Signature=\(expected)\r\n") ? [] : ["our signature"]
  }

  // MARK: Published examples

  func check(example: [String: Any]) throws -> [String] {
    var headers = (example["headers"] as? [String: String] ?? [:]).map { ($0.key, $0.value) }
    let method = example["method"] as? String ?? ""
    let signature = example["signature"] as? String ?? ""
    var target = example["canonical_path"] as? String ?? ""
    let query = example["canonical_query"] as? String ?? ""
    let isPresigned = query.contains("X-Amz-Algorithm")
    if !query.isEmpty { target += "?\(query)" }
    if isPresigned {
      target += "&X-Amz-Signature=\(signature)"
      #expect((example["url"] as? String)?.hasSuffix(target) == true)
    } else {
      let scope = "\(dateText.prefix(8))/\(region)/s3/aws4_request"
      headers.append(
        (
          "Authorization",
          "AWS4-HMAC-SHA256 Credential=\(secret.accessKeyID)/\(scope), "
            + "SignedHeaders=\(example["signed_headers"] ?? ""), Signature=\(signature)"
        ))
    }
    let head = try head(method, target, headers)
    let verified = try verify(head)
    var problems = compare(example)
    problems += try signingProblems(example, target, headers)
    if let chunks = example["chunks"] as? [[String: Any]] {
      problems += try chunkProblems(chunks, example["trailer"] as? [String: Any], verified)
    } else if let body = example["body"] as? String, !isPresigned {
      try decode(PayloadDecoder(verified.payload), Array(body.utf8))
      do {
        try decode(PayloadDecoder(verified.payload), Array((body + "x").utf8))
        problems.append("takes another body")
      } catch {}
    }
    return problems
  }

  private func chunkProblems(
    _ chunks: [[String: Any]], _ trailer: [String: Any]?, _ verified: VerifiedSignature
  ) throws -> [String] {
    var body: [UInt8] = []
    for chunk in chunks {
      let size = chunk["size"] as? Int ?? 0
      body += Array("\(String(size, radix: 16));chunk-signature=\(chunk["signature"] ?? "")\r\n".utf8)
      body += Array(repeating: (chunk["byte"] as? String)?.utf8.first ?? 0, count: size)
      if size > 0 || trailer == nil { body += [0x0D, 0x0A] }
    }
    if let trailer {
      body += Array("\(trailer["header"] ?? ""):\(trailer["value"] ?? "")\r\n".utf8)
      body += Array("x-amz-trailer-signature:\(trailer["signature"] ?? "")\r\n\r\n".utf8)
    }
    try decode(PayloadDecoder(verified.payload), body)
    let changedAt = try #require(body.firstIndex(of: 0x61))
    body[body.index(after: changedAt)] ^= 1
    do {
      try decode(PayloadDecoder(verified.payload), body)
      return ["takes another chunk"]
    } catch { return [] }
  }

  // MARK: Forms

  func check(policy example: [String: Any]) throws -> [String] {
    let policy = example["policy_base64"] as? String ?? ""
    return try formProblems(
      [
        ("key", "user/user1/a.jpg"), ("acl", "public-read"),
        ("success_action_redirect", "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"),
        ("Content-Type", "image/jpeg"), ("x-amz-meta-uuid", "14365123651274"),
        ("x-amz-server-side-encryption", "AES256"), ("x-amz-meta-tag", ""),
        ("X-Amz-Credential", example["credential"] as? String ?? ""), ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
        ("X-Amz-Date", dateText), ("Policy", policy), ("X-Amz-Signature", example["signature"] as? String ?? ""),
      ], bucket: "sigv4examplebucket")
  }

  func check(form request: [String: Any]) throws -> [String] {
    let fields = request["form"] as? [String: String] ?? [:]
    let bucket = (request["target"] as? String ?? "").split(separator: "/").first.map(String.init) ?? ""
    return try formProblems(fields.map { ($0.key, $0.value) }, bucket: bucket)
  }

  private func formProblems(_ fields: [(String, String)], bucket: String) throws -> [String] {
    func verify(_ fields: [(String, String)]) throws {
      let form = PostForm(fields.map { .init(name: ByteString($0.0), value: ByteString($0.1)) })
      let claim = try #require(try SignatureClaim(form: form))
      _ = try SignatureVerifier(regions: [region]).verify(
        claim, form: form, bucket: ByteString(bucket), secret: secret, nowSeconds: date.unixSeconds, scratch: scratch)
    }
    try verify(fields)
    do {
      try verify(fields.map { $0.0 == "key" ? ($0.0, "elsewhere") : $0 })
      return ["takes another key"]
    } catch { return [] }
  }
}
