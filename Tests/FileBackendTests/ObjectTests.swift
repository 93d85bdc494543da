import Backend
import HTTPWire
import NIOCore
import S3Model
import Testing

@testable import FileBackend

@Suite struct ObjectTests {
  @Test(arguments: [0, 1, 1024, 4000, 65_536, 65_537, 300_000, 3_000_000])
  func bytesComeBack(count: Int) async throws {
    let store = try await TestStore.withBucket()
    let body = bytes(count)
    let put = try await store.put("dir/key", body)
    #expect(put.status == 200)
    let etag = try #require(put.header(.etag))
    let got = try await store.get("dir/key")
    #expect(got.status == 200 && got.isFinished && got.body == body)
    #expect(got.header(.etag) == etag && got.response?.contentLength == UInt64(count))
    #expect(got.header(.contentType) == "binary/octet-stream")
    #expect(got.pieceBytesMax <= 256 << 10)
    let head = try await store.run("HEAD /bucket/dir/key")
    #expect(head.status == 200 && head.body.isEmpty && head.response?.contentLength == UInt64(count))
    #expect(try store.temporaryNames.isEmpty)
  }

  @Test func knownDigests() async throws {
    let store = try await TestStore.withBucket()
    let put = try await store.put("key", Array("123456789".utf8), [("x-amz-sdk-checksum-algorithm", "CRC32")])
    #expect(put.header(.etag) == "\"25f9e794323b453885f5181f1b624d0b\"")
    #expect(put.header(.xAmzChecksumCrc32) == "y/Q5Jg==")
    #expect(try await store.get("key").header(.xAmzChecksumCrc32) == nil)
    let checked = try await store.get("key", [("x-amz-checksum-mode", "ENABLED")])
    #expect(checked.header(.xAmzChecksumCrc32) == "y/Q5Jg==" && checked.header(.xAmzChecksumType) == "FULL_OBJECT")
    // Nobody asked: CRC-64/NVME of "123456789" is ae8b14860a799888.
    #expect(
      try await store.put("key", Array("123456789".utf8)).header(.xAmzChecksumCrc64nvme) == "rosUhgp5mIg=")
  }

  @Test(arguments: [
    ("x-amz-checksum-crc32", "y/Q5Jg=="), ("x-amz-checksum-crc32c", "4waSgw=="),
    ("x-amz-checksum-crc64nvme", "rosUhgp5mIg="), ("x-amz-checksum-sha1", "98O8HYCOBHMq32eZZczDTKeuNEE="),
    ("x-amz-checksum-sha256", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="),
  ])
  func checksumsAreVerified(name: String, value: String) async throws {
    let store = try await TestStore.withBucket()
    let digits = Array("123456789".utf8)
    let good = try await store.put("key", digits, [(name, value)])
    #expect(good.status == 200, "\(String(describing: good.failure))")
    #expect(try await store.put("other", Array("12345678X".utf8), [(name, value)]).code == .badDigest)
    #expect(try await store.put("other", digits, [(name, "AAAA")]).code == .invalidRequest)
    #expect(try await store.get("other").code == .noSuchKey)
    let attributes = try await store.run(
      "GET /bucket/key?attributes", [("x-amz-object-attributes", "Checksum,ObjectSize,ETag,StorageClass")])
    #expect(attributes.text.contains(value) && attributes.element("ObjectSize") == "9")
    #expect(attributes.element("ETag") == "25f9e794323b453885f5181f1b624d0b")
    #expect(try store.temporaryNames.isEmpty)
  }

  @Test(arguments: [
    ("bytes=0-0", 206, 0..<1), ("bytes=2-5", 206, 2..<6), ("bytes=7-", 206, 7..<10), ("bytes=-3", 206, 7..<10),
    ("bytes=0-99", 206, 0..<10), ("bytes=-99", 206, 0..<10), ("bytes=5-2", 200, 0..<10), ("lines=1-2", 200, 0..<10),
    ("bytes=0-1,4-5", 200, 0..<10), ("bytes=10-", 416, 0..<0), ("bytes=-0", 416, 0..<0), ("bytes=99-100", 416, 0..<0),
  ])
  func ranges(header: String, status: UInt16, expected: Range<Int>) async throws {
    let store = try await TestStore.withBucket()
    let body = Array("0123456789".utf8)
    try await store.put("key", body)
    let got = try await store.get("key", [("Range", header)])
    #expect(got.status == status)
    #expect(got.body == Array(body[expected]))
    if status == 206 {
      #expect(got.header(.contentRange) == "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/10")
      #expect(got.response?.contentLength == UInt64(expected.count))
    } else {
      #expect(got.header(.contentRange) == nil)
    }
    if status == 416 { #expect(got.code == .invalidRange) }
  }

  @Test func rangesOfLargeObjects() async throws {
    let store = try await TestStore.withBucket()
    let body = bytes(1_000_000)
    try await store.put("key", body)
    for range in [0..<1, 65_535..<65_537, 262_143..<600_000, 999_999..<1_000_000] {
      let got = try await store.get("key", [("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")])
      #expect(got.status == 206 && got.body == Array(body[range]))
    }
  }

  @Test func conditions() async throws {
    let store = try await TestStore.withBucket()
    let etag = try #require(try await store.put("key", [1, 2, 3]).header(.etag))
    let date = try #require(try await store.get("key").header(.lastModified))
    let past = "Sun, 06 Nov 1994 08:49:37 GMT"
    for (name, value, status) in [
      ("If-Match", etag, 200), ("If-Match", "*", 200), ("If-Match", "\"other\"", 412), ("If-None-Match", etag, 304),
      ("If-None-Match", "\"other\"", 200), ("If-Modified-Since", past, 200), ("If-Modified-Since", date, 304),
      ("If-Unmodified-Since", date, 200), ("If-Unmodified-Since", past, 412),
    ] as [(String, String, UInt16)] {
      for method in ["GET", "HEAD"] {
        let outcome = try await store.run("\(method) /bucket/key", [(name, value)])
        #expect(outcome.status == status, "\(method) \(name): \(value)")
        if status == 304 { #expect(outcome.body.isEmpty && outcome.header(.etag) == etag) }
      }
    }
  }

  @Test func metadataComesBackAndCanBeOverridden() async throws {
    let store = try await TestStore.withBucket()
    try await store.put(
      "key", [1],
      [
        ("Content-Type", "text/plain"), ("Content-Encoding", "aws-chunked,gzip"), ("Content-Language", "de"),
        ("Content-Disposition", "inline"), ("Cache-Control", "no-cache"), ("Expires", "never"),
        ("x-amz-meta-Color", "blue"), ("x-amz-storage-class", "STANDARD"), ("x-amz-tagging", "a=1&b=2"),
      ])
    let got = try await store.get("key")
    #expect(got.header(.contentType) == "text/plain" && got.header(.contentEncoding) == "gzip")
    #expect(got.header(.contentLanguage) == "de" && got.header(.contentDisposition) == "inline")
    #expect(got.header(.cacheControl) == "no-cache" && got.header(.expires) == "never")
    #expect(got.header(.xAmzTaggingCount) == "2")
    let lines = String(decoding: got.response?.fields.bytes ?? [], as: UTF8.self)
    #expect(lines.contains("x-amz-meta-color: blue\r\n"))
    let other = try await store.run("GET /bucket/key?response-content-type=a%2Fb&response-expires=x")
    #expect(other.header(.contentType) == "a/b" && other.header(.expires) == "x")
    #expect(other.header(.cacheControl) == "no-cache")
    let long = String(repeating: "x", count: 2048)
    #expect(try await store.put("key", [1], [("x-amz-meta-a", long)]).code == .metadataTooLarge)
    #expect(try await store.put("key", [1], [("x-amz-meta-a", String(long.dropLast()))]).status == 200)
  }

  @Test func keysOfAnyLegalBytesAreApart() async throws {
    let store = try await TestStore.withBucket()
    for (index, key) in KeyPathTests.hostile.enumerated() {
      #expect(try await store.put(key, bytes(index + 1)).status == 200, "\(key)")
    }
    for (index, key) in KeyPathTests.hostile.enumerated() {
      #expect(try await store.get(key).body == bytes(index + 1), "\(key)")
    }
    let sorted = KeyPathTests.hostile.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
    let page = try store.backend.store.list(
      store.backend.store.bucket("bucket"), prefix: [], delimiter: [], after: nil, limit: 1000)
    let listed = page.items.compactMap { item -> [UInt8]? in
      if case .object(let key, _) = item { return key }
      return nil
    }
    #expect(listed == sorted)
    // Nothing but the store's own folders came to be.
    #expect(try FileCalls.names(in: store.backend.store.root).count == 3)
    for key in KeyPathTests.hostile {
      #expect(try await store.run("DELETE \(TestStore.path(key))").status == 204)
      #expect(try await store.get(key).code == .noSuchKey)
    }
    #expect(try await store.run("DELETE /bucket").status == 204)
  }

  @Test func deletesAreIdempotentAndConditional() async throws {
    let store = try await TestStore.withBucket()
    #expect(try await store.run("DELETE /bucket/none").status == 204)
    #expect(try await store.run("DELETE /none/key").code == .noSuchBucket)
    let etag = try #require(try await store.put("key", [1]).header(.etag))
    #expect(try await store.run("DELETE /bucket/key", [("If-Match", "\"other\"")]).code == .preconditionFailed)
    #expect(try await store.get("key").status == 200)
    #expect(try await store.run("DELETE /bucket/key", [("If-Match", etag)]).status == 204)
    #expect(try await store.get("key").code == .noSuchKey)
  }

  @Test func manyAreDeletedAtOnce() async throws {
    let store = try await TestStore.withBucket()
    for key in ["a", "b/c", "b/d", "e&<"] { try await store.put(key, [1]) }
    let document =
      "<Delete><Object><Key>a</Key></Object><Object><Key>b/c</Key></Object><Object><Key>none</Key></Object>"
      + "<Object><Key>b/d</Key><VersionId>other</VersionId></Object><Object><Key>e&amp;&lt;</Key></Object></Delete>"
    let outcome = try await store.run("POST /bucket?delete", document: document)
    #expect(outcome.status == 200)
    #expect(outcome.elements("Deleted").count == 4 && outcome.elements("Error").count == 1)
    #expect(outcome.element("Code") == "NoSuchVersion")
    #expect(try await store.get("b/d").status == 200)
    #expect(try await store.get("a").code == .noSuchKey)
    #expect(try await store.get("e&<").code == .noSuchKey)
    let quiet = "<Delete><Quiet>true</Quiet><Object><Key>b/d</Key></Object></Delete>"
    #expect(try await store.run("POST /bucket?delete", document: quiet).elements("Deleted").isEmpty)
    #expect(try await store.get("b/d").code == .noSuchKey)
    #expect(try await store.run("POST /bucket?delete", document: "<Delete>").code == .malformedXML)
  }

  @Test func tagsChangeWithoutTheObject() async throws {
    let store = try await TestStore.withBucket()
    let put = try await store.put("key", bytes(100_000), [("x-amz-tagging", "first=1")])
    #expect(try await store.run("GET /bucket/key?tagging").elements("Key") == ["first"])
    let tagging = "<Tagging><TagSet><Tag><Key>second</Key><Value>2</Value></Tag></TagSet></Tagging>"
    #expect(try await store.run("PUT /bucket/key?tagging", document: tagging).status == 200)
    #expect(try await store.run("GET /bucket/key?tagging").elements("Key") == ["second"])
    let got = try await store.get("key")
    #expect(got.header(.etag) == put.header(.etag) && got.body == bytes(100_000))
    #expect(try await store.run("DELETE /bucket/key?tagging").status == 204)
    #expect(try await store.run("GET /bucket/key?tagging").elements("Key").isEmpty)
    #expect(try await store.get("key").header(.xAmzTaggingCount) == nil)
    #expect(try await store.run("PUT /bucket/key?tagging", document: tagging).status == 200)
    // A new object under the key does not inherit them.
    try await store.put("key", [1])
    #expect(try await store.run("GET /bucket/key?tagging").elements("Key").isEmpty)
    #expect(try await store.run("PUT /bucket/none?tagging", document: tagging).code == .noSuchKey)
    let aws = tagging.replacing("second", with: "aws:x")
    #expect(try await store.run("PUT /bucket/key?tagging", document: aws).code == .invalidTag)
  }
}
