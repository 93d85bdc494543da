import Backend
import NIOCore
import S3Model
import Testing

@testable import FileBackend

@Suite struct StreamingTests {
  static let piece = 64 << 10

  @Test func aSlowDiskStopsTheSender() async throws {
    let store = try await TestStore.withBucket()
    let count = 512
    // Sends as fast as it may; every call to stop must be followed by one to go on.
    let outcome = try await store.run(
      "PUT /bucket/key", length: UInt64(count * Self.piece),
      drive: { gateway in
        var sent = 0
        func pump(_ gateway: Gateway) {
          while gateway.isWritable, sent < count {
            gateway.call?.send(ByteBuffer(bytes: bytes(Self.piece, seed: UInt64(sent))))
            sent += 1
          }
          if sent == count { gateway.call?.finish() }
        }
        gateway.onWritable = { pump($0) }
        pump(gateway)
      })
    #expect(outcome.status == 200)
    #expect(outcome.unwritableCount > 0)
    let got = try await store.get("key")
    #expect(got.body == (0..<count).flatMap { bytes(Self.piece, seed: UInt64($0)) })
  }

  @Test func nothingIsVisibleBeforeTheEnd() async throws {
    let store = try await TestStore.withBucket()
    try await store.put("key", [1])
    // All bytes are there, but nobody confirmed them.
    let cancelled = try await store.run(
      "PUT /bucket/key", length: 200_000,
      drive: { gateway in
        gateway.call?.send(ByteBuffer(bytes: bytes(200_000)))
        gateway.later(50) { gateway in
          gateway.call?.cancel()
          gateway.call?.finish()
          gateway.later(50) { $0.giveUp() }
        }
      })
    #expect(cancelled.response == nil && cancelled.failure == nil)
    #expect(try await store.get("key").body == [1])
    #expect(try store.temporaryNames.isEmpty)
  }

  @Test(arguments: [(UInt64(10), 9), (10, 11), (100_000, 99_999), (100_000, 100_001)])
  func aBodyOfAnotherLengthIsNeverCommitted(announced: UInt64, sent: Int) async throws {
    let store = try await TestStore.withBucket()
    let outcome = try await store.run(
      "PUT /bucket/key", length: announced,
      drive: { gateway in
        gateway.call?.send(ByteBuffer(bytes: bytes(sent)))
        gateway.call?.finish()
      })
    #expect(outcome.code == .incompleteBody)
    #expect(try await store.get("key").code == .noSuchKey)
    #expect(try store.temporaryNames.isEmpty)
  }

  @Test func longUploadsAreRefusedBeforeTheirBody() async throws {
    let store = try await TestStore.withBucket()
    let outcome = try await store.run("PUT /none/key", length: 1 << 30, drive: { _ in })
    #expect(outcome.code == .noSuchBucket)
    let encrypted = try await store.run(
      "PUT /bucket/key", [("x-amz-server-side-encryption", "AES256")], length: 1 << 30, drive: { _ in })
    #expect(encrypted.isNotImplemented)
    #expect(try await store.run("PUT /bucket/key", length: (5 << 30) + 1, drive: { _ in }).code == .entityTooLarge)
  }

  @Test func aPausedReaderGetsNothingAndLosesNothing() async throws {
    let store = try await TestStore.withBucket()
    let body = bytes(2_000_000)
    try await store.put("key", body)
    let outcome = try await store.run(
      "GET /bucket/key",
      drive: { gateway in
        gateway.onBody = { gateway in
          let received = gateway.outcome.body.count
          gateway.call?.setReading(false)
          gateway.later(10) { gateway in
            // Paused: not one byte more.
            if gateway.outcome.body.count != received { gateway.giveUp() }
            gateway.call?.setReading(true)
          }
        }
        gateway.call?.finish()
      })
    #expect(outcome.isFinished && outcome.body == body)
  }

  @Test func anOverwrittenObjectIsReadToItsEnd() async throws {
    let store = try await TestStore.withBucket()
    let old = bytes(2_000_000, seed: 1)
    try await store.put("key", old)
    let fresh = bytes(1_000_000, seed: 2)
    async let reading = store.run(
      "GET /bucket/key",
      drive: { gateway in
        var isFirst = true
        gateway.onBody = { gateway in
          guard isFirst else { return }
          isFirst = false
          gateway.call?.setReading(false)
          gateway.later(200) { $0.call?.setReading(true) }
        }
        gateway.call?.finish()
      })
    try await Task.sleep(for: .milliseconds(60))
    try await store.put("key", fresh)
    #expect(try await reading.body == old)
    #expect(try await store.get("key").body == fresh)
  }

  @Test func cancelledReadsEndQuietly() async throws {
    let store = try await TestStore.withBucket()
    try await store.put("key", bytes(2_000_000))
    let outcome = try await store.run(
      "GET /bucket/key",
      drive: { gateway in
        gateway.onBody = { gateway in
          gateway.call?.cancel()
          gateway.later(50) { $0.giveUp() }
        }
        gateway.call?.finish()
      })
    #expect(!outcome.isFinished && outcome.failure == nil && outcome.body.count < 2_000_000)
  }

  @Test func afterShutdownCallsFail() async throws {
    let store = try await TestStore.withBucket()
    try await store.backend.shutdown()
    let outcome = try await store.get("key")
    if case .unavailable? = outcome.failure {} else { Issue.record("\(outcome)") }
  }
}
