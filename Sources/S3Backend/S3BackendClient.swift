import Backend
import HTTPClient
import HTTPWire
import Logging
import NIOCore
import NIOPosix
import SigV4
import TLS

/// The backend as one event loop sees it: its connections, its timer, its scratch space.
final class S3BackendClient: BackendClient {
  let documentBytesMax: Int
  let responseHeadLimits: HeadLimits
  let responseTimeout: TimeAmount
  let idleTimeout: TimeAmount
  let continueTimeout: TimeAmount
  let retriesMax: Int

  private let backend: S3Backend
  private let eventLoop: any EventLoop
  private var pool: ConnectionPoolStateMachine<UpstreamConnection, S3Call>
  private var heads: RequestHeadWriter
  /// Every open connection, in use or not.
  private var connections: [UpstreamConnection] = []
  private var isTicking = false
  /// The last look at the time: at most a tick ago while there is a connection.
  private var lastLook = NIODeadline.now()
  private let tlsBuffers = TLSBuffers()

  /// How exact the timeouts are.
  private static let tick = TimeAmount.milliseconds(100)

  init(_ backend: S3Backend, eventLoop: any EventLoop) {
    self.backend = backend
    self.eventLoop = eventLoop
    let limits = backend.configuration.limits
    documentBytesMax = limits.documentBytesMax
    responseHeadLimits = HeadLimits(
      headBytesMax: limits.responseHeadBytesMax, fieldCountMax: limits.responseFieldCountMax)
    responseTimeout = TimeAmount(limits.responseTimeout)
    idleTimeout = TimeAmount(limits.idleTimeout)
    continueTimeout = TimeAmount(limits.continueTimeout)
    retriesMax = limits.retriesMax
    pool = ConnectionPoolStateMachine(
      limits: .init(
        connectionsMax: limits.connectionsMax, waitersMax: limits.waitingRequestsMax,
        queueTimeout: TimeAmount(limits.queueTimeout), idleLimit: TimeAmount(limits.unusedConnectionLimit),
        retriesMax: limits.retriesMax))
    heads = RequestHeadWriter(backend.configuration)
  }

  /// Opens a first connection, so that readiness is known before the first request.
  func probe() {
    guard pool.takeProbe() else { return }
    openConnection()
  }

  // MARK: BackendClient

  func start(_ request: BackendRequest, receiver: any BackendReceiver) -> any BackendCall {
    let plan = UpstreamRequestPlan(request, backend: backend)
    let call = S3Call(plan: plan, client: self, receiver: receiver)
    if let refusal = plan.refusal {
      later { call.refuse(refusal) }
    } else {
      call.startIfAnnounced()
    }
    return call
  }

  func shutdown() {
    for connection in pool.shutdown() { connection.abandon() }
  }

  // MARK: Leases

  func lease(_ call: S3Call) {
    if pool.failureCount > 0, backend.isReady() { pool.serverAnswers() }
    // An unused connection is there without regard to the time.
    switch pool.lease(call, now: pool.idleCount > 0 ? lastLook : .now()) {
    case .use(let connection): call.connectionIsReady(connection)
    case .wait:
      openConnections()
      tickWhileNeeded()
    case .queueFull: later { call.connectionUnavailable(.queueFull) }
    case .backingOff: later { call.connectionUnavailable(.connectFailed("the store does not accept connections")) }
    }
  }

  func cancelLease(_ call: S3Call) { pool.cancel(call) }

  private func later(_ body: @escaping () -> Void) {
    eventLoop.assumeIsolated().execute(body)
  }

  func release(_ connection: UpstreamConnection) {
    // A connection in use keeps the looks at the time coming.
    place(pool.release(connection, now: lastLook), connection)
  }

  func leasedConnectionClosed(_ connection: UpstreamConnection) {
    pool.leasedConnectionClosed()
    forget(connection)
  }

  func idleConnectionClosed(_ connection: UpstreamConnection) {
    pool.idleConnectionClosed(connection)
    forget(connection)
  }

  private func forget(_ connection: UpstreamConnection) {
    connections.removeAll { $0 === connection }
    openConnections()
  }

