import GatewayTesting
import Glibc
import Logging
import NIOCore
import NIOPosix
import S3Model
import Settings
import Testing

@testable import Audit

@Suite struct AuditSinkTests {
  private func settings(_ path: String, _ more: String = "") throws -> AuditSettings {
    try GatewaySettings(yaml: "audit: {file: \(path)\(more.isEmpty ? "" : ", \(more)")}").audit
  }

  private func record(_ number: UInt64) -> AuditRecord {
    AuditRecord(
      timeMilliseconds: 0, requestID: number, remoteAddress: "192.0.2.1", service: .s3, snapshotRevision: 1)
  }

  private func lines(_ path: String) throws -> [Substring] {
    String(decoding: try RegularFile.read(path, bytesMax: 1 << 28), as: UTF8.self).split(separator: "\n")
  }

  private func waitUntil(_ condition: () throws -> Bool) async throws {
    for _ in 0..<500 {
      if try condition() { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("waited in vain")
  }

  @Test func linesOfSeveralLoopsArriveWhole() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/audit.jsonl"
    let sink = try AuditSink(try settings(path, "flush_bytes: 1KiB"), log: Logger(label: "test"))
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 3)
    let count: UInt64 = 2000
    for (index, loop) in group.makeIterator().enumerated() {
      try await loop.submit {
        let log = sink.makeLog(on: loop)
        for number in 0..<count { log.append(record(UInt64(index) << 32 | number)) }
        log.flush()
      }.get()
    }
    await sink.shutdown()
    try await group.shutdownGracefully()

    #expect(folder.mode("audit.jsonl") == 0o600)
    let found = try lines(path)
    #expect(found.count == 6000)
    #expect(found.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
    #expect(Set(found).count == 6000)
    // Each loop's own lines are in order.
    let first = found.compactMap { $0.split(separator: "\"request_id\":\"00000000").dropFirst().first?.prefix(8) }
    #expect(first.count == 2000)
    #expect(first == first.sorted())
    #expect(sink.linesDropped == 0)
    #expect(sink.waitingBytes == 0)
  }

  @Test func aSingleLineIsWrittenSoon() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/audit.jsonl"
    let sink = try AuditSink(try settings(path, "flush_interval: 20ms, fsync: true"), log: Logger(label: "test"))
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    try await loop.submit { sink.makeLog(on: loop).append(record(1)) }.get()
    try await waitUntil { try lines(path).count == 1 }
    await sink.shutdown()
  }

  @Test func aRenamedFileIsLeftForANewOne() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/audit.jsonl"
    let sink = try AuditSink(try settings(path), log: Logger(label: "test"))
    sink.take(Array("{\"n\":1}\n".utf8))
    try await waitUntil { sink.waitingBytes == 0 }
    #expect(rename(path, path + ".1") == 0)
    sink.take(Array("{\"n\":2}\n".utf8))
    try await waitUntil { sink.waitingBytes == 0 }
    sink.reopen()
    try await waitUntil { RegularFile.exists(path) }
    sink.take(Array("{\"n\":3}\n".utf8))
    await sink.shutdown()
    #expect(try lines(path + ".1") == ["{\"n\":1}", "{\"n\":2}"])
    #expect(try lines(path) == ["{\"n\":3}"])
  }

  @Test func aLineCutShortByACrashSpoilsNoOther() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("audit.jsonl", "{\"n\":1}\n{\"n\":")
    let sink = try AuditSink(try settings(path), log: Logger(label: "test"))
    sink.take(Array("{\"n\":2}\n".utf8))
    await sink.shutdown()
    #expect(try lines(path) == ["{\"n\":1}", "{\"n\":", "{\"n\":2}"])
  }

  /// `/dev/full` answers every write as a full disk does.
  @Test func aFullDiskRefusesRequestsThenDropsLines() async throws {
    let limits = "buffer_bytes_max: 64KiB, flush_bytes: 1KiB"
    let sink = try AuditSink(try settings("/dev/full", limits), log: Logger(label: "test"))
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    #expect(sink.isAccepting)
    try await loop.submit {
      let log = sink.makeLog(on: loop)
      var number: UInt64 = 0
      while log.isAccepting && number < 10_000 {
        log.append(record(number))
        number += 1
      }
      #expect(number < 10_000)
      // Requests already running are still written down.
      #expect(sink.linesDropped == 0)
      #expect(sink.waitingBytes >= 32_768)
      for number in 0..<10_000 { log.append(record(UInt64(number))) }
      #expect(sink.linesDropped > 9000)
      #expect(sink.waitingBytes <= 65_536 + 2048)
    }.get()
    try await waitUntil { sink.writeErrors > 0 }
    let before = sink.linesDropped
    await sink.shutdown()
    // What could not be written at the end is counted, too.
    #expect(sink.linesDropped > before + 100)
  }

  @Test func droppingKeepsRequestsGoing() async throws {
    let limits = "buffer_bytes_max: 64KiB, flush_bytes: 1KiB, on_full: drop"
    let sink = try AuditSink(try settings("/dev/full", limits), log: Logger(label: "test"))
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    try await loop.submit {
      let log = sink.makeLog(on: loop)
      for number in 0..<1000 { log.append(record(UInt64(number))) }
      #expect(log.isAccepting)
    }.get()
    #expect(sink.linesDropped > 0)
    await sink.shutdown()
  }

  @Test func writingGoesOnWhenThereIsRoomAgain() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/audit.jsonl"
    #expect(symlink("/dev/full", path) == 0)
    let sink = try AuditSink(try settings(path), log: Logger(label: "test"))
    sink.take(Array("{\"n\":1}\n".utf8))
    try await waitUntil { sink.writeErrors > 0 }
    #expect(unlink(path) == 0)
    sink.reopen()
    try await waitUntil { sink.waitingBytes == 0 }
    await sink.shutdown()
    #expect(try lines(path) == ["{\"n\":1}"])
    #expect(sink.linesDropped == 0)
  }

  @Test func offWritesNothing() async throws {
    let folder = try TemporaryFolder()
    let sink = try AuditSink(
      try settings(folder.path + "/audit.jsonl", "output: off"), log: Logger(label: "test"))
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    try await loop.submit {
      let log = sink.makeLog(on: loop)
      log.append(record(1))
      log.flush()
    }.get()
    #expect(sink.isAccepting)
    sink.reopen()
    await sink.shutdown()
    #expect(try RegularFile.names(inFolder: folder.path).isEmpty)
  }

  @Test func aFolderThatIsNotThereIsAnError() throws {
    let settings = try settings("/nonexistent/audit.jsonl")
    #expect(throws: AuditError.file(path: "/nonexistent/audit.jsonl", .system(errno: ENOENT))) {
      try AuditSink(settings, log: Logger(label: "test"))
    }
  }
}
