import Foundation
import NIOCore
import NIOEmbedded
import Testing

@testable import TLS

/// Not run unless `MARTLET_BENCH=1`; only release builds mean anything:
/// `MARTLET_BENCH=1 swift test -c release -Xswiftc -enable-testing --filter TLSTests.Benchmarks`.
/// Figures count both ends in one thread. One round trip seals and opens two records.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["MARTLET_BENCH"] == "1"))
struct Benchmarks {
  let authority: TestAuthority
  let server: TLSServerContext
  let client: TLSClientContext

  init() throws {
    authority = try TestAuthority()
    server = try TLSServerContext(identities: [authority.identity("localhost")], ticketKeys: TLSTicketKeys())
    var options = TLSClientContext.Options()
    options.trust = .pem(authority.pem)
    client = try TLSClientContext(options: options)
  }

  func report(_ name: String, count: Int, unit: String, _ body: () throws -> Void) rethrows {
    let elapsed = try ContinuousClock().measure(body)
    let nanoseconds = Double(elapsed.components.attoseconds) / 1e9 + Double(elapsed.components.seconds) * 1e9
    print("\(name): \(Int(nanoseconds / Double(count))) ns per \(unit)")
  }

  /// OpenSSL and the BIO alone.
  @Test func connectionRoundTrip() throws {
    let near = try TLSConnection(context: client.owner.context, isServer: false)
    let far = try TLSConnection(context: server.contexts[0].context, isServer: true)
    var wire = ByteBuffer()
    var nearDone = false
    var farDone = false
    while !nearDone || !farDone {
      if case .complete = near.handshake(from: &wire) { nearDone = true }
      wire.clear()
      if near.hasOutput { near.takeOutput(into: &wire) }
      if case .complete = far.handshake(from: &wire) { farDone = true }
      wire.clear()
      if far.hasOutput { far.takeOutput(into: &wire) }
    }
    // The ticket, which the first read must get past.
    var nothing = ByteBufferAllocator().buffer(capacity: 64)
    _ = near.read(from: &wire, into: &nothing)
    let request = [UInt8](repeating: 1, count: 600)
    let response = [UInt8](repeating: 2, count: 1400)
    let rounds = 200_000
    var bytes = 0
    report("connection round trip", count: rounds, unit: "round trip") {
      for _ in 0..<rounds {
        for (sender, receiver, message) in [(near, far, request), (far, near, response)] {
          var sealed = ByteBufferAllocator().buffer(capacity: 2048)
          message.withUnsafeBytes { _ = sender.write($0, to: &sealed) }
          var opened = ByteBufferAllocator().buffer(capacity: 2048)
          _ = receiver.read(from: &sealed, into: &opened)
          bytes += opened.readableBytes
        }
      }
    }
    #expect(bytes == rounds * 2000)
  }

  /// Handlers, `EmbeddedChannel`s included.
  @Test func handlerRoundTrip() throws {
    let pair = try EmbeddedPair(client, server)
    try pair.connect()
    let request = ByteBuffer(repeating: 1, count: 600)
    let head = ByteBuffer(repeating: 2, count: 376)
    let body = ByteBuffer(repeating: 3, count: 1024)
    let rounds = 200_000
    try report("handler round trip", count: rounds, unit: "round trip") {
      for _ in 0..<rounds {
        pair.server.read()
        pair.client.writeAndFlush(request, promise: nil)
        while let sealed = try pair.client.readOutbound(as: ByteBuffer.self) { try pair.server.writeInbound(sealed) }
        pair.client.read()
        pair.server.write(head, promise: nil)
        pair.server.writeAndFlush(body, promise: nil)
        while let sealed = try pair.server.readOutbound(as: ByteBuffer.self) { try pair.client.writeInbound(sealed) }
        pair.serverWatch.received.clear()
        pair.clientWatch.received.clear()
      }
    }
    #expect(pair.clientWatch.errors.isEmpty)
  }

  /// The same channels and messages without TLS: what to take off.
  @Test func plainRoundTrip() throws {
    let (near, far) = (EmbeddedChannel(), EmbeddedChannel())
    let (nearWatch, farWatch) = (EmbeddedPair.Watch(), EmbeddedPair.Watch())
    try near.pipeline.syncOperations.addHandler(nearWatch)
    try far.pipeline.syncOperations.addHandler(farWatch)
    let request = ByteBuffer(repeating: 1, count: 600)
    let head = ByteBuffer(repeating: 2, count: 376)
    let body = ByteBuffer(repeating: 3, count: 1024)
    let rounds = 200_000
    try report("plain round trip", count: rounds, unit: "round trip") {
      for _ in 0..<rounds {
        far.read()
        near.writeAndFlush(request, promise: nil)
        while let bytes = try near.readOutbound(as: ByteBuffer.self) { try far.writeInbound(bytes) }
        near.read()
        far.write(head, promise: nil)
        far.writeAndFlush(body, promise: nil)
        while let bytes = try far.readOutbound(as: ByteBuffer.self) { try near.writeInbound(bytes) }
        nearWatch.received.clear()
        farWatch.received.clear()
      }
    }
  }

  @Test func bulk() throws {
    let pair = try EmbeddedPair(client, server)
    try pair.connect()
    let chunk = ByteBuffer(repeating: 1, count: 65536)
    let rounds = 16384
    try report("bulk (64 KiB writes, both ends)", count: rounds / 16, unit: "MiB") {
      for _ in 0..<rounds {
        pair.client.read()
        pair.server.writeAndFlush(chunk, promise: nil)
        while let sealed = try pair.server.readOutbound(as: ByteBuffer.self) { try pair.client.writeInbound(sealed) }
        pair.clientWatch.received.clear()
      }
    }
  }

  @Test func handshakes() throws {
    let rounds = 1000
    for (name, isResumed) in [("full", false), ("resumed", true)] {
      try report("\(name) handshake (both ends)", count: rounds, unit: "handshake") {
        for _ in 0..<rounds {
          // Without TLS state between them, nothing resumes: a new name each time.
          let pair = try EmbeddedPair(isResumed ? client : TLSClientContext(options: optionsOfClient()), server)
          try pair.connect()
          #expect(pair.clientWatch.facts != nil)
          // The ticket comes behind the handshake.
          pair.client.read()
          try pair.pump()
        }
      }
    }
  }

  private func optionsOfClient() -> TLSClientContext.Options {
    var options = TLSClientContext.Options()
    options.trust = .pem(authority.pem)
    return options
  }
}
