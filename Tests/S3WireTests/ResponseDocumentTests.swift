import S3Model
import S3Wire
import Testing

@Suite struct ResponseDocumentTests {
  private let header = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
  private let namespace = "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""
  private func text(_ document: [UInt8]) -> String { String(decoding: document, as: UTF8.self) }

  @Test func errors() throws {
    var error = S3ErrorDocument(.noSuchKey, details: [.init("Key", "a<b"), .init("bad name", "x"), .init("A><B", "x")])
    error.resource = "/bucket/a<b"
    error.requestID = "R"
    error.hostID = "H"
    #expect(
      text(error.document) == header
        + "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>a&lt;b</Key>"
        + "<Resource>/bucket/a&lt;b</Resource><RequestId>R</RequestId><HostId>H</HostId></Error>")
    let read = try #require(S3ErrorDocument(document: error.document))
    #expect(read.code == "NoSuchKey" && read.details == [.init("Key", "a<b")] && read.requestID == "R")
    #expect(S3ErrorDocument(document: Array("<html>no</html>".utf8)) == nil)
    #expect(S3ErrorDocument(document: Array("<Error><Message>m</Message></Error>".utf8)) == nil)
  }

  @Test func queryErrors() {
    let error = QueryErrorDocument(
      service: .sts, code: "AccessDenied", message: "no", isSendersFault: true, requestID: "R")
    #expect(
      text(error.document) == header
        + "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>"
        + "<Code>AccessDenied</Code><Message>no</Message></Error><RequestId>R</RequestId></ErrorResponse>")
  }

  @Test func buckets() throws {
    var list = ListAllMyBucketsResult(
      owner: .init(id: "o"), buckets: [.init(name: "bucket", created: 1_000_000_000_123)])
    list.prefix = "b"
    #expect(try ListAllMyBucketsResult(document: list.document) == list)
    #expect(text(list.document).contains("<CreationDate>2001-09-09T01:46:40.123Z</CreationDate>"))
    #expect(throws: XMLFault.unexpectedText) {
      try ListAllMyBucketsResult(
        document: Array(
          ("<ListAllMyBucketsResult><Buckets><Bucket><Name>../x</Name><CreationDate>2001-09-09T01:46:40Z</CreationDate>"
            + "</Bucket></Buckets></ListAllMyBucketsResult>").utf8))
    }
  }

  @Test func listings() {
    var list = ListBucketResult(
      name: "bucket", version: .v2(continuationToken: nil, nextContinuationToken: "t", startAfter: nil), maxKeys: 2)
    list.isTruncated = true
    list.delimiter = "/"
    list.prefix = "p /"
    list.objects = [ListedObject(key: "p /a&b", modified: 0, etag: Array("e".utf8), size: 5)]
    list.commonPrefixes = ["p /c/"]
    #expect(
      text(list.document) == header
        + "<ListBucketResult \(namespace)><Name>bucket</Name><Prefix>p /</Prefix>"
        + "<NextContinuationToken>t</NextContinuationToken><KeyCount>2</KeyCount><MaxKeys>2</MaxKeys>"
        + "<Delimiter>/</Delimiter><IsTruncated>true</IsTruncated><Contents><Key>p /a&amp;b</Key>"
        + "<LastModified>1970-01-01T00:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>5</Size>"
        + "<StorageClass>STANDARD</StorageClass></Contents><CommonPrefixes><Prefix>p /c/</Prefix></CommonPrefixes>"
        + "</ListBucketResult>")
    list.encoding = .url
    #expect(text(list.document).contains("<Key>p+/a%26b</Key>"))
    #expect(text(list.document).contains("<EncodingType>url</EncodingType>"))
    list.version = .v1(marker: "m", nextMarker: "n")
    #expect(text(list.document).contains("<Marker>m</Marker><NextMarker>n</NextMarker><MaxKeys>"))
  }

  @Test func versions() {
    var list = ListVersionsResult(name: "bucket", maxKeys: 1000)
    list.entries = [
      .version(ListedObject(key: "k", modified: 0, etag: [0x65], size: 1), id: "null", isLatest: true),
      .deleteMarker(key: "d", id: "v", isLatest: false, modified: 0, owner: nil),
    ]
    let document = text(list.document)
    #expect(
      document.contains("<Version><Key>k</Key><VersionId>null</VersionId><IsLatest>true</IsLatest><LastModified>"))
    #expect(document.contains("<DeleteMarker><Key>d</Key><VersionId>v</VersionId><IsLatest>false</IsLatest>"))
  }

  @Test func storesAnswersAreRead() throws {
    var delete = DeleteResult()
    delete.deleted = [.init(key: "a", versionID: "v")]
    delete.failures = [.init(key: "b", .accessDenied)]
    #expect(try DeleteResult(document: delete.document) == delete)
    var copy = CopyResult(.object, etag: Array("e".utf8), modified: 1500)
    copy.checksums = [DocumentChecksum(.sha256, "x")]
    #expect(try CopyResult(.object, document: copy.document) == copy)
    #expect(throws: XMLFault.unexpectedElement) { try CopyResult(.part, document: copy.document) }
    let initiated = InitiateMultipartUploadResult(bucket: "b", key: "k\r", uploadID: "u")
    #expect(try InitiateMultipartUploadResult(document: initiated.document) == initiated)
    var completed = CompleteMultipartUploadResult(location: "http://store/b/k", bucket: "b", key: "k", etag: [0x65])
    completed.checksumType = "COMPOSITE"
    #expect(try CompleteMultipartUploadResult(document: completed.document) == completed)
    #expect(throws: XMLFault.self) {
      try CompleteMultipartUploadResult(document: S3ErrorDocument(.internalError).document)
    }
  }

  @Test func partsAndUploads() {
    var parts = ListPartsResult(bucket: "b", key: "k", uploadID: "u", owner: .init(id: "o"))
    parts.parts = [.init(number: 1, modified: 0, etag: [0x65], size: 5)]
    #expect(
      text(parts.document).contains(
        "<Part><PartNumber>1</PartNumber><LastModified>1970-01-01T00:00:00.000Z</LastModified>"))
    var uploads = ListMultipartUploadsResult(bucket: "b")
    uploads.encoding = .url
    uploads.uploads = [.init(key: "k k", uploadID: "u", initiated: 0, owner: .init(id: "o"))]
    #expect(text(uploads.document).contains("<Upload><Key>k+k</Key><UploadId>u</UploadId>"))
  }

  @Test func attributes() {
    #expect(ObjectAttributes.Name.parse(header: "ETag, ObjectSize".utf8) == [.etag, .objectSize])
    #expect(ObjectAttributes.Name.parse(header: "ETag,Other".utf8) == nil)
    #expect(ObjectAttributes.Name.parse(header: "".utf8) == nil)
    var attributes = ObjectAttributes()
    attributes.etag = [0x65]
    attributes.size = 7
    #expect(
      text(attributes.document) == header
        + "<GetObjectAttributesResponse \(namespace)><ETag>e</ETag><ObjectSize>7</ObjectSize></GetObjectAttributesResponse>"
    )
  }

  @Test func smallDocuments() {
    #expect(
      text(SmallDocuments.location(region: "us-east-1")) == header
        + "<LocationConstraint \(namespace)></LocationConstraint>")
    #expect(text(SmallDocuments.location(region: "eu-west-1")).contains(">eu-west-1<"))
    #expect(text(SmallDocuments.policyStatus(isPublic: true)).contains("<IsPublic>true</IsPublic>"))
  }
}
