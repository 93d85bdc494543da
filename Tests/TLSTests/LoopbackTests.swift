import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import TLS

/// Over real sockets.
@Suite(.serialized) struct LoopbackTests {
  let authority: TestAuthority
  let client: TLSClientContext

  init() throws {
    authority = try TestAuthority()
    var options = TLSClientContext.Options()
    options.trust = .pem(authority.pem)
    client = try TLSClientContext(options: options)
  }

  func serverContext() throws -> TLSServerContext {
    try TLSServerContext(identities: [authority.identity("localhost")], ticketKeys: TLSTicketKeys())
  }

  func connect(
    _ server: LoopbackServer, autoRead: Bool = true, halfClosure: Bool = false,
    _ handlers: @escaping @Sendable () -> [any ChannelHandler & Sendable]
  ) async throws -> any Channel {
    let client = client
    return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.autoRead, value: autoRead)
      .channelOption(.allowRemoteHalfClosure, value: halfClosure)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(TLSClientHandler(context: client, serverName: "localhost"))
          for handler in handlers() { try channel.pipeline.syncOperations.addHandler(handler) }
        }
      }
      .connect(host: "127.0.0.1", port: server.port).get()
  }

  @Test func largeTransfersBothWays() async throws {
    let context = try serverContext()
    let total = 64 << 20
    let serverSide = Exchange(total: total)
    let server = try await LoopbackServer.start(context: { context }) { _ in serverSide }
    let clientSide = Exchange(total: total)
    let channel = try await connect(server) { [clientSide] }
    try await clientSide.done(on: channel)
    try await channel.close()
    for _ in 0..<2000 where serverSide.received < total { try await Task.sleep(for: .milliseconds(10)) }
    for side in [clientSide, serverSide] {
      #expect(side.firstMismatch == nil)
      #expect(side.received == total)
      #expect(side.errors.isEmpty)
      #expect(side.buffersPerMegabyte < 128, "\(side.buffersPerMegabyte)")
    }
    try await server.stop()
  }

  /// The server writes while the channel is writable; a client that does not read must stop it.
  @Test func aSlowReaderCostsBoundedMemory() async throws {
    let context = try serverContext()
    let pouring = Pouring()
    let server = try await LoopbackServer.start(context: { context }) { _ in pouring }
    let counter = Counter()
    let channel = try await connect(server, autoRead: false) { [counter] }
    var stalled = -1
    while pouring.written != stalled || stalled == 0 {
      stalled = pouring.written
      try await Task.sleep(for: .milliseconds(400))
    }
    // Socket buffers take some megabytes; after that nothing moves, and what was never written takes no memory.
    #expect(stalled < 16 << 20)
    #expect(counter.count == 0)
    // And it goes on when the client reads.
    channel.setOption(.autoRead, value: true).whenSuccess { channel.read() }
    for _ in 0..<1000 where pouring.written < stalled * 2 { try await Task.sleep(for: .milliseconds(20)) }
    #expect(pouring.written >= stalled * 2)
    try await channel.close()
    try await server.stop()
  }

  @Test func halfClosedOutputStillReads() async throws {
    let context = try serverContext()
    let server = try await LoopbackServer.start(context: { context }, halfClosure: true) { _ in AnswerAtEnd() }
    let collector = Collector()
    let channel = try await connect(server, halfClosure: true) { [collector] }
    try await channel.writeAndFlush(ByteBuffer(string: "the whole request"))
    try await channel.close(mode: .output)
    let answer = try await collector.ended(on: channel)
    #expect(answer == "got: the whole request")
    #expect(collector.errors.isEmpty)
    // Both directions are closed, so NIO has closed the channel, or is about to.
    try? await channel.close()
    try await server.stop()
  }

  /// A request that comes in one piece with the end of the handshake waits for the first `read()` when the channel does
  /// not read by itself, and that must still reach the channel: the next request comes through it.
  @Test(arguments: [true, false])
  func readsGoOnBehindTheHandshake(autoRead: Bool) async throws {
    let context = try serverContext()
    let reader = ReadingOnRequest()
    let server = try await LoopbackServer.start(context: { context }, autoRead: autoRead) { _ in reader }
    let counter = Counter()
    let channel = try await connect(server) { [counter] }
    // Written before the handshake is done, so sent with its end.
    try await channel.writeAndFlush(ByteBuffer(string: "one"))
    if !autoRead {
      try await Task.sleep(for: .milliseconds(100))
      #expect(reader.count == 0)
    }
    for total in [3, 8, 12] {
      if !autoRead { try await reader.read() }
      for _ in 0..<2000 where reader.count < total { try await Task.sleep(for: .milliseconds(5)) }
      #expect(reader.count == total)
      try await channel.writeAndFlush(ByteBuffer(string: total == 3 ? "three" : "four"))
    }
    try await channel.close()
    try await server.stop()
  }

  @Test func truncationIsReported() async throws {
    let context = try serverContext()
    let server = try await LoopbackServer.start(context: { context }) { journal in Answering(journal) }
    let channel = try await connect(server) { [] }
    // Past TLS, straight into the socket: the end without close_notify.
    try await channel.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\n"))
    let head = try await channel.pipeline.context(handlerType: TLSClientHandler.self).map {
      NIOLoopBound($0, eventLoop: channel.eventLoop)
    }.get()
    channel.eventLoop.execute { head.value.close(promise: nil) }
    for _ in 0..<1000 where server.journal.errors.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
    #expect(server.journal.tlsErrors == [.truncated])
    try await server.stop()
  }

  @Test func handshakesTimeOut() async throws {
    let context = try serverContext()
    let server = try await LoopbackServer.start(context: { context }, handshakeTimeout: .milliseconds(100))
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: server.port).get()
    try await channel.closeFuture.get()
    #expect(server.journal.tlsErrors == [.handshakeTimedOut])
    try await server.stop()
  }
}

/// Resident memory of this process, in bytes.
func residentBytes() throws -> Int {
  let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
  return (Int(fields[1]) ?? 0) * 4096
}
