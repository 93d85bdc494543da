import S3Model
import S3Wire
import Testing

@Suite struct RequestDocumentTests {
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func deletesAreAllowedEntryByEntry() throws {
    let document = bytes(
      """
      <Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a&amp;b</Key></Object>
      <Object><Key>c</Key><VersionId>v1</VersionId></Object><Quiet>true</Quiet></Delete>
      """)
    let delete = try DeleteObjectsRequest(document: document)
    #expect(delete.isQuiet)
    #expect(delete.entries.map(\.key) == ["a&b", "c"])
    let request = try parse("POST /bucket?delete")
    #expect(
      delete.accesses(in: request) == [
        [Access(.deleteObject, bucket: "bucket", key: "a&b")],
        [Access(.deleteObjectVersion, bucket: "bucket", key: "c", versionID: "v1")],
      ])
    #expect(try request.accesses(document: document).count == 2)
    let bypassing = try parse("POST /bucket?delete", ["x-amz-bypass-governance-retention: true"])
    #expect(
      delete.accesses(in: bypassing).allSatisfy { $0.count == 2 && $0[1].action == .s3(.bypassGovernanceRetention) })
    #expect(try DeleteObjectsRequest(document: delete.document) == delete)
  }

  @Test func publicAccessBlocks() throws {
    let block = try PublicAccessBlock(
      document: bytes(
        """
        <PublicAccessBlockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><BlockPublicAcls>TRUE\
        </BlockPublicAcls><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>
        """))
    #expect(block == PublicAccessBlock(refusesPublicACLs: true, restrictsPublicBuckets: true))
    #expect(try PublicAccessBlock(document: block.document) == block)
    #expect(try PublicAccessBlock(document: PublicAccessBlock.everything.document) == .everything)
    for text in [
      "", "<Other/>", "<PublicAccessBlockConfiguration><BlockAll>true</BlockAll></PublicAccessBlockConfiguration>",
      "<PublicAccessBlockConfiguration><BlockPublicAcls>1</BlockPublicAcls></PublicAccessBlockConfiguration>",
    ] {
      #expect(throws: S3WireError.self, "\(text)") { try PublicAccessBlock(document: bytes(text)) }
    }
  }

  @Test(arguments: [
    ("PUT /bucket/k", ["x-amz-acl: public-read"], true), ("PUT /bucket/k", ["x-amz-acl: authenticated-read"], true),
    ("PUT /bucket/k", ["x-amz-acl: private"], false), ("PUT /bucket/k", [], false),
    ("POST /bucket/k?uploads", ["x-amz-acl: public-read-write"], true),
    ("PUT /bucket?acl", ["x-amz-grant-read: uri=\"http://acs.amazonaws.com/groups/global/AllUsers\""], true),
    (
      "PUT /bucket?acl", ["x-amz-grant-read: id=1", "x-amz-grant-read: uri=http://a/groups/global/AuthenticatedUsers"],
      true
    ),
    ("PUT /bucket?acl", ["x-amz-grant-read: id=1"], false),
    ("PUT /bucket?acl", ["x-amz-grant-write: uri=http://acs.amazonaws.com/groups/s3/LogDelivery"], false),
  ])
  func publicACLsInHeaders(line: String, headers: [String], isPublic: Bool) throws {
    #expect(try parse(line, headers).setsPublicACL(document: []) == isPublic)
  }

  @Test func publicACLsInDocuments() throws {
    var policy = AccessControlPolicy(ownerID: "owner")
    let request = try parse("PUT /bucket/k?acl")
    #expect(try !request.setsPublicACL(document: policy.document))
    policy.grants.append(
      .init(grantee: .group("http://acs.amazonaws.com/groups/global/AllUsers"), permission: "READ"))
    #expect(try request.setsPublicACL(document: policy.document))
    #expect(throws: S3WireError.self) { try request.setsPublicACL(document: bytes("<AccessControlPolicy>")) }
  }

  @Test func aRewrittenDeleteNamesOnlyWhatIsLeft() throws {
    var delete = DeleteObjectsRequest(entries: ["a", "b"].map { .init(key: $0) })
    delete.entries.remove(at: 0)
    #expect(try DeleteObjectsRequest(document: delete.document).entries == [.init(key: "b")])
  }

  @Test(arguments: [
    ("", S3WireError.missingDocument), ("<Delete/>", .invalidDocument),
    ("<Delete><Object/></Delete>", .malformedXML(.missingElement)),
    ("<Delete><Object><Key></Key></Object></Delete>", .invalidDocument),
    ("<Other/>", .malformedXML(.unexpectedElement)),
    ("<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>", .malformedXML(.unexpectedElement)),
    ("<Delete><Object><Key>a</Key><Unknown/></Object></Delete>", .malformedXML(.unexpectedElement)),
  ])
  func refusesOtherDeletes(document: String, error: S3WireError) {
    #expect(throws: error) { try DeleteObjectsRequest(document: bytes(document)) }
  }

  @Test func boundsDeletes() throws {
    let thousand = DeleteObjectsRequest(entries: (0..<1000).map { .init(key: ByteString("k\($0)")) })
    #expect(try DeleteObjectsRequest(document: thousand.document).entries.count == 1000)
    var more = thousand
    more.entries.append(.init(key: "one more"))
    #expect(throws: S3WireError.tooManyKeys) { try DeleteObjectsRequest(document: more.document) }
    let long = DeleteObjectsRequest(entries: [.init(key: ByteString(String(repeating: "k", count: 1025)))])
    #expect(throws: S3WireError.keyTooLong(bytes: 1025)) { try DeleteObjectsRequest(document: long.document) }
  }

  @Test func completesInOrder() throws {
    let document = """
      <CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"e1"</ETag></Part>
      <Part><ETag>e2</ETag><PartNumber>7</PartNumber><ChecksumCRC32C>AAAA</ChecksumCRC32C></Part></CompleteMultipartUpload>
      """
    let parts = try CompleteMultipartUploadRequest(document: bytes(document)).parts
    #expect(parts.map(\.number) == [1, 7])
    #expect(parts.map(\.etag) == ["e1", "e2"])
    #expect(parts[1].checksums == [DocumentChecksum(.crc32c, "AAAA")])
  }

  @Test(arguments: [
    (
      "<Part><PartNumber>2</PartNumber><ETag>a</ETag></Part><Part><PartNumber>1</PartNumber><ETag>b</ETag></Part>",
      S3WireError.invalidPartOrder
    ),
    (
      "<Part><PartNumber>1</PartNumber><ETag>a</ETag></Part><Part><PartNumber>1</PartNumber><ETag>b</ETag></Part>",
      .invalidPartOrder
    ),
    ("<Part><PartNumber>0</PartNumber><ETag>a</ETag></Part>", .malformedXML(.missingElement)),
    ("<Part><PartNumber>10001</PartNumber><ETag>a</ETag></Part>", .malformedXML(.missingElement)),
    ("<Part><PartNumber>1</PartNumber></Part>", .malformedXML(.missingElement)), ("", .malformedXML(.missingElement)),
  ])
  func refusesOtherCompletions(parts: String, error: S3WireError) {
    #expect(throws: error) {
      try CompleteMultipartUploadRequest(document: bytes("<CompleteMultipartUpload>\(parts)</CompleteMultipartUpload>"))
    }
  }

  @Test func tagsRoundTripInEverySpelling() throws {
    let tags = [ObjectTag(key: "a b", value: "c+d"), ObjectTag(key: "größe", value: "")]
    #expect(try TagSet.parse(document: TagSet.document(tags), countMax: 10) == tags)
    #expect(ObjectTag.parse(header: ByteString(TagSet.header(tags))) == tags)
    #expect(ObjectTag.parse(header: "a+b=c%2Bd&gr%C3%B6%C3%9Fe") == tags)
    #expect(ObjectTag.parse(header: "") == [])
  }

  @Test(
    arguments: [
      ("a=1&a=2", TagFault.repeatedKey), ("=1", .keyLength), ("aws:x=1", .reservedPrefix), ("a=%3C", .malformed),
      ("a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1", .tooMany),
    ] as [(ByteString, TagFault)])
  func refusesOtherTags(header: ByteString, fault: TagFault) {
    #expect(throws: S3WireError.invalidTag(fault)) { try TagSet.parse(header: header) }
    #expect(ObjectTag.parse(header: header) == nil)
  }

  @Test func boundsTagLengthsInCharacters() throws {
    let key = String(repeating: "ö", count: 128)
    try TagSet.check([ObjectTag(key: ByteString(key), value: "")], countMax: 10)
    #expect(throws: S3WireError.invalidTag(.keyLength)) {
      try TagSet.check([ObjectTag(key: ByteString(key + "o"), value: "")], countMax: 10)
    }
    #expect(throws: S3WireError.invalidTag(.valueLength)) {
      try TagSet.check([ObjectTag(key: "k", value: ByteString(String(repeating: "v", count: 257)))], countMax: 10)
    }
  }

  @Test func bucketConfigurations() throws {
    #expect(try CreateBucketConfiguration(document: []).locationConstraint == nil)
    let document = bytes(
      "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint><Tags><Tag><Key>a</Key>"
        + "<Value>b</Value></Tag></Tags></CreateBucketConfiguration>")
    let configuration = try CreateBucketConfiguration(document: document)
    #expect(configuration.locationConstraint == "eu-west-1")
    #expect(configuration.accesses(bucket: "bucket") == [Access(.tagResource, bucket: "bucket")])
    #expect(throws: S3WireError.malformedXML(.unexpectedElement)) {
      try CreateBucketConfiguration(document: bytes("<CreateBucketConfiguration><Bucket/></CreateBucketConfiguration>"))
    }
    let request = try parse("PUT /bucket?replication")
    let role = "arn:aws:iam::000000000000:role/r"
    #expect(
      try request.accesses(
        document: bytes("<ReplicationConfiguration><Role>\(role)</Role><Rule/></ReplicationConfiguration>"))
        == [Access(action: .iam(.passRole), resource: ByteString(role))])
  }

  @Test func aclsAreRecognized() throws {
    let own = AccessControlPolicy(ownerID: "me", ownerDisplayName: "M")
    #expect(try AccessControlPolicy(document: own.document) == own)
    #expect(own.isOwnerFullControl)
    var shared = own
    shared.grants.append(.init(grantee: .group("http://acs.amazonaws.com/groups/global/AllUsers"), permission: "READ"))
    #expect(try AccessControlPolicy(document: shared.document) == shared)
    #expect(!shared.isOwnerFullControl)
    #expect(throws: S3WireError.malformedXML(.unexpectedText)) {
      try AccessControlPolicy(
        document: bytes(
          "<AccessControlPolicy><AccessControlList><Grant><Grantee><ID>a</ID></Grantee><Permission>ALL</Permission>"
            + "</Grant></AccessControlList></AccessControlPolicy>"))
    }
  }

  @Test func corsRulesMatch() throws {
    let document = """
      <CORSConfiguration><CORSRule><AllowedOrigin>https://*.example.com</AllowedOrigin><AllowedMethod>PUT</AllowedMethod>
      <AllowedHeader>x-amz-*</AllowedHeader><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>60</MaxAgeSeconds></CORSRule>
      <CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>
      """
    let cors = try CORSConfiguration(document: bytes(document))
    #expect(try CORSConfiguration(document: cors.document) == cors)
    #expect(cors.rule(origin: "https://a.example.com", method: "PUT", headers: ["X-Amz-Acl"])?.maxAgeSeconds == 60)
    #expect(cors.rule(origin: "https://a.example.com", method: "PUT", headers: ["content-type"]) == nil)
    #expect(cors.rule(origin: "https://example.org", method: "PUT") == nil)
    #expect(cors.rule(origin: "https://example.org", method: "GET")?.allowsEveryOrigin == true)
    #expect(cors.rule(origin: "https://a.example.com", method: "DELETE") == nil)
  }

  @Test(arguments: [
    "<CORSRule><AllowedOrigin>*</AllowedOrigin></CORSRule>", "<CORSRule><AllowedMethod>GET</AllowedMethod></CORSRule>",
    "<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>PATCH</AllowedMethod></CORSRule>",
    "<CORSRule><AllowedOrigin>*.*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>",
    "<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><ExposeHeader>a\nb: c</ExposeHeader></CORSRule>",
    "",
  ])
  func refusesOtherCORSRules(rules: String) {
    #expect(throws: S3WireError.self) {
      try CORSConfiguration(document: bytes("<CORSConfiguration>\(rules)</CORSConfiguration>"))
    }
  }

  @Test func versioningStates() throws {
    for status in [VersioningConfiguration.Status.enabled, .suspended, nil] {
      let configuration = VersioningConfiguration(status: status)
      #expect(try VersioningConfiguration(document: configuration.document) == configuration)
    }
    #expect(throws: S3WireError.self) {
      try VersioningConfiguration(
        document: bytes("<VersioningConfiguration><Status>On</Status></VersioningConfiguration>"))
    }
  }

  @Test func copiesThatKeepTagsMayNeedMore() throws {
    let keeping = try parse("PUT /bucket/k", ["x-amz-copy-source: /source/s?versionId=v"])
    #expect(
      keeping.accessesIfSourceIsTagged == [
        Access(.getObjectVersionTagging, bucket: "source", key: "s", versionID: "v"),
        Access(.putObjectTagging, bucket: "bucket", key: "k"),
      ])
    let replacing = try parse("PUT /bucket/k", ["x-amz-copy-source: /source/s", "x-amz-tagging-directive: REPLACE"])
    #expect(replacing.accessesIfSourceIsTagged.isEmpty)
  }
}
