import Audit
import Authorization
import Backend
import Cryptography
import Identity
import Logging
import NIOCore
import S3Model
import STS
import SigV4
import TLS
import Telemetry

/// What belongs to one event loop: its connections, backend connections, caches, scratch space and counters.
///
/// Everything here is touched on that loop only, so the hot path takes no lock. A new ``Snapshot`` is set by hopping
/// onto the loop; an exchange keeps the one it began with.
final class Worker {
  let eventLoop: any EventLoop
  let limiter: ConnectionLimiter
  let log: Logger
  /// `x-amz-id-2`: names the node, not the request.
  let hostID: [UInt8]
  let keeper: SnapshotKeeper
  let audit: AuditLog
  private(set) var snapshot: Snapshot
  private(set) var isShuttingDown = false

  /// Open connections, unordered; each knows its index.
  private var connections: [HTTPConnectionHandler] = []
  private var clients: [ObjectIdentifier: (backend: any StorageBackend, client: any BackendClient)] = [:]
  /// Of ``clients``, the one asked for last: most gateways have one.
  private var lastClient: (backend: any StorageBackend, client: any BackendClient)?
  let scratch = SigningScratch()
  let sessions = SessionCache()
  let hasher = SHA256Hasher()
  let tlsBuffers = TLSBuffers()
  private var responseBuffer = ByteBuffer()
  let callers = SessionCallers()
  let accessKeys = AccessKeyCache()
  let bearers = BearerCache()
  let regoSessions = RegoSessions()
  let metrics: LoopMetrics
  /// Takes what is noted in the identity store; nil without one.
  let notes: StoreNotes?
  /// When the last use of a key was noted, in seconds since 1970.
  private var keyUses: [ByteString: Int64] = [:]
  private var requestIDs: RequestIDGenerator
  private var headWriter: ResponseHeadWriter
  private var headWriterSecond: Int64 = -1
  private let clock: () -> UnixTime
  private var tick: RepeatedTask?
  private var whenEmpty: EventLoopPromise<Void>?

  /// How often deadlines of connections are looked at; they are late by at most this.
  private static let tickInterval = TimeAmount.milliseconds(250)

  /// - Parameters:
  ///   - seed: random, for request ids.
  ///   - clock: tells the wall clock's time.
  init(
    eventLoop: any EventLoop, keeper: SnapshotKeeper, audit: AuditSink, limiter: ConnectionLimiter, hostID: [UInt8],
    seed: UInt64, log: Logger, notes: StoreNotes? = nil, clock: @escaping () -> UnixTime = UnixTime.now
  ) {
    self.eventLoop = eventLoop
    self.keeper = keeper
    self.audit = audit.makeLog(on: eventLoop)
    self.metrics = LoopMetrics()
    self.snapshot = keeper.current
    self.limiter = limiter
    self.hostID = hostID
    self.log = log
    self.notes = notes
    self.clock = clock
    self.requestIDs = RequestIDGenerator(seed: seed)
    self.headWriter = ResponseHeadWriter(date: [], hostID: hostID)
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    tick = eventLoop.scheduleRepeatedTask(initialDelay: Self.tickInterval, delay: Self.tickInterval) { _ in
      bound.value.checkDeadlines()
    }
  }

  // MARK: Connections

  func add(_ connection: HTTPConnectionHandler) {
    connection.workerIndex = connections.count
    connections.append(connection)
    metrics.connectionOpened()
    if isShuttingDown { connection.beginShutdown() }
  }

  func remove(_ connection: HTTPConnectionHandler) {
    let index = connection.workerIndex
    guard index >= 0 else { return }
    connection.workerIndex = -1
    metrics.connectionClosed()
    let last = connections.removeLast()
    if last !== connection {
      connections[index] = last
      last.workerIndex = index
    }
    if connections.isEmpty { whenEmpty?.succeed() }
  }

  private func checkDeadlines() {
    let now = NIODeadline.now()
    // Backwards: a connection that closes takes the place of one that was looked at already.
    var index = connections.count - 1
    while index >= 0 {
      if index < connections.count { connections[index].checkDeadline(now) }
      index -= 1
    }
  }

  // MARK: Snapshots and backends

  func take(_ snapshot: Snapshot) {
    self.snapshot = snapshot
    lastClient = nil
    let kept = Set(snapshot.routes.backends.map { ObjectIdentifier($0) })
    for (id, entry) in clients where !kept.contains(id) {
      entry.client.shutdown()
      clients[id] = nil
    }
  }

  func client(_ backend: any StorageBackend) -> any BackendClient {
    if let last = lastClient, last.backend === backend { return last.client }
    let id = ObjectIdentifier(backend)
    if let entry = clients[id] {
      lastClient = entry
      return entry.client
    }
    let client = backend.makeClient(on: eventLoop)
    clients[id] = (backend, client)
    lastClient = (backend, client)
    return client
  }

  // MARK: Per request

  func now() -> UnixTime { clock() }

  /// Whether the use of a key is worth a note: one a minute, so that requests seldom take the lock of ``notes``.
  func isUseNews(_ accessKeyID: ByteString, atSeconds seconds: Int64) -> Bool {
    guard notes != nil else { return false }
    if let last = keyUses[accessKeyID], seconds < last + StoreNotes.useSecondsMin { return false }
    if keyUses.count >= StoreNotes.notesMax { keyUses = [:] }
    keyUses[accessKeyID] = seconds
    return true
  }

  /// Fresh randomness for a session.
  func sessionSeed() throws(STSError) -> SessionSeed {
    do throws(CryptographyError) {
      if let seed = SessionSeed(try SecureRandom.bytes(SessionSeed.byteCount)) { return seed }
    } catch {
      log.error("the system gives no random bytes")
    }
    throw .internalFailure
  }

  func nextRequestID() -> RequestID { requestIDs.next() }

  /// An empty buffer for a response's head and first bytes: the last one's memory, unless that is still being sent.
  func takeResponseBuffer(_ capacity: Int, _ allocator: ByteBufferAllocator) -> ByteBuffer {
    guard capacity <= Self.responseBufferBytesMax else { return allocator.buffer(capacity: capacity) }
    var buffer = ByteBuffer()
    swap(&buffer, &responseBuffer)
    buffer.clear(minimumCapacity: capacity)
    return buffer
  }

  /// What was taken has been written.
  func keepResponseBuffer(_ buffer: ByteBuffer) {
    if buffer.capacity <= 2 * Self.responseBufferBytesMax { responseBuffer = buffer }
  }

  private static let responseBufferBytesMax = 20_480

  func headWriter(at now: UnixTime) -> ResponseHeadWriter {
    if now.seconds != headWriterSecond {
      headWriterSecond = now.seconds
      headWriter.date = Array(now.httpDate.utf8)
    }
    return headWriter
  }

  // MARK: Shutdown

  /// Closes idle connections; running exchanges go on. Completes when no connection is left.
  func beginShutdown() -> EventLoopFuture<Void> {
    isShuttingDown = true
    let promise = eventLoop.makePromise(of: Void.self)
    whenEmpty = promise
    for connection in connections.reversed() { connection.beginShutdown() }
    if connections.isEmpty { promise.succeed() }
    return promise.futureResult
  }

  /// Ends what is left.
  func finishShutdown() {
    for connection in connections.reversed() { connection.close() }
    for entry in clients.values { entry.client.shutdown() }
    clients = [:]
    lastClient = nil
    tick?.cancel()
    audit.flush()
    whenEmpty?.succeed()
    whenEmpty = nil
  }
}

@available(*, unavailable)
extension Worker: Sendable {}
