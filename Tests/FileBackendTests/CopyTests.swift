import Backend
import Cryptography
import HTTPWire
import S3Model
import Testing

@testable import FileBackend

@Suite struct CopyTests {
  static func copy(_ store: TestStore, _ source: String, _ target: String, _ headers: [(String, String)] = [])
    async throws -> Outcome
  {
    try await store.run("PUT \(TestStore.path(target))", [("x-amz-copy-source", source)] + headers)
  }

  @Test(arguments: [0, 1000, 20_000_000])
  func copiesKeepBytesAndMetadata(count: Int) async throws {
    let store = try await TestStore.withBucket()
    let body = bytes(count)
    let put = try await store.put(
      "dir/a b", body, [("x-amz-meta-a", "1"), ("Content-Type", "text/plain"), ("x-amz-tagging", "t=1")])
    let copied = try await Self.copy(store, "/bucket/dir/a%20b", "copy")
    #expect(copied.status == 200, "\(String(describing: copied.failure))")
    let got = try await store.get("copy", [("x-amz-checksum-mode", "ENABLED")])
    #expect(got.body == body && got.header(.etag) == put.header(.etag))
    #expect(copied.text.contains(put.header(.etag)?.dropFirst().dropLast() ?? "?"))
    #expect(got.header(.contentType) == "text/plain" && got.header(.xAmzTaggingCount) == "1")
    #expect(got.header(.xAmzChecksumCrc64nvme) == put.header(.xAmzChecksumCrc64nvme))

    let changed = try await Self.copy(
      store, "bucket/dir/a%20b", "copy",
      [
        ("x-amz-metadata-directive", "REPLACE"), ("x-amz-meta-b", "2"), ("x-amz-tagging-directive", "REPLACE"),
        ("x-amz-checksum-algorithm", "SHA256"),
      ])
    #expect(changed.status == 200)
    let other = try await store.get("copy", [("x-amz-checksum-mode", "ENABLED")])
    #expect(other.body == body && other.header(.contentType) == "binary/octet-stream")
    #expect(other.header(.xAmzTaggingCount) == nil)
    #expect(other.header(.xAmzChecksumSha256) == Checksum.of(body, .sha256).base64)
    #expect(try store.temporaryNames.isEmpty)
  }

  @Test func aCancelledCopyLeavesNothing() async throws {
    let store = try await TestStore.withBucket()
    try await store.put("key", bytes(40_000_000))
    let outcome = try await store.run(
      "PUT /bucket/copy", [("x-amz-copy-source", "bucket/key"), ("x-amz-checksum-algorithm", "SHA1")],
      drive: { gateway in
        gateway.call?.finish()
        gateway.later(5) { gateway in
          gateway.call?.cancel()
          gateway.later(600) { $0.giveUp() }
        }
      })
    #expect(outcome.response == nil)
    #expect(try store.temporaryNames.isEmpty)
    #expect(try await store.get("copy").code == .noSuchKey)
  }

  @Test func onToItselfOnlyWithAChange() async throws {
    let store = try await TestStore.withBucket()
    try await store.put("key", bytes(100_000))
    #expect(try await Self.copy(store, "bucket/key", "key").code == .invalidRequest)
    let replaced = try await Self.copy(
      store, "bucket/key", "key", [("x-amz-metadata-directive", "REPLACE"), ("x-amz-meta-a", "1")])
    #expect(replaced.status == 200)
    let got = try await store.get("key")
    #expect(got.body == bytes(100_000))
    let lines = String(decoding: got.response?.fields.bytes ?? [], as: UTF8.self)
    #expect(lines.contains("x-amz-meta-a: 1"))
  }

  @Test func conditionsAndMissingSources() async throws {
    let store = try await TestStore.withBucket()
    let etag = try #require(try await store.put("key", [1]).header(.etag))
    #expect(try await Self.copy(store, "bucket/none", "copy").code == .noSuchKey)
    #expect(try await Self.copy(store, "none/key", "copy").code == .noSuchBucket)
    for (name, value, status) in [
      ("x-amz-copy-source-if-match", etag, 200), ("x-amz-copy-source-if-match", "x", 412),
      ("x-amz-copy-source-if-none-match", etag, 412), ("x-amz-copy-source-if-none-match", "x", 200),
      ("x-amz-copy-source-if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT", 200),
      ("x-amz-copy-source-if-unmodified-since", "Sun, 06 Nov 1994 08:49:37 GMT", 412),
    ] as [(String, String, UInt16)] {
      #expect(try await Self.copy(store, "bucket/key", "copy", [(name, value)]).status == status, "\(name)")
    }
    #expect(try await Self.copy(store, "bucket/key", "copy", [("If-None-Match", "*")]).code == .preconditionFailed)
    #expect(try await Self.copy(store, "bucket/key", "new", [("If-None-Match", "*")]).status == 200)
    #expect(
      try await Self.copy(store, "bucket/key", "new", [("x-amz-metadata-directive", "X")]).code == .invalidArgument)
  }

  @Test func partsAreCopied() async throws {
    let store = try await TestStore.withBucket()
    let source = bytes(6 << 20)
    try await store.put("source", source)
    let id = try await MultipartTests.start(store)
    func copyPart(_ number: Int, _ range: String?) async throws -> Outcome {
      try await store.run(
        "PUT /bucket/key?partNumber=\(number)&uploadId=\(id)",
        [("x-amz-copy-source", "bucket/source")] + (range.map { [("x-amz-copy-source-range", $0)] } ?? []))
    }
    let whole = try await copyPart(1, nil)
    let piece = try await copyPart(2, "bytes=100-199")
    #expect(try await copyPart(3, "bytes=0-\(source.count)").code == .invalidArgument)
    #expect(try await copyPart(3, "bytes=5-").code == .invalidArgument)
    let etags = [(1, whole), (2, piece)].map { ($0.0, $0.1.element("ETag")?.filter { $0.isHexDigit } ?? "") }
    #expect(Array(etags[1].1.suffix(32)) == Array(Hex.encode(MD5Hasher.hash(Array(source[100..<200])))))
    let done = try await MultipartTests.complete(store, id, etags.map { ($0.0, String($0.1.suffix(32))) })
    #expect(done.status == 200, "\(String(describing: done.failure))")
    #expect(try await store.get("key").body == source + source[100..<200])
    // A copy of a multipart object is whole: its ETag is the MD5 of its bytes.
    #expect(try await Self.copy(store, "bucket/key", "flat").status == 200)
    let flat = try await store.get("flat")
    #expect(flat.header(.etag) == "\"\(Hex.encode(MD5Hasher.hash(source + source[100..<200])))\"")
  }
}
