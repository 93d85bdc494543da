import Cryptography
import HTTPWire
import S3Model
import Testing

@testable import SigV4

@Suite struct PresignedTests {
  private func presigned() -> RequestFixture {
    var request = RequestFixture()
    request.lifetimeSeconds = "3600"
    request.headers = [("Host", "s3.example")]
    return request
  }

  @Test(arguments: [SignatureAlgorithm.hmacSHA256, .ecdsaP256SHA256])
  func verifies(algorithm: SignatureAlgorithm) throws {
    var request = presigned()
    request.algorithm = algorithm
    let verified = try request.verify()
    #expect(verified.isPresigned && verified.lifetimeSeconds == 3600 && verified.hoisted.isEmpty)
    request.tamper = { $0.replacing("/bucket/key", with: "/bucket/kez") }
    #expect(try request.error()?.isMismatch == true)
    request.tamper = { $0.replacing("X-Amz-Expires=3600", with: "X-Amz-Expires=3601") }
    #expect(try request.error()?.isMismatch == true)
  }

  @Test func time() throws {
    let request = presigned()
    let now = RequestFixture.now
    #expect(try request.error(at: now - 900) == nil)
    #expect(try request.error(at: now - 901) == .notValidYet(startSeconds: now, serverSeconds: now - 901))
    #expect(try request.error(at: now + 3600) == nil)
    #expect(
      try request.error(at: now + 3601)
        == .expired(lifetimeSeconds: 3600, endSeconds: now + 3600, serverSeconds: now + 3601))
  }

  @Test(arguments: [
    ("1", nil), ("604800", nil), ("604801", SigV4Error.expiresOutOfRange), ("0", .expiresOutOfRange),
    ("-1", .malformedExpires), ("1.5", .malformedExpires), ("", .malformedExpires), ("1e3", .malformedExpires),
    ("99999999999999999999", .expiresOutOfRange),
  ])
  func lifetimes(seconds: String, error: SigV4Error?) throws {
    var request = presigned()
    request.lifetimeSeconds = seconds
    #expect(try request.error() == error)
  }

  @Test(arguments: [
    ("X-Amz-Algorithm=", "X-Other=", SigV4Error.missingOrRepeatedParameter(.algorithm)),
    ("X-Amz-Credential=", "X-Other=", .missingOrRepeatedParameter(.credential)),
    ("X-Amz-Date=", "X-Other=", .missingOrRepeatedParameter(.date)),
    ("X-Amz-Expires=", "X-Other=", .missingOrRepeatedParameter(.expires)),
    ("X-Amz-SignedHeaders=", "X-Other=", .missingOrRepeatedParameter(.signedHeaders)),
    ("X-Amz-Signature=", "X-Other=", .missingOrRepeatedParameter(.signature)),
    ("X-Amz-Date=", "x-amz-date=20130524T000000Z&X-Amz-Date=", .missingOrRepeatedParameter(.date)),
    ("X-Amz-Signature=", "X-Amz-Signature=a&X-Amz-Signature=", .missingOrRepeatedParameter(.signature)),
    ("X-Amz-Signature=", "x-amz-SIGNATURE=a&X-Amz-Signature=", .missingOrRepeatedParameter(.signature)),
    ("X-Amz-Expires=", "X-Amz-%45xpires=9&X-Amz-Expires=", .missingOrRepeatedParameter(.expires)),
    ("X-Amz-Date=20130524T000000Z", "X-Amz-Date=2013", .malformedDate(.query)),
    ("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1", .unsupportedAlgorithm),
    ("%2Faws4_request", "%2Faws3_request", .wrongTerminator(.query)),
    ("%2Fs3%2F", "%2F", .malformedCredential(.query)),
    ("SignedHeaders=host", "SignedHeaders=Host", .missingOrRepeatedParameter(.signedHeaders)),
  ])
  func refusesMalformedQuery(from: String, to: String, error: SigV4Error) throws {
    var request = presigned()
    request.tamper = { text in
      guard let range = text.firstRange(of: from) else { return text }
      return text.replacingCharacters(range, with: to)
    }
    #expect(try request.error() == error)
  }

  @Test func scope() throws {
    var request = presigned()
    request.region = "eu-west-1"
    #expect(try request.error() == .wrongRegion(.query, given: "eu-west-1", expected: "us-east-1"))
    request = presigned()
    request.day = "20130525"
    #expect(try request.error() == .wrongScopeDate(.query))
  }

  @Test func tokens() throws {
    var request = presigned()
    request.token = "SECRET/TOKEN+="
    #expect(try request.verify().sessionToken == "SECRET/TOKEN+=")
    request.tamper = { $0.replacing("X-Amz-Security-Token=SECRET", with: "X-Amz-Security-Token=OTHER") }
    #expect(try request.error()?.isMismatch == true)
    // Taking the token out of a signature is what only the lenient profile allows.
    request.tamper = { $0.replacing("&X-Amz-Security-Token=SECRET%2FTOKEN%2B%3D", with: "") }
    #expect(try request.error()?.isMismatch == true)
    request = presigned()
    request.tamper = { $0.replacing("&X-Amz-Signature", with: "&X-Amz-Security-Token=t&X-Amz-Signature") }
    #expect(try request.error()?.isMismatch == true)
  }

  @Test func mismatchHidesSecretsInTheQuery() throws {
    var request = presigned()
    request.token = "SECRETTOKEN"
    request.query = ["x-amz-server-side-encryption-customer-key=SECRETKEY", "X-Amz-Meta-A=shown"]
    request.tamper = { $0.replacing("/bucket/key", with: "/bucket/other") }
    guard case .signatureDoesNotMatch(let mismatch) = try request.error() else { return #expect(Bool(false)) }
    let text = String(decoding: mismatch.canonicalRequest, as: UTF8.self)
    #expect(!text.contains("SECRET") && text.contains("X-Amz-Security-Token=<redacted>"))
    #expect(text.contains("x-amz-server-side-encryption-customer-key=<redacted>") && text.contains("shown"))
  }

  // MARK: Hoisted headers

  @Test func hoisting() throws {
    var request = presigned()
    request.query = ["x-amz-acl=public-read", "X-Amz-Meta-Name=a%20b", "x-id=PutObject", "x-amz-unheard-of=1"]
    let hoisted = try request.verify().hoisted
    #expect(
      hoisted == [
        HoistedHeader(id: .xAmzAcl, name: "x-amz-acl", value: "public-read"),
        HoistedHeader(id: .other, name: "x-amz-meta-name", value: "a b"),
      ])
    request.tamper = { $0.replacing("x-amz-acl=public-read", with: "x-amz-acl=private") }
    #expect(try request.error()?.isMismatch == true)
    request.tamper = { $0 }
    request.query = ["x-amz-acl=private", "X-Amz-ACL=public-read"]
    #expect(try request.error() == .repeatedHeader("x-amz-acl"))
  }

  @Test func headersBesideHoistedOnes() throws {
    var request = presigned()
    request.query = ["x-amz-acl=private"]
    request.unsignedHeaders = [("x-amz-acl", "private")]
    #expect(try request.error() == nil)
    request.unsignedHeaders = [("x-amz-acl", "public-read")]
    #expect(try request.error() == .headerDiffersFromQuery("x-amz-acl"))
    request.unsignedHeaders = []
    request.headers.append(("x-amz-acl", "public-read"))
    #expect(try request.error() == .headerDiffersFromQuery("x-amz-acl"))
  }

  @Test func unsignedHeaders() throws {
    var request = presigned()
    request.unsignedHeaders = [("x-amz-acl", "public-read")]
    #expect(try request.error() == .headersNotSigned(["x-amz-acl"]))
    request.unsignedHeaders = [("x-amz-date", "20130524T000001Z")]
    #expect(try request.error() == .headerDiffersFromQuery("x-amz-date"))
    request.unsignedHeaders = [("Content-Type", "text/plain")]
    #expect(try request.error() == nil)
    request.headers.append(("x-amz-acl", "public-read"))
    #expect(try request.error() == nil)
  }

  @Test func payloads() throws {
    var request = presigned()
    request.query = ["X-Amz-Content-Sha256=UNSIGNED-PAYLOAD"]
    #expect(try request.error() == nil)
    request.query = ["X-Amz-Content-Sha256=\(SHA256Digest.ofNothing.hex)"]
    guard case .digest(.ofNothing) = try request.verify().payload.kind else { return #expect(Bool(false)) }
    request.query = ["X-Amz-Content-Sha256=abc"]
    #expect(try request.error() == .malformedContentSHA256)
    request.query = []
    request.headers.append(("x-amz-content-sha256", SHA256Digest.ofNothing.hex))
    guard case .digest(.ofNothing) = try request.verify().payload.kind else { return #expect(Bool(false)) }
  }

  @Test func globalServices() throws {
    var request = presigned()
    request.profile = .sts
    request.service = "sts"
    request.path = "/"
    request.query = ["Action=GetCallerIdentity", "Version=2011-06-15"]
    #expect(try request.error() == nil)
    request.tamper = { $0.replacing("GetCallerIdentity", with: "GetSessionToken") }
    #expect(try request.error()?.isMismatch == true)
  }
}
