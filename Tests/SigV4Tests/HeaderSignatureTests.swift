import Cryptography
import HTTPWire
import S3Model
import Testing

@testable import SigV4

/// Signatures in the Authorization header: each rule with its refusal and its positive control.
@Suite struct HeaderSignatureTests {
  @Test(arguments: [SignatureAlgorithm.hmacSHA256, .ecdsaP256SHA256])
  func verifies(algorithm: SignatureAlgorithm) throws {
    var request = RequestFixture()
    request.algorithm = algorithm
    let verified = try request.verify()
    #expect(verified.accessKeyID == RequestFixture.accessKeyID)
    #expect(verified.placement == .header && verified.algorithm == algorithm)
    #expect(verified.signs(.host) && verified.signs(.xAmzDate) && !verified.signs(.contentType))
    #expect(verified.sessionToken == nil && verified.hoisted.isEmpty && !verified.payload.isChunked)
  }

  @Test(arguments: [
    ("GET /bucket/key", "PUT /bucket/key"), ("/bucket/key", "/bucket/kez"), ("/bucket/key", "/bucket/key?acl"),
    ("s3.example", "s4.example"), ("20130524T000000Z", "20130524T000001Z"),
    ("x-amz-content-sha256: UNSIGNED", "x-amz-meta-a: b\r\nx-amz-content-sha256: UNSIGNED"),
  ])
  func refusesAnyChange(from: String, to: String) throws {
    for algorithm in [SignatureAlgorithm.hmacSHA256, .ecdsaP256SHA256] {
      var request = RequestFixture()
      request.algorithm = algorithm
      #expect(try request.error() == nil)
      request.tamper = { text in
        guard let range = text.firstRange(of: from) else { return text }
        return text.replacingCharacters(range, with: to)
      }
      let error = try #require(try request.error())
      switch error {
      case .signatureDoesNotMatch, .headersNotSigned: break
      default: Issue.record("\(error)")
      }
    }
  }

  @Test func refusesAnotherSecret() throws {
    var request = RequestFixture()
    request.secret = SigningSecret(accessKeyID: RequestFixture.accessKeyID, secretAccessKey: [1, 2, 3], revision: 1)
    #expect(try request.error()?.isMismatch == true)
  }

  @Test(arguments: ["z", "", "00", " "])
  func refusesMalformedSignatures(ending: String) throws {
    var request = RequestFixture()
    // CR LF is one Character: two of them and the last digit go.
    request.tamper = { $0.dropLast(3) + ending + "\r\n\r\n" }
    #expect(try request.error()?.isMismatch == true)
  }

  @Test func refusesUpperCaseSignature() throws {
    var request = RequestFixture()
    request.tamper = { text in
      guard let range = text.firstRange(of: "Signature=") else { return text }
      return String(text[..<range.upperBound]) + text[range.upperBound...].uppercased()
    }
    #expect(try request.error()?.isMismatch == true)
  }

  // MARK: The header's form

