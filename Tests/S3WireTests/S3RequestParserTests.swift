import HTTPWire
import S3Model
import S3Wire
import Testing

@Suite struct S3RequestParserTests {
  @Test(arguments: [
    ("/bucket/key", "key"), ("/bucket/a/b", "a/b"), ("/bucket//a", "/a"), ("/bucket/a//b/", "a//b/"),
    ("/bucket/a+b", "a+b"), ("/bucket/a%2Bb", "a+b"), ("/bucket/a%20b", "a b"), ("/bucket/%2525", "%25"),
    ("/bucket/a/../b", "a/../b"), ("/bucket/.", "."), ("/bucket/%E2%82%AC", "€"), ("/bucket/a%2fb", "a/b"),
    ("/bucket/%01", "\u{1}"), ("/bucket/a&b=c", "a&b=c"),
  ])
  func decodesKeysOnce(path: String, key: String) throws {
    let request = try parse("GET \(path)")
    #expect(request.bucket == "bucket")
    #expect(request.key == ByteString(key))
    #expect("/bucket/" + request.head.fields.string(request.rawKey) == path)
    #expect(request.accesses == [Access(.getObject, bucket: "bucket", key: ByteString(key))])
  }

  @Test(arguments: [
    ("/bucket/%", S3WireError.malformedPercentEncoding), ("/bucket/%2", .malformedPercentEncoding),
    ("/bucket/%zz", .malformedPercentEncoding), ("/bucket/a%00b", .encodedNUL), ("/bucket/%FF", .invalidUTF8),
    ("/bucket/%C0%AF", .invalidUTF8), ("/bucket/%ED%A0%80", .invalidUTF8), ("/bucket/%F4%90%80%80", .invalidUTF8),
    ("/../key", .invalidBucketName), ("/./key", .invalidBucketName), ("/%2e%2e/key", .invalidBucketName),
    ("//key", .invalidBucketName), ("/a%2Fb/key", .invalidBucketName), ("/b%00c/key", .encodedNUL),
    ("/ab/key", .invalidBucketName), ("/bucket?prefix=%zz", .malformedPercentEncoding),
    ("/bucket?prefix=%00", .encodedNUL), ("/bucket?prefix=%ff", .invalidUTF8),
  ])
  func refusesAmbiguousTargets(path: String, error: S3WireError) {
    #expect(throws: error) { try parse("GET \(path)") }
  }

