import Backend
import Cryptography
import HTTPWire
import NIOCore
import S3Model
import Testing

@testable import FileBackend

@Suite struct MultipartTests {
  static let partBytes = 5 << 20

  static func start(_ store: TestStore, _ headers: [(String, String)] = []) async throws -> String {
    let outcome = try await store.run("POST /bucket/key?uploads", headers)
    #expect(outcome.status == 200)
    return try #require(outcome.element("UploadId"))
  }

  static func part(
    _ store: TestStore, _ id: String, _ number: Int, _ body: [UInt8], _ headers: [(String, String)] = []
  ) async throws -> Outcome {
    try await store.run("PUT /bucket/key?partNumber=\(number)&uploadId=\(id)", headers, body: body)
  }

  static func document(_ parts: [(Int, String)], _ more: String = "") -> String {
    "<CompleteMultipartUpload>"
      + parts.map { "<Part><PartNumber>\($0.0)</PartNumber><ETag>\($0.1)</ETag>\(more)</Part>" }.joined()
      + "</CompleteMultipartUpload>"
  }

  static func complete(
    _ store: TestStore, _ id: String, _ parts: [(Int, String)], _ headers: [(String, String)] = []
  ) async throws -> Outcome {
    try await store.run("POST /bucket/key?uploadId=\(id)", headers, document: document(parts))
  }

  @Test func partsBecomeAnObject() async throws {
    let store = try await TestStore.withBucket()
    try await store.put("key", [9])
    let id = try await Self.start(
      store, [("x-amz-meta-a", "b"), ("Content-Type", "text/plain"), ("x-amz-tagging", "t=1")])
    let bodies = [bytes(Self.partBytes, seed: 1), bytes(Self.partBytes + 17, seed: 2), bytes(1000, seed: 3)]
    var etags: [(Int, String)] = []
    for (index, number) in [2, 5, 10_000].enumerated() {
      let etag = try #require(try await Self.part(store, id, number, bodies[index]).header(.etag))
      etags.append((number, etag))
    }
    // Not named in the completion: not in the object.
    _ = try await Self.part(store, id, 7, [1])
    #expect(try await store.get("key").body == [9])
    let listed = try await store.run("GET /bucket/key?uploadId=\(id)")
    #expect(listed.elements("PartNumber") == ["2", "5", "7", "10000"])
    let page = try await store.run("GET /bucket/key?uploadId=\(id)&max-parts=2&part-number-marker=2")
    #expect(page.elements("PartNumber") == ["5", "7"] && page.element("IsTruncated") == "true")
    #expect(page.element("NextPartNumberMarker") == "7")

    let done = try await Self.complete(store, id, etags)
    #expect(done.status == 200, "\(String(describing: done.failure))")
    let md5s = bodies.flatMap { MD5Hasher.hash($0) }
    let etag = "\"\(Hex.encode(MD5Hasher.hash(md5s)))-3\""
    #expect(done.text.contains(etag.dropFirst().dropLast()))
    #expect(done.element("Location") == "https://gateway:9000/bucket/key")
    let whole = bodies.flatMap { $0 }
    let got = try await store.get("key")
    #expect(got.body == whole && got.header(.etag) == etag && got.header(.contentType) == "text/plain")
    #expect(got.header(.xAmzTaggingCount) == "1")
    for range in [0..<10, Self.partBytes - 3..<Self.partBytes + 3, Self.partBytes..<whole.count - 2] {
      let piece = try await store.get("key", [("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")])
      #expect(piece.status == 206 && piece.body == Array(whole[range]))
    }
    let second = try await store.run("GET /bucket/key?partNumber=5")
    #expect(second.status == 206 && second.body == bodies[1] && second.header(.xAmzMpPartsCount) == "3")
    #expect(try await store.run("HEAD /bucket/key?partNumber=3").code == .invalidPartNumber)
    let attributes = try await store.run(
      "GET /bucket/key?attributes", [("x-amz-object-attributes", "ObjectParts,ObjectSize")])
    #expect(attributes.element("PartsCount") == "3" || attributes.element("TotalPartsCount") == "3")

    #expect(try await Self.part(store, id, 1, [1]).code == .noSuchUpload)
    #expect(try await Self.complete(store, id, etags).code == .noSuchUpload)
    let bucket = try store.backend.store.bucket("bucket")
    #expect(try FileCalls.names(in: bucket.uploads).isEmpty)
    #expect(try FileCalls.names(in: bucket.parts.appending(id)).count == 4, "unused parts are gone")
    try await store.put("key", [1])
    #expect(try FileCalls.names(in: bucket.parts).isEmpty, "an overwritten object leaves no parts")
    #expect(try store.temporaryNames.isEmpty)
  }