  @Test(arguments: [
    ("Credential=", "Credentials=", SigV4Error.malformedAuthorization(.other)),
    ("SignedHeaders=", "Signedheaders=", .malformedAuthorization(.other)),
    (", Signature=", ", Signature=x, Signature=", .malformedAuthorization(.signature)),
    ("Credential=", "Credential=x, Credential=", .malformedAuthorization(.credential)),
    ("SignedHeaders=", "SignedHeaders=host, SignedHeaders=", .malformedAuthorization(.signedHeaders)),
    ("SignedHeaders=host;", "SignedHeaders=host;host;", .malformedAuthorization(.signedHeaders)),
    ("SignedHeaders=host;", "SignedHeaders=Host;", .malformedAuthorization(.signedHeaders)),
    ("SignedHeaders=host;", "SignedHeaders=;host;", .malformedAuthorization(.signedHeaders)),
    ("x-amz-date, Sig", "x-amz-date;, Sig", .malformedAuthorization(.signedHeaders)),
    (
      "host;x-amz-content-sha256;x-amz-date", "x-amz-date;host;x-amz-content-sha256",
      .malformedAuthorization(.signedHeaders)
    ),
    ("AWS4-HMAC-SHA256 Cred", "AWS4-HMAC-SHA1 Cred", .unsupportedScheme),
    ("AWS4-HMAC-SHA256 Cred", "Basic Cred", .unsupportedScheme),
    ("AWS4-HMAC-SHA256 Cred", "AWS Cred", .signatureVersion2),
    ("/us-east-1/s3", "/s3", .malformedCredential(.header)),
    ("/us-east-1/s3", "//s3", .malformedCredential(.header)),
    ("/us-east-1/s3", "/us-east-1/", .malformedCredential(.header)),
    ("AKIAIOSFODNN7EXAMPLE/", "/", .malformedCredential(.header)),
    ("AKIAIOSFODNN7EXAMPLE/", "AKIA/IOSFODNN7EXAMPLE/", .malformedCredential(.header)),
    ("/20130524/", "/2013052/", .malformedCredential(.header)),
    ("/20130524/", "/20131324/", .malformedCredential(.header)),
    ("Authorization:", "Authorization: AWS4-HMAC-SHA256 a=b\r\nAuthorization:", .repeatedHeader("authorization")),
    ("x-amz-date:", "x-amz-date: 20130524T000000Z\r\nx-amz-date:", .repeatedHeader("x-amz-date")),
    ("GET /bucket/key", "GET /bucket/key?X-Amz-Signature=a", .severalMechanisms),
    ("GET /bucket/key", "GET /bucket/key?x-amz-expires=1", .severalMechanisms),
    ("GET /bucket/key", "GET /bucket/key?%58-Amz-Credential=1", .severalMechanisms),
    ("GET /bucket/key", "GET /bucket/key?AWSAccessKeyId=a", .severalMechanisms),
  ])
  func refusesMalformedHeader(from: String, to: String, error: SigV4Error) throws {
    var request = RequestFixture()
    request.tamper = { text in
      guard let range = text.firstRange(of: from) else { return text }
      return text.replacingCharacters(range, with: to)
    }
    #expect(try request.error() == error)
  }

  @Test func takesComponentsAsClientsWriteThem() throws {
    var request = RequestFixture()
    request.tamper = { $0.replacing(", ", with: ",") }
    #expect(try request.error() == nil)
    request.tamper = { $0.replacing(", ", with: " ,   ") }
    #expect(try request.error() == nil)
  }

