import Cryptography
import S3Model
import Testing

@testable import SigV4

@Suite struct PostFormTests {
  private struct Fixture {
    var fields: [(String, String)] = [("key", "user/a.png"), ("acl", "private"), ("Content-Type", "image/png")]
    var conditions = [
      #"{"bucket": "b"}"#, #"["starts-with", "$key", "user/"]"#, #"{"ACL": "private"}"#,
      #"["eq", "$x-amz-algorithm", "AWS4-HMAC-SHA256"]"#, #"["starts-with", "$x-amz-credential", ""]"#,
      #"{"x-amz-date": "20130524T000000Z"}"#, #"["starts-with", "$content-type", "image/"]"#,
      #"["content-length-range", 1, 10]"#,
    ]
    var expiration = "2013-05-25T00:00:00.000Z"
    var document: String?
    var region = "us-east-1"
    var day = "20130524"
    var tamper: ([(String, String)]) -> [(String, String)] = { $0 }

    func verify(at nowSeconds: Int64 = RequestFixture.now) throws -> VerifiedPostForm {
      let text =
        document ?? #"{"expiration": "\#(expiration)", "conditions": [\#(conditions.joined(separator: ","))]}"#
      let policy = Base64.encode(Array(text.utf8))
      var key = HMACSHA256Key(Array("AWS4".utf8) + RequestFixture.secretAccessKey)
      for part in [day, region, "s3", "aws4_request"] { key = HMACSHA256Key(key.authenticate(Array(part.utf8))) }
      let signed =
        fields + [
          ("x-amz-algorithm", "AWS4-HMAC-SHA256"),
          ("x-amz-credential", "\(RequestFixture.accessKeyID)/\(day)/\(region)/s3/aws4_request"),
          ("x-amz-date", "20130524T000000Z"), ("policy", policy),
          ("x-amz-signature", key.authenticate(Array(policy.utf8)).hex),
        ]
      let form = PostForm(tamper(signed).map { PostForm.Field(name: ByteString($0.0), value: ByteString($0.1)) })
      guard let claim = try SignatureClaim(form: form) else { throw SigV4Error.unsupportedScheme }
      return try SignatureVerifier().verify(
        claim, form: form, bucket: "b", secret: RequestFixture.secret, nowSeconds: nowSeconds,
        scratch: SigningScratch())
    }

    func error(at nowSeconds: Int64 = RequestFixture.now) throws -> SigV4Error? {
      do {
        _ = try verify(at: nowSeconds)
        return nil
      } catch let error as SigV4Error {
        return error
      }
    }
  }

  @Test func verifies() throws {
    let verified = try Fixture().verify()
    #expect(verified.fileBytes == 1...10)
    #expect(verified.signature.placement == .form && verified.signature.accessKeyID == RequestFixture.accessKeyID)
    try verified.checkFile(bytes: 1)
    try verified.checkFile(bytes: 10)
    #expect(throws: SigV4Error.entityTooSmall(bytes: 0, bytesMin: 1)) { try verified.checkFile(bytes: 0) }
    #expect(throws: SigV4Error.entityTooLarge(bytes: 11, bytesMax: 10)) { try verified.checkFile(bytes: 11) }
    try verified.checkFileSoFar(bytes: 0)
    #expect(throws: SigV4Error.entityTooLarge(bytes: 11, bytesMax: 10)) { try verified.checkFileSoFar(bytes: 11) }
  }

  @Test func expiresByThePolicyAlone() throws {
    // A day after signing: no header request would pass.
    #expect(try Fixture().error(at: RequestFixture.now + 86_400) == nil)
    #expect(try Fixture().error(at: RequestFixture.now + 86_401) == .postPolicyExpired)
  }

  @Test func fieldsMustMatch() throws {
    var form = Fixture()
    form.fields[0].1 = "other/a.png"
    #expect(try form.error() == .postPolicyConditionFailed(#"["starts-with", "$key", "user/"]"#))
    form = Fixture()
    form.fields[1].1 = "public-read"
    #expect(try form.error() == .postPolicyConditionFailed(#"["eq", "$acl", "private"]"#))
    form = Fixture()
    form.fields.remove(at: 1)
    #expect(try form.error() == .postPolicyConditionFailed(#"["eq", "$acl", "private"]"#))
    form = Fixture()
    form.conditions[0] = #"{"bucket": "other"}"#
    #expect(try form.error() == .postPolicyConditionFailed(#"["eq", "$bucket", "other"]"#))
    form.fields.append(("bucket", "other"))
    #expect(try form.error() == .postPolicyConditionFailed(#"["eq", "$bucket", "other"]"#))
    form = Fixture()
    form.fields[2].1 = "image/png, image/gif"
    #expect(try form.error() == nil)
    form.fields[2].1 = "image/png,text/html"
    #expect(try form.error() == .postPolicyConditionFailed(#"["starts-with", "$content-type", "image/"]"#))
  }

