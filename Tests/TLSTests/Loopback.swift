import NIOCore
import NIOPosix
import Synchronization

@testable import TLS

/// Errors and facts that came out of handlers under test.
final class Journal: Sendable {
  private let state = Mutex<(errors: [any Error], facts: [TLSHandshakeFacts])>(([], []))

  var errors: [any Error] { state.withLock { $0.errors } }
  var tlsErrors: [TLSError] { errors.compactMap { $0 as? TLSError } }
  var facts: [TLSHandshakeFacts] { state.withLock { $0.facts } }

  func note(_ error: any Error) { state.withLock { $0.errors.append(error) } }
  func note(_ facts: TLSHandshakeFacts) { state.withLock { $0.facts.append(facts) } }
}

/// A TLS server on a free port of 127.0.0.1, one handler above TLS per connection.
struct LoopbackServer {
  let channel: any Channel
  let journal: Journal
  var port: Int { channel.localAddress?.port ?? 0 }
  var address: String { "127.0.0.1:\(port)" }

  /// - Parameter context: asked for each new connection.
  static func start(
    context: @escaping @Sendable () -> TLSServerContext, handshakeTimeout: Duration = .seconds(10),
    halfClosure: Bool = false, autoRead: Bool = true,
    handler: @escaping @Sendable (Journal) -> any ChannelHandler & Sendable = { Answering($0) }
  ) async throws -> LoopbackServer {
    let journal = Journal()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: halfClosure)
      .childChannelOption(.autoRead, value: autoRead)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            TLSServerHandler(context: context(), handshakeTimeout: handshakeTimeout))
          try channel.pipeline.syncOperations.addHandler(handler(journal))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return LoopbackServer(channel: channel, journal: journal)
  }

  func stop() async throws { try await channel.close() }
}

/// Answers the first request head, whatever it is, with what the handshake agreed on, and closes.
final class Answering: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let journal: Journal
  private var facts: TLSHandshakeFacts?
  private var received = ""

  init(_ journal: Journal) { self.journal = journal }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let facts = event as? TLSHandshakeFacts {
      self.facts = facts
      journal.note(facts)
    } else if case .some(.inputClosed) = event as? ChannelEvent {
      context.close(promise: nil)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received += String(buffer: unwrapInboundIn(data))
    guard received.hasSuffix("\r\n\r\n") || received.hasSuffix("\n\n"), let facts else { return }
    let peer =
      switch facts.peer?.verification {
      case .trusted: "trusted(\(facts.peer?.chain.count ?? 0))"
      case .untrusted(let code, _): "untrusted(\(code))"
      case nil: "none"
      }
    let body =
      "version=\(facts.version) suite=\(facts.cipherSuite) alpn=\(facts.applicationProtocol ?? "none")"
      + " name=\(facts.serverName ?? "none") resumed=\(facts.isResumed) peer=\(peer)\n"
    let head = "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n"
    context.write(wrapOutboundOut(ByteBuffer(string: head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: body)), promise: nil)
    context.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { journal.note(error) }
}