  @Test func otherSchemes() throws {
    func read(_ headers: String, _ target: String = "/") throws -> RequestCredentials {
      try RequestCredentials.read(RequestFixture.head("GET \(target) HTTP/1.1\r\nHost: h\r\n\(headers)\r\n"))
    }
    guard case .anonymous = try read("") else { return #expect(Bool(false)) }
    guard case .anonymous = try read("x-amz-meta-a: b\r\n", "/?x-amz-meta-b=c") else { return #expect(Bool(false)) }
    guard case .bearer = try read("Authorization: bearer abc\r\n") else { return #expect(Bool(false)) }
    guard case .negotiate = try read("Authorization: Negotiate abc\r\n") else { return #expect(Bool(false)) }
    #expect(throws: SigV4Error.signatureVersion2) { try read("Authorization: AWS AKID:sig\r\n") }
    #expect(throws: SigV4Error.signatureVersion2) { try read("", "/?AWSAccessKeyId=a&Expires=1&Signature=s") }
    #expect(throws: SigV4Error.unsupportedScheme) { try read("Authorization: \r\n") }
    #expect(throws: SigV4Error.severalMechanisms) { try read("Authorization: Bearer a\r\n", "/?X-Amz-Signature=a") }
  }

  // MARK: Scope and time

  @Test(arguments: [
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
  ])
  func streamsKeepToTheClockUntilTheirEnd(kind: String) throws {
    var request = RequestFixture()
    request.method = "PUT"
    request.headers = [("Host", "h"), ("x-amz-content-sha256", kind), ("x-amz-decoded-content-length", "5")]
    let now = RequestFixture.now
    let verifier = SignatureVerifier()
    let signature = try request.verify()
    try verifier.checkBodyTime(signature, nowSeconds: now + 900)
    // A clock that is set back refuses nothing that was good.
    try verifier.checkBodyTime(signature, nowSeconds: now - 10_000)
    #expect(throws: SigV4Error.requestTimeTooSkewed(requestSeconds: now, serverSeconds: now + 901)) {
      try verifier.checkBodyTime(signature, nowSeconds: now + 901)
    }
  }

  @Test func otherBodiesTakeTheirTime() throws {
    let verifier = SignatureVerifier()
    try verifier.checkBodyTime(RequestFixture().verify(), nowSeconds: RequestFixture.now + 100_000)
    var presigned = RequestFixture()
    presigned.method = "PUT"
    presigned.lifetimeSeconds = "10"
    presigned.headers = [("Host", "h")]
    try verifier.checkBodyTime(presigned.verify(), nowSeconds: RequestFixture.now + 100_000)
  }

  @Test func scope() throws {
    var request = RequestFixture()
    request.region = "eu-west-1"
    #expect(
      try request.error() == .wrongRegion(.header, given: "eu-west-1", expected: "us-east-1"))
    request.regions = ["us-east-1", "eu-west-1"]
    #expect(try request.error() == nil)
    request.service = "sts"
    #expect(try request.error() == .wrongService(.header, given: "sts"))
    request = RequestFixture()
    request.terminator = "aws5_request"
    #expect(try request.error() == .wrongTerminator(.header))
    request = RequestFixture()
    request.day = "20130523"
    #expect(try request.error() == .wrongScopeDate(.header))
  }

  @Test(arguments: [
    ("us-east-1", true), ("eu-west-1,us-east-1", true), ("*", true), ("us-*", true), ("eu-*", false),
    ("eu-west-1", false),
    ("u*-east-1", false), ("us-east", false), ("", false),
  ])
  func regionSets(set: String, isAccepted: Bool) throws {
    var request = RequestFixture()
    request.algorithm = .ecdsaP256SHA256
    request.region = set
    let expected =
      isAccepted ? nil : SigV4Error.wrongRegion(.header, given: ByteString(set), expected: "us-east-1")
    #expect(try request.error() == expected)
  }

  @Test func regionSetIsRequiredAndSigned() throws {
    var request = RequestFixture()
    request.algorithm = .ecdsaP256SHA256
    request.tamper = { $0.replacing("x-amz-region-set: us-east-1\r\n", with: "") }
    #expect(try request.error() == .wrongRegion(.header, given: "", expected: "us-east-1"))
    request.tamper = { $0.replacing("x-amz-region-set: us-east-1", with: "x-amz-region-set: *") }
    #expect(try request.error()?.isMismatch == true)
  }

  @Test(arguments: [-900, -1, 0, 1, 900])
  func withinTheWindow(offset: Int64) throws {
    #expect(try RequestFixture().error(at: RequestFixture.now + offset) == nil)
  }

  @Test(arguments: [-901, 901, -86_400, 86_400 * 365])
  func outsideTheWindow(offset: Int64) throws {
    #expect(
      try RequestFixture().error(at: RequestFixture.now + offset)
        == .requestTimeTooSkewed(
          requestSeconds: RequestFixture.now, serverSeconds: RequestFixture.now + offset))
  }

  @Test func dates() throws {
    var request = RequestFixture()
    request.sendsDate = false
    #expect(try request.error() == .malformedDate(.header))
    request.headers.append(("Date", "Fri, 24 May 2013 00:00:00 GMT"))
    #expect(try request.error() == nil)
    request.headers[2].1 = "Fri, 24 May 2013 00:00:01 GMT"
    #expect(try request.error()?.isMismatch == true)
    // A bad x-amz-date is not mended by a good Date.
    request = RequestFixture()
    request.headers.append(("Date", "Fri, 24 May 2013 00:00:00 GMT"))
    request.tamper = { $0.replacing("x-amz-date: 20130524T000000Z", with: "x-amz-date: yesterday") }
    #expect(try request.error() == .malformedDate(.header))
  }

  // MARK: What must be signed

  @Test(arguments: [
    ("x-amz-meta-a", "b"), ("x-amz-acl", "public-read"), ("x-amz-security-token", "t"), ("x-amz-unknown", "1"),
    ("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg=="), ("X-Amz-Copy-Source", "/a/b"),
  ])
  func mustBeSigned(name: String, value: String) throws {
    var request = RequestFixture()
    request.unsignedHeaders = [(name, value)]
    #expect(try request.error() == .headersNotSigned([ByteString(name.lowercased())]))
    request.unsignedHeaders = []
    request.headers.append((name, value))
    #expect(try request.error() == nil)
  }

  @Test(arguments: [
    "Content-Type", "Content-Encoding", "Content-Disposition", "Content-Language", "Cache-Control", "Expires", "Range",
    "If-Match", "If-None-Match", "x-amzn-trace-id", "amz-sdk-invocation-id", "User-Agent",
  ])
  func mayBeUnsigned(name: String) throws {
    var request = RequestFixture()
    request.unsignedHeaders = [(name, "x")]
    let verified = try request.verify()
    #expect(!verified.signs(FieldName(ignoringCase: name)))
  }

  @Test func hostMustBeSigned() throws {
    var request = RequestFixture()
    request.headers.removeFirst()
    request.unsignedHeaders = [("Host", "s3.example")]
    #expect(try request.error() == .headersNotSigned(["host"]))
  }

  @Test func aSignedHeaderMustBeThere() throws {
    var request = RequestFixture()
    request.headers.append(("x-amz-meta-empty", ""))
    #expect(try request.error() == nil)
    request.tamper = { $0.replacing("x-amz-meta-empty: \r\n", with: "") }
    #expect(try request.error()?.isMismatch == true)
  }

  @Test func connectionMustNotNameSignedHeaders() throws {
    var request = RequestFixture()
    request.headers.append(("x-amz-acl", "private"))
    request.unsignedHeaders = [("Connection", "close, X-Amz-Acl")]
    #expect(try request.error() == .connectionNamesSignedHeader)
    request.unsignedHeaders = [("Connection", "close, X-Other")]
    #expect(try request.error() == nil)
  }

  /// Repeated lines are signed as one, in their order; runs of spaces as one space.
  @Test func canonicalValues() throws {
    var request = RequestFixture()
    request.headers += [("x-amz-meta-a", "1"), ("x-amz-meta-a", "2"), ("x-amz-meta-b", "a   b")]
    #expect(try request.error() == nil)
    request.tamper = { $0.replacing("x-amz-meta-a: 1\r\nx-amz-meta-a: 2", with: "x-amz-meta-a: 2\r\nx-amz-meta-a: 1") }
    #expect(try request.error()?.isMismatch == true)
    request.tamper = { $0.replacing("a   b", with: "a b") }
    #expect(try request.error() == nil)
    request.tamper = { $0.replacing("a   b", with: "ab") }
    #expect(try request.error()?.isMismatch == true)
  }

  // MARK: Payload

  @Test func contentSHA256() throws {
    var request = RequestFixture()
    request.headers.removeLast()
    #expect(try request.error() == .missingContentSHA256)
    for value in ["", "unsigned-payload", "abc", "STREAMING-AWS4-HMAC-SHA256", SHA256Digest.ofNothing.hex.uppercased()]
    {
      request.headers = [("Host", "s3.example"), ("x-amz-content-sha256", value)]
      #expect(try request.error() == .malformedContentSHA256)
    }
    request.headers[1].1 = SHA256Digest.ofNothing.hex
    #expect(try request.error() == nil)
    request.headers[1].1 = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"
    #expect(try request.error() == .payloadKindNotAllowed)
    request.headers[1].1 = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    #expect(try request.error() == .missingDecodedContentLength)
    request.headers.append(("x-amz-decoded-content-length", "1x"))
    #expect(try request.error() == .malformedDecodedContentLength)
    request.headers[2].1 = "10"
    #expect(try request.verify().payload.decodedBytes == 10)
    request.headers.append(("Content-Encoding", "aws-chunked"))
    request.headers[1].1 = "UNSIGNED-PAYLOAD"
    #expect(try request.verify().payload.isChunked)
    request.headers[1].1 = SHA256Digest.ofNothing.hex
    #expect(try request.error() == .payloadKindNotAllowed)
  }

  @Test(arguments: [SignatureProfile.sts, .iam])
  func globalServices(profile: SignatureProfile) throws {
    var request = RequestFixture()
    request.method = "POST"
    request.path = "/"
    request.profile = profile
    request.service = profile.service.text
    request.headers = [("Host", "sts.example")]
    request.bodyDigest = SHA256Hasher.hash("Action=GetCallerIdentity")
    request.regions = ["eu-west-1"]
    // us-east-1 is always taken, the gateway's own region too.
    #expect(try request.error() == nil)
    request.region = "eu-west-1"
    #expect(try request.error() == nil)
    request.region = "eu-west-2"
    #expect(try request.error() == .wrongRegion(.header, given: "eu-west-2", expected: "eu-west-1"))
    request.region = "us-east-1"
    for kind in ["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"] {
      request.headers = [("Host", "sts.example"), ("x-amz-content-sha256", kind)]
      #expect(try request.error() == .payloadKindNotAllowed)
    }
    request.headers[1].1 = SHA256Digest.ofNothing.hex
    #expect(
      try request.error()
        == .contentSHA256Mismatch(claimed: .ofNothing, computed: SHA256Hasher.hash("Action=GetCallerIdentity")))
    request.headers[1].1 = SHA256Hasher.hash("Action=GetCallerIdentity").hex
    #expect(try request.error() == nil)
    request.headers.removeLast()
    request.unsignedHeaders = [("x-amz-security-token", "t")]
    #expect(try request.error() == .headersNotSigned(["x-amz-security-token"]))
  }

