import HTTPWire
import NIOCore
import NIOPosix
import S3Model
import TLS

/// One event loop's connections to the server.
final class LoopConnections {
  let eventLoop: any EventLoop
  let headLimits: HeadLimits
  let authority: String

  private let endpoint: HTTPEndpoint
  private let limits: HTTPClientLimits
  private var pool: ConnectionPoolStateMachine<HTTPConnection, HTTPExchange>
  private let tlsBuffers = TLSBuffers()
  private var isTicking = false
  /// Why the last attempt to connect failed.
  private var lastFailure: HTTPClientError?

  /// How exact the limit on unused connections is.
  private static let tick = TimeAmount.seconds(1)

  init(_ requester: HTTPRequester, eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    endpoint = requester.endpoint
    limits = requester.limits
    authority = requester.endpoint.authority
    headLimits = HeadLimits(headBytesMax: limits.headBytesMax, fieldCountMax: limits.fieldCountMax)
    var poolLimits = ConnectionPoolStateMachine<HTTPConnection, HTTPExchange>.Limits(
      connectionsMax: limits.connectionsMax, waitersMax: limits.waitingRequestsMax,
      // Every request has a timeout of its own.
      queueTimeout: .hours(24), idleLimit: TimeAmount(limits.unusedConnectionLimit), retriesMax: 0, triesUnasked: false)
    poolLimits.backOffMin = TimeAmount(limits.backOffMin)
    poolLimits.backOffMax = TimeAmount(limits.backOffMax)
    pool = ConnectionPoolStateMachine(limits: poolLimits)
  }

  // MARK: Leases

  func lease(_ exchange: HTTPExchange) {
    guard !pool.isShutDown else { return exchange.connectionUnavailable(.shutDown) }
    switch pool.lease(exchange, now: .now()) {
    case .use(let connection): exchange.connectionIsReady(connection)
    case .wait: openConnections()
    case .queueFull: exchange.connectionUnavailable(.queueFull)
    case .backingOff: exchange.connectionUnavailable(lastFailure ?? .backingOff)
    }
  }

  func cancelLease(_ exchange: HTTPExchange) { pool.cancel(exchange) }

  func release(_ connection: HTTPConnection) {
    place(pool.release(connection, now: .now()), connection)
    tickWhileNeeded()
  }

  func leasedConnectionClosed() {
    pool.leasedConnectionClosed()
    openConnections()
  }

  func idleConnectionClosed(_ connection: HTTPConnection) {
    pool.idleConnectionClosed(connection)
    openConnections()
  }

  /// The others were kept for as long, and are as likely to be closed.
  func dropIdle() {
    for connection in pool.dropIdle() { connection.abandon() }
  }

  func shutDown() {
    for connection in pool.shutdown() { connection.abandon() }
  }

  private func place(
    _ placement: ConnectionPoolStateMachine<HTTPConnection, HTTPExchange>.Placement, _ connection: HTTPConnection
  ) {
    switch placement {
    case .use(let exchange): exchange.connectionIsReady(connection)
    case .idle: connection.park()
    case .surplus:
      connection.park()
      connection.abandon()
    }
  }

  // MARK: Connecting

  private func openConnections() {
    for _ in 0..<pool.takeConnectDemand(now: .now()) { openConnection() }
    tickWhileNeeded()
  }

  private func openConnection() {
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    let (endpoint, limits) = (self.endpoint, self.limits)
    var bootstrap = ClientBootstrap(group: eventLoop)
      .connectTimeout(TimeAmount(limits.connectTimeout))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls = endpoint.tls {
            try channel.pipeline.syncOperations.addHandler(
              TLSClientHandler(
                context: tls, serverName: endpoint.serverName, handshakeTimeout: limits.connectTimeout,
                buffers: bound.value.tlsBuffers))
          } else if endpoint.scheme == .https {
            throw HTTPClientError.connectFailed(reason: "no TLS context")
          }
          try channel.pipeline.syncOperations.addHandler(
            HTTPConnection(bound.value, isSecured: endpoint.scheme == .http))
        }
      }
    if let filter = limits.addressFilter {
      bootstrap = bootstrap.resolver(FilteringResolver(eventLoop: eventLoop, allows: filter))
    }
    bootstrap.connect(host: endpoint.host, port: endpoint.port).assumeIsolated().whenComplete { self.didConnect($0) }
  }

  private func didConnect(_ result: Result<any Channel, any Error>) {
    do {
      let channel = try result.get()
      try channel.pipeline.syncOperations.handler(type: HTTPConnection.self).wasChosen()
    } catch let error as HTTPClientError {
      connectionFailedToOpen(error)
    } catch let error as NIOConnectionError where error.dnsAAAAError as? HTTPClientError == .addressRefused {
      connectionFailedToOpen(.addressRefused)
    } catch {
      connectionFailedToOpen(.connectFailed(reason: String(describing: error)))
    }
  }

  /// TCP and TLS are up.
  func connectionOpened(_ connection: HTTPConnection) {
    lastFailure = nil
    place(pool.connected(connection, now: .now()), connection)
    openConnections()
  }

  func connectionFailedToOpen(_ error: HTTPClientError) {
    lastFailure = error
    for exchange in pool.connectFailed(now: .now()) { exchange.connectionUnavailable(error) }
    tickWhileNeeded()
  }

  // MARK: Time

  private func tickWhileNeeded() {
    guard !isTicking, pool.waiterCount > 0 || pool.idleCount > 0 else { return }
    isTicking = true
    eventLoop.assumeIsolated().scheduleTask(in: Self.tick) {
      self.isTicking = false
      for connection in self.pool.expire(now: .now()).connections { connection.abandon() }
      self.openConnections()
    }
  }
}

@available(*, unavailable)
extension LoopConnections: Sendable {}