  private func place(
    _ placement: ConnectionPoolStateMachine<UpstreamConnection, S3Call>.Placement, _ connection: UpstreamConnection
  ) {
    switch placement {
    case .use(let call): call.connectionIsReady(connection)
    case .idle: connection.park()
    case .surplus:
      connection.park()
      connection.abandon()
    }
  }

  // MARK: Connecting

  private func openConnections() {
    for _ in 0..<pool.takeConnectDemand(now: .now()) { openConnection() }
  }

  private func openConnection() {
    tickWhileNeeded()
    let configuration = backend.configuration
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    let tls = backend.tls
    ClientBootstrap(group: eventLoop)
      .connectTimeout(TimeAmount(configuration.limits.connectTimeout))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      // Objects come in larger pieces than NIO reads by default, at half the system calls.
      .channelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 16_384, maximum: 131_072)
      )
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          var tlsHandler: TLSHandler?
          if let tls {
            let handler = try TLSClientHandler(
              context: tls, serverName: configuration.host, handshakeTimeout: configuration.limits.connectTimeout,
              buffers: bound.value.tlsBuffers)
            try channel.pipeline.syncOperations.addHandler(handler)
            tlsHandler = handler
          }
          let connection = UpstreamConnection(client: bound.value, tls: tlsHandler)
          try channel.pipeline.syncOperations.addHandler(connection)
        }
      }
      .connect(host: configuration.host, port: configuration.port)
      .assumeIsolated()
      .whenComplete { result in self.didConnect(result) }
  }

  private func didConnect(_ result: Result<any Channel, any Error>) {
    do {
      let channel = try result.get()
      try channel.pipeline.syncOperations.handler(type: UpstreamConnection.self).wasChosen()
    } catch {
      connectionFailedToOpen(String(describing: error))
    }
  }

  /// TCP and TLS are up.
  func connectionOpened(_ connection: UpstreamConnection) {
    connections.append(connection)
    if backend.health.note(isAnswering: true) { backend.logger.info("the store accepts connections") }
    place(pool.connected(connection, now: .now()), connection)
    // More may be waiting than were asked for while the store seemed to be down.
    openConnections()
  }

  func connectionFailedToOpen(_ reason: String) {
    let failed = pool.connectFailed(now: .now())
    if backend.health.note(isAnswering: false) || pool.failureCount == 1 {
      backend.logger.warning("cannot connect to the store", metadata: ["reason": .string(reason)])
    }
    for call in failed { call.connectionUnavailable(.connectFailed(reason)) }
    tickWhileNeeded()
  }

  // MARK: Requests

  func head(of call: S3Call, announcesBody: Bool, isDiagnosis: Bool) throws(SigV4Error) -> ByteBuffer {
    try heads.write(call.plan, announcesBody: announcesBody, isDiagnosis: isDiagnosis, now: backend.now())
  }

  /// Failures that an operator must hear about.
  func note(_ failure: BackendFailure) {
    switch failure {
    case .credentialsRefused(let code):
      backend.logger.error("the store refuses the backend's credentials", metadata: ["code": .string(code)])
    case .unavailable(let reason), .malformedResponse(let reason):
      backend.logger.warning("the store did not serve a request", metadata: ["reason": .string(reason)])
    case .timedOut:
      backend.logger.warning("the store did not answer in time")
    case .refused, .notImplemented, .brokeOff, .storageFailed, .storageFull: break
    }
  }

  // MARK: Time

  /// One timer for all timeouts, running only while there is something to time: requests set none of their own.
  private func tickWhileNeeded() {
    guard !isTicking, !pool.isEmpty || (pool.failureCount > 0 && !pool.isShutDown) else { return }
    isTicking = true
    lastLook = .now()
    eventLoop.assumeIsolated().scheduleTask(in: Self.tick) {
      self.isTicking = false
      self.lastLook = .now()
      self.expire(now: self.lastLook)
      self.tickWhileNeeded()
    }
  }

  private func expire(now: NIODeadline) {
    let (waiters, surplus) = pool.expire(now: now)
    for connection in surplus { connection.abandon() }
    for call in waiters { call.connectionUnavailable(.timedOut(.queue)) }
    for connection in connections { connection.expire(now: now) }
    openConnections()
  }
}

@available(*, unavailable)
extension S3BackendClient: Sendable {}