  @Test func globalServicesSignTheirBody() throws {
    var request = RequestFixture()
    request.profile = .sts
    request.service = "sts"
    request.headers = [("Host", "sts.example")]
    request.bodyDigest = SHA256Hasher.hash("a")
    let head = try request.head()
    guard case .signature(let claim) = try RequestCredentials.read(head) else { return #expect(Bool(false)) }
    #expect(throws: SigV4Error.self) {
      try SignatureVerifier().verify(
        claim, head: head, secret: request.secret, profile: .sts, nowSeconds: RequestFixture.now,
        bodyDigest: SHA256Hasher.hash("b"), scratch: SigningScratch())
    }
  }

  // MARK: Paths and queries

  /// S3 signs the decoded key encoded once, so that every spelling of one key has one signature, and never normalizes.
  @Test(arguments: [
    "/bucket/a//b", "/bucket/./a", "/bucket/../a", "/bucket/a%20b", "/bucket/%C3%BC", "/bucket/a+b", "/bucket/(a)!*'",
    "/bucket/%7E~",
  ])
  func pathsAsSent(path: String) throws {
    var request = RequestFixture()
    request.path = path
    #expect(try request.error() == nil)
  }

  @Test func paths() throws {
    var request = RequestFixture()
    request.path = "/bucket/a/../b"
    request.tamper = { $0.replacing("/bucket/a/../b", with: "/bucket/b") }
    #expect(try request.error()?.isMismatch == true)
    request.path = "/bucket/a%2"
    request.tamper = { $0 }
    #expect(try request.error() == .malformedPath)
    request.path = "/bucket/a%zz"
    #expect(try request.error() == .malformedPath)
    request.path = "/bucket/a"
    request.query = ["prefix=%2"]
    #expect(try request.error() == .malformedQuery)
  }