  @Test func completionsAreChecked() async throws {
    let store = try await TestStore.withBucket()
    let id = try await Self.start(store)
    let small = try #require(try await Self.part(store, id, 1, bytes(1000)).header(.etag))
    let big = try #require(try await Self.part(store, id, 2, bytes(Self.partBytes)).header(.etag))
    #expect(try await Self.complete(store, id, [(1, small), (2, big)]).code == .entityTooSmall)
    #expect(try await Self.complete(store, id, [(2, big), (1, small)]).code == .invalidPartOrder)
    #expect(try await Self.complete(store, id, [(2, small)]).code == .invalidPart)
    #expect(try await Self.complete(store, id, [(3, big)]).code == .invalidPart)
    #expect(try await store.run("POST /bucket/key?uploadId=\(id)", document: "<x/>").code == .malformedXML)
    let other = String(id.reversed())
    #expect(try await Self.complete(store, other, [(2, big)]).code == .noSuchUpload)
    #expect(try await Self.complete(store, "..", [(2, big)]).code == .noSuchUpload)
    #expect(
      try await store.run("POST /bucket/other?uploadId=\(id)", document: Self.document([(2, big)])).code
        == .noSuchUpload)
    #expect(try await Self.complete(store, id, [(2, big)], [("x-amz-mp-object-size", "1")]).code == .invalidRequest)
    try await store.put("key", [1])
    #expect(try await Self.complete(store, id, [(2, big)], [("If-None-Match", "*")]).code == .preconditionFailed)
    #expect(try await store.get("key").body == [1])
    // All these refusals left the upload as it was.
    #expect(try await Self.complete(store, id, [(2, big)]).status == 200)
    #expect(try await store.get("key").body == bytes(Self.partBytes))
  }

  @Test(arguments: [
    ("CRC32", "COMPOSITE"), ("CRC32", "FULL_OBJECT"), ("CRC32C", "FULL_OBJECT"), ("CRC64NVME", "FULL_OBJECT"),
    ("SHA1", "COMPOSITE"), ("SHA256", "COMPOSITE"),
  ])
  func checksumsOfParts(name: String, type: String) async throws {
    let store = try await TestStore.withBucket()
    let algorithm = try #require(ChecksumAlgorithm.allCases.first { "\($0.name)" == name })
    let id = try await Self.start(store, [("x-amz-checksum-algorithm", name), ("x-amz-checksum-type", type)])
    let bodies = [bytes(Self.partBytes, seed: 1), bytes(12_345, seed: 2)]
    var document = "<CompleteMultipartUpload>"
    for (index, body) in bodies.enumerated() {
      let value = Checksum.of(body, algorithm)
      let put = try await Self.part(store, id, index + 1, body, [("\(algorithm.field.name)", value.base64)])
      #expect(put.header(algorithm.field) == value.base64)
      document +=
        "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(put.header(.etag) ?? "")</ETag>"
        + "<Checksum\(name)>\(value.base64)</Checksum\(name)></Part>"
    }
    document += "</CompleteMultipartUpload>"
    let wrong = try await Self.part(store, id, 9, [1], [("x-amz-checksum-md5", "AAAAAAAAAAAAAAAAAAAAAA==")])
    #expect(wrong.code == .invalidRequest)
    let expected: String
    if type == "COMPOSITE" {
      expected = Checksum.of(bodies.flatMap { Checksum.of($0, algorithm).bytes }, algorithm).base64 + "-2"
    } else {
      expected = Checksum.of(bodies.flatMap { $0 }, algorithm).base64
    }
    let bad = Checksum.of([1], algorithm).base64
    #expect(
      try await store.run(
        "POST /bucket/key?uploadId=\(id)", [("\(algorithm.field.name)", bad)], document: document
      ).code == .badDigest)
    let done = try await store.run(
      "POST /bucket/key?uploadId=\(id)", [("\(algorithm.field.name)", expected)], document: document)
    #expect(done.status == 200 && done.element("Checksum\(name)") == expected)
    let head = try await store.run("HEAD /bucket/key", [("x-amz-checksum-mode", "ENABLED")])
    #expect(head.header(algorithm.field) == expected && head.header(.xAmzChecksumType) == type)
  }

  @Test(arguments: [("CRC64NVME", "COMPOSITE"), ("SHA256", "FULL_OBJECT"), ("CRC32", "OTHER"), ("ROT13", "COMPOSITE")])
  func impossibleChecksumTypes(name: String, type: String) async throws {
    let store = try await TestStore.withBucket()
    let outcome = try await store.run(
      "POST /bucket/key?uploads", [("x-amz-checksum-algorithm", name), ("x-amz-checksum-type", type)])
    #expect(outcome.code == .invalidRequest)
  }

  @Test func uploadsListAndAbort() async throws {
    let store = try await TestStore.withBucket()
    var ids: [String: [String]] = [:]
    for key in ["a", "dir/x", "dir/y", "z", "a"] {
      let outcome = try await store.run("POST \(TestStore.path(key))?uploads")
      ids[key, default: []].append(try #require(outcome.element("UploadId")))
      try await Task.sleep(for: .milliseconds(2))
    }
    let all = try await store.run("GET /bucket?uploads")
    #expect(all.elements("Key") == ["a", "a", "dir/x", "dir/y", "z"])
    #expect(all.elements("UploadId").prefix(2) == ids["a", default: []][...])
    let rolled = try await store.run("GET /bucket?uploads&delimiter=/")
    #expect(rolled.elements("Key") == ["a", "a", "z"] && rolled.text.contains("<Prefix>dir/</Prefix>"))
    var seen: [String] = []
    var query = ""
    for _ in 0..<10 {
      let page = try await store.run("GET /bucket?uploads&max-uploads=1\(query)")
      seen += page.elements("Key")
      guard page.element("IsTruncated") == "true" else { break }
      query =
        "&key-marker=\(page.element("NextKeyMarker") ?? "")&upload-id-marker=\(page.element("NextUploadIdMarker") ?? "")"
    }
    #expect(seen == ["a", "a", "dir/x", "dir/y", "z"])
    let id = ids["z", default: []][0]
    #expect(try await store.run("DELETE /bucket/a?uploadId=\(id)").code == .noSuchUpload)
    #expect(try await store.run("DELETE /bucket/z?uploadId=\(id)").status == 204)
    #expect(try await store.run("DELETE /bucket/z?uploadId=\(id)").code == .noSuchUpload)
    #expect(try await store.run("GET /bucket?uploads").elements("Key").count == 4)
    #expect(try store.temporaryNames.isEmpty)
  }

  @Test func aReplacedMultipartObjectIsReadToItsEnd() async throws {
    let store = try await TestStore.withBucket()
    let id = try await Self.start(store)
    let bodies = [bytes(Self.partBytes, seed: 1), bytes(Self.partBytes, seed: 2)]
    var etags: [(Int, String)] = []
    for (index, body) in bodies.enumerated() {
      etags.append((index + 1, try #require(try await Self.part(store, id, index + 1, body).header(.etag))))
    }
    #expect(try await Self.complete(store, id, etags).status == 200)
    async let reading = store.run(
      "GET /bucket/key",
      drive: { gateway in
        var isFirst = true
        gateway.onBody = { gateway in
          guard isFirst else { return }
          isFirst = false
          gateway.call?.setReading(false)
          gateway.later(300) { $0.call?.setReading(true) }
        }
        gateway.call?.finish()
      })
    try await Task.sleep(for: .milliseconds(100))
    try await store.put("key", [1])
    #expect(try await reading.body == bodies.flatMap { $0 })
    #expect(try await store.get("key").body == [1])
    let bucket = try store.backend.store.bucket("bucket")
    #expect(try FileCalls.names(in: bucket.parts).isEmpty, "the last reader removes the parts")
  }
}
