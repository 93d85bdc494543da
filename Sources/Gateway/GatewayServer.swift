import Backend
import Logging
import NIOCore
import NIOPosix
import S3Model
import Synchronization
import TLS

/// The gateway listener: accepts, counts, and builds each connection's pipeline on its event loop.
final class GatewayServer: Sendable {
  private let group: any EventLoopGroup
  private let limiter: ConnectionLimiter
  /// The context for a new connection.
  private let tls: @Sendable () -> TLSServerContext
  private let settings: Mutex<Listening>
  private let log: Logger
  /// By event loop; every connection of a loop shares its worker.
  let workers: [ObjectIdentifier: NIOLoopBound<Worker>]
  private let listener = Mutex<(any Channel)?>(nil)

  /// What accepting needs of the settings; swapped by a reload.
  struct Listening: Sendable {
    var connectionsMax: Int
    var connectionsPerAddressMax: Int
    var trustedProxies: [IPNetwork]
    var requiresProxyProtocol: Bool
    var handshakeTimeout: Duration
  }

  init(
    group: any EventLoopGroup, tls: @escaping @Sendable () -> TLSServerContext, listening: Listening,
    limiter: ConnectionLimiter,
    workers: [ObjectIdentifier: NIOLoopBound<Worker>], log: Logger
  ) {
    self.group = group
    self.tls = tls
    self.settings = Mutex(listening)
    self.limiter = limiter
    self.workers = workers
    self.log = log
  }

  func take(_ listening: Listening) { settings.withLock { $0 = listening } }

  /// - Returns: the bound address, which names the port that 0 stood for.
  func start(host: String, port: Int) async throws -> SocketAddress {
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 4096)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(.writeBufferWaterMark, value: .init(low: 65_536, high: 262_144))
      .childChannelOption(.recvAllocator, value: ReceiveBufferAllocator())
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try self.accept(channel) }
      }
    let channel = try await bootstrap.bind(host: host, port: port).get()
    try await channel.eventLoop.submit { [log] in
      try channel.pipeline.syncOperations.addHandler(AcceptFailureHandler(log: log))
    }.get()
    listener.withLock { $0 = channel }
    guard let address = channel.localAddress else { throw ChannelError.unknownLocalAddress }
    return address
  }

  private func accept(_ channel: any Channel) throws {
    guard let bound = workers[ObjectIdentifier(channel.eventLoop)] else {
      throw ChannelError.inappropriateOperationForState
    }
    let worker = bound.value
    let listening = settings.withLock { $0 }
    let peerText = channel.remoteAddress?.ipAddress ?? ""
    let peer = IPAddress(peerText)
    let isTrusted = peer.map { peer in listening.trustedProxies.contains { $0.contains(peer) } } ?? false
    // A proxy's address stands for all of its clients.
    let perAddressMax = isTrusted ? Int.max : listening.connectionsPerAddressMax
    let counted = peer?.subscriber.description ?? peerText
    guard
      limiter.acquire(
        counted, connectionsMax: listening.connectionsMax, connectionsPerAddressMax: perAddressMax)
    else {
      log.debug("too many connections", metadata: ["remote": "\(peerText)"])
      throw AcceptFailureHandler.Refused()
    }
    let limiter = self.limiter
    let context = tls()
    let facts = ConnectionFacts(peer: peer, peerText: peerText, isTrustedProxy: isTrusted)
    do {
      if listening.requiresProxyProtocol, isTrusted {
        try channel.pipeline.syncOperations.addHandler(
          ProxyProtocolHandler(facts: facts, trustedProxies: listening.trustedProxies))
      }
      let tls = try TLSServerHandler(
        context: context, handshakeTimeout: listening.handshakeTimeout, buffers: worker.tlsBuffers)
      try channel.pipeline.syncOperations.addHandler(tls)
      try channel.pipeline.syncOperations.addHandler(
        HTTPConnectionHandler(worker: worker, facts: facts, tls: tls) { limiter.release(counted) })
    } catch {
      limiter.release(counted)
      throw error
    }
  }

  /// Stops accepting, lets running exchanges end for at most `timeout`, then ends the rest.
  func shutdown(timeout: Duration) async {
    let channel = listener.withLock { channel in
      let taken = channel
      channel = nil
      return taken
    }
    if let channel {
      do { try await channel.close() } catch { log.debug("listener was closed", metadata: ["error": "\(error)"]) }
    }
    let drained = workers.values.map { bound in
      bound.eventLoop.flatSubmit { bound.value.beginShutdown() }
    }
    let deadline = NIODeadline.now() + TimeAmount(timeout)
    let timers = workers.values.map { bound in
      bound.eventLoop.scheduleTask(deadline: deadline) { bound.value.finishShutdown() }
    }
    for future in drained {
      do { try await future.get() } catch { log.debug("a worker did not drain", metadata: ["error": "\(error)"]) }
    }
    for timer in timers { timer.cancel() }
    for bound in workers.values {
      do {
        try await bound.eventLoop.submit { bound.value.finishShutdown() }.get()
      } catch {
        log.debug("a worker is gone", metadata: ["error": "\(error)"])
      }
    }
  }
}