  @Test func queries() throws {
    var request = RequestFixture()
    request.query = ["versions", "prefix=a+b", "delimiter=%2f", "max-keys=2", "a=2", "a=1", "=x", "A=3"]
    #expect(try request.error() == nil)
    // The order on the wire does not matter, and `+` is a space, as the router reads it.
    request.tamper = { $0.replacing("versions&prefix=a+b", with: "prefix=a%20b&versions=") }
    #expect(try request.error() == nil)
    request.tamper = { $0.replacing("prefix=a+b", with: "prefix=a%2Bb") }
    #expect(try request.error()?.isMismatch == true)
    request.tamper = { $0.replacing("a=2", with: "a=3") }
    #expect(try request.error()?.isMismatch == true)
  }

  // MARK: What a mismatch tells

  @Test func mismatchHidesSecrets() throws {
    var request = RequestFixture()
    request.token = "SECRETTOKEN"
    request.headers += [
      ("x-amz-server-side-encryption-customer-key", "SECRETKEY1"),
      ("x-amz-copy-source-server-side-encryption-customer-key", "SECRETKEY2"), ("x-amz-meta-a", "shown"),
    ]
    #expect(try request.error() == nil)
    request.tamper = { $0.replacing("/bucket/key", with: "/bucket/other") }
    guard case .signatureDoesNotMatch(let mismatch) = try request.error() else { return #expect(Bool(false)) }
    let text = String(decoding: mismatch.canonicalRequest, as: UTF8.self)
    #expect(!text.contains("SECRET"))
    #expect(text.contains("x-amz-security-token:<redacted>\n"))
    #expect(text.contains("x-amz-server-side-encryption-customer-key:<redacted>\n"))
    #expect(text.contains("x-amz-copy-source-server-side-encryption-customer-key:<redacted>\n"))
    #expect(text.hasPrefix("GET\n/bucket/other\n\nhost:s3.example\n") && text.contains("x-amz-meta-a:shown\n"))
    #expect(text.hasSuffix("\nUNSIGNED-PAYLOAD"))
    #expect(String(decoding: mismatch.stringToSign, as: UTF8.self).hasPrefix("AWS4-HMAC-SHA256\n20130524T000000Z\n"))
  }
}

extension String {
  func replacingCharacters(_ range: Range<String.Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}

extension FieldName {
  init(ignoringCase text: String) {
    self = Array(text.utf8).withUnsafeBufferPointer { FieldName(ignoringCase: $0) }
  }
}