  @Test func everyFieldMustBeCovered() throws {
    var form = Fixture()
    form.fields.append(("x-amz-meta-a", "b"))
    #expect(try form.error() == .postPolicyExtraField("x-amz-meta-a"))
    form.conditions.append(#"["starts-with", "$x-amz-meta-a", ""]"#)
    #expect(try form.error() == nil)
    form.fields.append(("x-ignore-me", "b"))
    #expect(try form.error() == nil)
    form.fields.append(("X-Amz-Meta-A", "c"))
    #expect(try form.error() == .missingOrRepeatedFormField("x-amz-meta-a"))
  }

  @Test func rangesIntersect() throws {
    var form = Fixture()
    form.conditions.append(#"["content-length-range", "5", "20"]"#)
    #expect(try form.verify().fileBytes == 5...10)
    form.conditions.append(#"["content-length-range", 11, 20]"#)
    #expect(try form.error() == .malformedPostPolicy)
    form = Fixture()
    form.conditions.removeLast()
    #expect(try form.verify().fileBytes == 0...UInt64.max)
  }

  @Test(arguments: [
    "", "[]", "{}", #"{"conditions": []}"#, #"{"expiration": "2013-05-25T00:00:00Z"}"#,
    #"{"expiration": "soon", "conditions": []}"#, #"{"expiration": "2013-05-25T00:00:00Z", "conditions": {}}"#,
    #"{"expiration": "2013-05-25T00:00:00Z", "conditions": [], "x": 1}"#,
    #"{"expiration": "2013-05-25T00:00:00Z", "conditions": [{"a": "b", "c": "d"}]}"#,
    #"{"expiration": "2013-05-25T00:00:00Z", "conditions": [{"a": 1}]}"#,
    #"{"expiration": "2013-05-25T00:00:00Z", "conditions": [["ne", "$a", "b"]]}"#,
    #"{"expiration": "2013-05-25T00:00:00Z", "conditions": [["eq", "a", "b"]]}"#,
    #"{"expiration": "2013-05-25T00:00:00Z", "conditions": [["eq", "$a"]]}"#,
    #"{"expiration": "2013-05-25T00:00:00Z", "conditions": [["content-length-range", -1, 5]]}"#,
    #"{"expiration": "2013-05-25T00:00:00Z", "conditions": ["eq"]}"#,
    #"{"expiration": "2013-05-25T00:00:00Z", "expiration": "2014-05-25T00:00:00Z", "conditions": []}"#,
  ])
  func refusesMalformedPolicies(document: String) throws {
    var form = Fixture()
    form.document = document
    #expect(try form.error() == .malformedPostPolicy)
  }

  @Test func signature() throws {
    var form = Fixture()
    form.tamper = { $0.map { $0.0 == "policy" ? ($0.0, "e30=") : $0 } }
    #expect(try form.error()?.isMismatch == true)
    form.tamper = { $0.map { $0.0 == "x-amz-signature" ? ($0.0, String($0.1.dropLast()) + "g") : $0 } }
    #expect(try form.error()?.isMismatch == true)
    for name in ["policy", "x-amz-signature", "x-amz-algorithm", "x-amz-credential", "x-amz-date"] {
      form.tamper = { $0.filter { $0.0 != name } }
      #expect(try form.error() == .missingOrRepeatedFormField(ByteString(name)))
      form.tamper = { $0 + $0.filter { $0.0 == name } }
      #expect(try form.error() == .missingOrRepeatedFormField(ByteString(name)))
    }
    form = Fixture()
    form.region = "eu-west-1"
    #expect(try form.error() == .wrongRegion(.form, given: "eu-west-1", expected: "us-east-1"))
    form = Fixture()
    form.day = "20130523"
    #expect(try form.error() == .wrongScopeDate(.form))
    form = Fixture()
    form.tamper = { $0.map { $0.0 == "x-amz-algorithm" ? ($0.0, "AWS4-ECDSA-P256-SHA256") : $0 } }
    #expect(try form.error() == .unsupportedAlgorithm)
  }

  @Test func otherForms() throws {
    func claim(_ fields: [(String, String)]) throws -> SignatureClaim? {
      try SignatureClaim(form: PostForm(fields.map { .init(name: ByteString($0.0), value: ByteString($0.1)) }))
    }
    #expect(try claim([("key", "a")]) == nil)
    #expect(throws: SigV4Error.signatureVersion2) { try claim([("AWSAccessKeyId", "a"), ("policy", "e30=")]) }
    #expect(throws: SigV4Error.signatureVersion2) { try claim([("AWSAccessKeyId", "a")]) }
  }

  @Test func failuresHideTokens() throws {
    var form = Fixture()
    form.conditions.append(#"{"x-amz-security-token": "SECRET"}"#)
    #expect(
      try form.error() == .postPolicyConditionFailed(#"["eq", "$x-amz-security-token", "<redacted>"]"#))
  }
}