  @Test func boundsKeys() throws {
    #expect(try parse("GET /bucket/" + String(repeating: "k", count: 1024)).key?.count == 1024)
    #expect(throws: S3WireError.keyTooLong(bytes: 1025)) {
      try parse("GET /bucket/" + String(repeating: "k", count: 1025))
    }
    // Counted decoded.
    #expect(try parse("GET /bucket/" + String(repeating: "%41", count: 1024)).key?.count == 1024)
  }

  @Test(arguments: [
    ("bucket.s3.example.com", "/key", "bucket", "key"), ("BUCKET.S3.Example.COM:9000", "/key", "bucket", "key"),
    ("my.bucket.s3.example.com", "/a/b", "my.bucket", "a/b"), ("s3.example.com", "/bucket/key", "bucket", "key"),
    ("s3.example.com:443", "/bucket/key", "bucket", "key"), ("other.example.org", "/bucket/key", "bucket", "key"),
    ("bucket.s3.example.com.", "/key", "bucket", "key"), ("s3.example.com.:9000", "/bucket/key", "bucket", "key"),
    ("[::1]:9000", "/bucket/key", "bucket", "key"), ("xs3.example.com", "/bucket/key", "bucket", "key"),
    ("bucket.eu.s3.example.com", "/key", "bucket", "key"), ("eu.s3.example.com", "/bucket/key", "bucket", "key"),
  ])
  func findsTheBucketInHostOrPath(host: String, path: String, bucket: String, key: String) throws {
    let request = try parse("GET \(path)", host: host, domains: ["s3.example.com", "EU.s3.example.com"])
    #expect(request.bucket == bucket)
    #expect(request.key == ByteString(key))
  }

  @Test func virtualHostsKeepTheWholePathAsKey() throws {
    let request = try parse("GET /bucket/key", host: "bucket.s3.example.com", domains: ["s3.example.com"])
    #expect(request.addressing == .virtualHost)
    #expect(request.key == "bucket/key")
    #expect(try parse("GET /", host: "bucket.s3.example.com", domains: ["s3.example.com"]).operation == .listObjects)
    #expect(throws: S3WireError.invalidBucketName) {
      try parse("GET /key", host: "..s3.example.com", domains: ["s3.example.com"])
    }
  }

  @Test(arguments: [
    ("GET /", S3Operation.listBuckets), ("GET /bucket", .listObjects), ("GET /bucket/", .listObjects),
    ("GET /bucket?list-type=2&prefix=a", .listObjectsV2), ("HEAD /bucket", .headBucket), ("PUT /bucket", .createBucket),
    ("GET /bucket/k?x-id=GetObject", .getObject), ("GET /bucket/k?X-Foo=1&response-expires=x", .getObject),
    ("PUT /bucket/k?partNumber=1&uploadId=u", .uploadPart), ("POST /bucket/k?uploads", .createMultipartUpload),
    ("POST /bucket/k?uploads=", .createMultipartUpload), ("GET /bucket/k?uploadId=u", .listParts),
    ("POST /bucket/k?uploadId=u", .completeMultipartUpload), ("DELETE /bucket/k?uploadId=u", .abortMultipartUpload),
    ("POST /bucket?delete", .deleteObjects), ("GET /bucket?inventory&id=x", .getBucketInventoryConfiguration),
    ("GET /bucket?inventory", .listBucketInventoryConfigurations), ("GET /bucket/k?&&versionId=null&", .getObject),
  ])
  func recognizes(line: String, operation: S3Operation) throws {
    #expect(try parse(line).operation == operation)
  }

  @Test(arguments: [
    ("GET /bucket/k?unknown-subresource", S3WireError.unknownSubresource),
    ("GET /bucket/k?policy", .unknownSubresource),
    ("GET /bucket/k?ACL", .unknownSubresource), ("GET /bucket?acl&policy", .unknownSubresource),
    ("PUT /bucket/k?acl&tagging", .unknownSubresource), ("DELETE /bucket/k?attributes", .methodNotAllowed),
    ("GET /?acl", .unknownSubresource), ("DELETE /bucket?acl", .methodNotAllowed),
    ("HEAD /bucket/k?acl", .methodNotAllowed),
    ("POST /bucket/k", .methodNotAllowed), ("POST /", .methodNotAllowed), ("PUT /", .methodNotAllowed),
    ("PATCH /bucket/k", .methodNotAllowed), ("POST /bucket", .notAForm),
    ("PUT /bucket/k?partNumber=1", .missingQueryParameter(.uploadID)),
    ("PUT /bucket/k?uploadId=u", .missingQueryParameter(.partNumber)),
    ("PUT /bucket/k?versionId=v", .invalidQueryParameter(.versionID)),
    ("DELETE /bucket?versionId=v", .invalidQueryParameter(.versionID)),
    ("GET /bucket/k?versionId=", .invalidQueryParameter(.versionID)),
    ("GET /bucket/k?acl&uploadId=u", .invalidQueryParameter(.uploadID)),
    ("PUT /bucket/k?partNumber=0&uploadId=u", .invalidQueryParameter(.partNumber)),
    ("PUT /bucket/k?partNumber=10001&uploadId=u", .invalidQueryParameter(.partNumber)),
    ("GET /bucket?list-type=1", .invalidQueryParameter(.listType)),
    ("GET /bucket?prefix=a&prefix=b", .repeatedQueryParameter), ("GET /bucket?acl&acl", .repeatedQueryParameter),
    ("GET /bucket?max-keys=-1", .invalidQueryParameter(.maxKeys)),
    ("PUT /bucket?inventory", .missingQueryParameter(.id)),
    ("GET /bucket/k?attributes", .missingHeader(.xAmzObjectAttributes)),
    ("GET /bucket?session", .unsupportedOperation(.createSession)),
    ("GET /bucket/k?annotation", .unsupportedOperation(.listObjectAnnotations)),
    ("GET /bucket/k?AWSAccessKeyId=a&Signature=s&Expires=1", .signatureVersion2),
    ("PUT /Bucket", .invalidBucketName), ("PUT /192.168.0.1", .invalidBucketName),
    ("OPTIONS /bucket/k", .missingHeader(.origin)),
  ])
  func refuses(line: String, error: S3WireError) {
    #expect(throws: error) { try parse(line) }
  }

  @Test func dropsParametersThatMeanNothingToTheOperation() throws {
    #expect(try parse("GET /bucket/k?prefix=a&max-keys=5").query.isEmpty)
    #expect(try parse("GET /bucket?prefix=a%20b+c&x-id=ListObjects").query == [QueryItem(.prefix, "a b c")])
  }

  @Test func writesNeedWhatTheirHeadersDo() throws {
    let request = try parse(
      "PUT /bucket/k",
      [
        "x-amz-acl: private", "x-amz-tagging: a=b", "x-amz-object-lock-mode: GOVERNANCE",
        "x-amz-object-lock-legal-hold: ON",
      ])
    #expect(
      accesses(request) == [
        "s3:PutObject arn:aws:s3:::bucket/k", "s3:PutObjectAcl arn:aws:s3:::bucket/k",
        "s3:PutObjectTagging arn:aws:s3:::bucket/k", "s3:PutObjectRetention arn:aws:s3:::bucket/k",
        "s3:PutObjectLegalHold arn:aws:s3:::bucket/k",
      ])
    #expect(accesses(try parse("PUT /bucket/k")) == ["s3:PutObject arn:aws:s3:::bucket/k"])
  }

  @Test(arguments: [
    ("/source/a%20b", "s3:GetObject arn:aws:s3:::source/a b"), ("source/a+b", "s3:GetObject arn:aws:s3:::source/a b"),
    ("source/a%2Bb", "s3:GetObject arn:aws:s3:::source/a+b"),
    ("/source/a?versionId=v1", "s3:GetObjectVersion arn:aws:s3:::source/a @v1"),
    ("source%2Fdir%2Fa%3Fb", "s3:GetObject arn:aws:s3:::source/dir/a?b"),
  ])
  func copiesReadTheirSource(source: String, access: String) throws {
    let request = try parse("PUT /bucket/k", ["x-amz-copy-source: \(source)"])
    #expect(request.operation == .copyObject)
    #expect(accesses(request) == ["s3:PutObject arn:aws:s3:::bucket/k", access])
    let part = try parse("PUT /bucket/k?partNumber=1&uploadId=u", ["x-amz-copy-source: \(source)"])
    #expect(part.operation == .uploadPartCopy)
    #expect(accesses(part) == accesses(request))
  }

  @Test(arguments: [
    "", "/", "source", "source/", "/source//%00", "source/a?acl", "source/a?versionId=", "source/a?versionId=v&acl",
    "../a", "arn:aws:s3:us-east-1:1:accesspoint/x/object/k", "source/%zz",
  ])
  func refusesOtherSources(source: String) {
    #expect(throws: S3WireError.self) { try parse("PUT /bucket/k", ["x-amz-copy-source: \(source)"]) }
  }

  @Test func copySourceElsewhereIsRefused() {
    #expect(throws: S3WireError.unexpectedCopySource) { try parse("PUT /bucket/k?acl", ["x-amz-copy-source: a"]) }
    #expect(throws: S3WireError.unexpectedCopySource) { try parse("PUT /bucket", ["x-amz-copy-source: abc/d"]) }
  }

  @Test func deletesOfVersionsAndUnderGovernance() throws {
    #expect(
      accesses(try parse("DELETE /bucket/k?versionId=v", ["x-amz-bypass-governance-retention: TRUE"])) == [
        "s3:DeleteObjectVersion arn:aws:s3:::bucket/k @v", "s3:BypassGovernanceRetention arn:aws:s3:::bucket/k @v",
      ])
    #expect(
      accesses(try parse("DELETE /bucket/k", ["x-amz-bypass-governance-retention: false"])) == [
        "s3:DeleteObject arn:aws:s3:::bucket/k"
      ])
    let batch = try parse("POST /bucket?delete")
    #expect(batch.accesses.isEmpty && batch.needsBodyForAccesses)
  }

  @Test func presignedParametersMeanHeaders() throws {
    let request = try parse(
      "PUT /bucket/k?X-Amz-Acl=public-read&x-amz-meta-Color=red&X-Amz-Signature=s&X-Amz-Tagging=a%3Db")
    #expect(request.header(.xAmzAcl) == "public-read")
    #expect(accesses(request).contains("s3:PutObjectAcl arn:aws:s3:::bucket/k"))
    #expect(accesses(request).contains("s3:PutObjectTagging arn:aws:s3:::bucket/k"))
    var metadata: [String] = []
    request.forEachMetadata { metadata.append("\($0)=\($1)") }
    #expect(metadata == ["color=red"])
    let copy = try parse("PUT /bucket/k?x-amz-copy-source=source%2Fa%252Bb")
    #expect(copy.copySource == CopySource(bucket: "source", key: "a+b"))
  }

  @Test func aHoistedHeaderMayNotDifferFromTheOneBesideIt() throws {
    #expect(throws: S3WireError.conflictingHoistedHeader("x-amz-acl")) {
      try parse("PUT /bucket/k?X-AMZ-ACL=private", ["x-amz-acl: public-read"])
    }
    #expect(throws: S3WireError.conflictingHoistedHeader("x-amz-meta-a")) {
      try parse("PUT /bucket/k?x-amz-meta-a=1", ["x-amz-meta-a: 2"])
    }
    #expect(throws: S3WireError.repeatedQueryParameter) {
      try parse("PUT /bucket/k?x-amz-acl=private&X-Amz-Acl=private")
    }
    let same = try parse("PUT /bucket/k?X-AMZ-ACL=private", ["x-amz-acl: private"])
    #expect(same.header(.xAmzAcl) == "private")
  }

  @Test func hoistedChecksumsAreNotEnforced() throws {
    let request = try parse("PUT /bucket/k?x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32")
    #expect(!request.hasHeader(.xAmzChecksumCrc32))
    #expect(throws: S3WireError.self) {
      try parse("PUT /bucket/k?x-amz-checksum-crc32=AAAAAA%3D%3D", ["x-amz-checksum-crc32: BBBBBB=="])
    }
  }

  @Test func hoistedValuesCannotCarryLineBreaks() {
    #expect(throws: S3WireError.invalidHeader(.xAmzAcl)) { try parse("PUT /bucket/k?x-amz-acl=a%0D%0Ab") }
  }

  @Test(arguments: ["x-amz-write-offset-bytes: 5", "x-amz-object-lock-event-hold: ON"])
  func refusesHeadersThatChangeTheOperation(header: String) {
    #expect(throws: S3WireError.self) { try parse("PUT /bucket/k", [header]) }
  }

  @Test func preflightsIgnoreTheQuery() throws {
    let headers = ["Origin: https://a", "Access-Control-Request-Method: PUT"]
    let request = try parse("OPTIONS /bucket/k?partNumber=1&unknown&%zz", headers)
    #expect(request.operation == .optionsObject)
    #expect(request.accesses.isEmpty && !request.needsBodyForAccesses)
  }

  @Test func formsGoToTheBucket() throws {
    let request = try parse("POST /bucket", ["Content-Type: multipart/form-data; boundary=x"])
    #expect(request.operation == .postObject && request.needsBodyForAccesses)
    #expect(throws: S3WireError.notAForm) { try parse("POST /bucket", ["Content-Type: multipart/form-datax"]) }
  }
}
