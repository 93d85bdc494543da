import Cryptography
import HTTPWire
import S3Model

@testable import SigV4

/// A request that a test signs itself, whatever is wrong with it otherwise, and then has verified.
struct RequestFixture {
  static let accessKeyID: ByteString = "AKIAIOSFODNN7EXAMPLE"
  static let secretAccessKey = Array("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".utf8)
  static let secret = SigningSecret(accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, revision: 1)
  /// 2013-05-24T00:00:00Z
  static let now: Int64 = 1_369_353_600

  var method = "GET"
  var path = "/bucket/key"
  /// Without the authentication parameters of a presigned URL.
  var query: [String] = []
  var headers: [(String, String)] = [("Host", "s3.example"), ("x-amz-content-sha256", "UNSIGNED-PAYLOAD")]
  /// Sent but not signed.
  var unsignedHeaders: [(String, String)] = []
  var dateSeconds = RequestFixture.now
  /// Overrides what is sent as date; the scope still follows ``dateSeconds`` unless ``day`` says otherwise.
  var day: String?
  var region = "us-east-1"
  var service = "s3"
  var terminator = "aws4_request"
  var algorithm = SignatureAlgorithm.hmacSHA256
  var profile = SignatureProfile.s3
  var bodyDigest: SHA256Digest?
  var regions: [ByteString] = ["us-east-1"]
  var sendsDate = true
  /// Nil for header authentication.
  var lifetimeSeconds: String?
  var token: String?
  var secret = RequestFixture.secret
  /// Changes the signed text before it is parsed.
  var tamper: (String) -> String = { $0 }

  private var dateText: String {
    var text: [UInt8] = []
    SigningDate(unixSeconds: dateSeconds).appendBasic(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  private var scopeText: String {
    let region = algorithm == .hmacSHA256 ? "/\(region)" : ""
    return "\(day ?? String(dateText.prefix(8)))\(region)/\(service)/\(terminator)"
  }

  static func head(_ text: String) throws -> RequestHead {
    var head = RequestHead()
    var parser = RequestHeadParser(limits: HeadLimits())
    let consumed = try Array(text.utf8).withUnsafeBytes { bytes in
      Result { () throws(HTTPParseError) in try parser.parse(bytes, into: &head) }
    }.get()
    guard consumed == text.utf8.count else { throw HTTPParseError.malformedStartLine }
    return head
  }

  private static func encoded(_ text: String) -> String {
    var output: [UInt8] = []
    Array(text.utf8).withUnsafeBufferPointer { PercentCoding.appendEncoded($0, keepsSlash: false, to: &output) }
    return String(decoding: output, as: UTF8.self)
  }

  /// The signed request as text.
  func text() throws -> String {
    var headers = headers
    if lifetimeSeconds == nil {
      if sendsDate { headers.append(("x-amz-date", dateText)) }
      if let token { headers.append(("x-amz-security-token", token)) }
      if algorithm == .ecdsaP256SHA256 { headers.append(("x-amz-region-set", region)) }
    }
    let names = Set(headers.map { $0.0.lowercased() }).sorted().joined(separator: ";")
    var query = query
    if let lifetimeSeconds {
      query += [
        "X-Amz-Algorithm=\(algorithm.name)",
        "X-Amz-Credential=\(Self.encoded("\(Self.accessKeyID)/\(scopeText)"))", "X-Amz-Date=\(dateText)",
        "X-Amz-Expires=\(lifetimeSeconds)", "X-Amz-SignedHeaders=\(Self.encoded(names))",
      ]
      if let token { query.append("X-Amz-Security-Token=\(Self.encoded(token))") }
      if algorithm == .ecdsaP256SHA256 { query.append("X-Amz-Region-Set=\(Self.encoded(region))") }
    }
    let target = path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    let lines = (headers + unsignedHeaders).map { "\($0.0): \($0.1)\r\n" }.joined()
    let unsigned = try Self.head("\(method) \(target) HTTP/1.1\r\n\(lines)\r\n")
    let signature = try signature(unsigned, names)
    if lifetimeSeconds != nil {
      return tamper("\(method) \(target)&X-Amz-Signature=\(signature) HTTP/1.1\r\n\(lines)\r\n")
    }
    let authorization =
      "\(algorithm.name) Credential=\(Self.accessKeyID)/\(scopeText), SignedHeaders=\(names), Signature=\(signature)"
    return tamper("\(method) \(target) HTTP/1.1\r\n\(lines)Authorization: \(authorization)\r\n\r\n")
  }

  private func signature(_ head: RequestHead, _ names: String) throws -> String {
    let request = CanonicalRequest(head: head, signedHeaders: Array(names.utf8), profile: profile)
    var canonical: [UInt8] = []
    var isSigned: [Bool] = []
    var isComplete = true
    _ = request.write(to: &canonical, isSigned: &isSigned, isComplete: &isComplete)
    let payload = headers.first { $0.0.lowercased() == "x-amz-content-sha256" }?.1
    let hoisted = query.first { $0.lowercased().hasPrefix("x-amz-content-sha256=") }?.split(separator: "=")[1]
    let fallback = profile.requiresContentSHA256 ? "UNSIGNED-PAYLOAD" : (bodyDigest ?? .ofNothing).hex
    canonical += Array((payload ?? hoisted.map(String.init) ?? fallback).utf8)
    let text = "\(algorithm.name)\n\(dateText)\n\(scopeText)\n\(SHA256Hasher.hash(canonical).hex)"
    let hasher = SHA256Hasher()
    switch algorithm {
    case .hmacSHA256:
      var key = HMACSHA256Key(Array("AWS4".utf8) + Self.secretAccessKey)
      for part in [day ?? String(dateText.prefix(8)), region, service, terminator] {
        key = HMACSHA256Key(key.authenticate(Array(part.utf8)))
      }
      return key.authenticate(Array(text.utf8)).hex
    case .ecdsaP256SHA256:
      guard let key = secret.derivedAsymmetricKey(using: hasher) else { return "" }
      return Hex.encode(try key.sign(SHA256Hasher.hash(text)))
    }
  }

  func head() throws -> RequestHead { try Self.head(text()) }

  /// Signs, parses and verifies, as the gateway does.
  @discardableResult
  func verify(at nowSeconds: Int64 = RequestFixture.now) throws -> VerifiedSignature {
    let head = try head()
    guard case .signature(let claim) = try RequestCredentials.read(head) else { throw SigV4Error.unsupportedScheme }
    return try SignatureVerifier(regions: regions).verify(
      claim, head: head, secret: secret, profile: profile, nowSeconds: nowSeconds, bodyDigest: bodyDigest,
      scratch: SigningScratch())
  }

  /// The error that verifying gives; nil when it verifies.
  func error(at nowSeconds: Int64 = RequestFixture.now) throws -> SigV4Error? {
    do {
      try verify(at: nowSeconds)
      return nil
    } catch let error as SigV4Error {
      return error
    }
  }
}

extension SigV4Error {
  var isMismatch: Bool {
    if case .signatureDoesNotMatch = self { true } else { false }
  }
}
