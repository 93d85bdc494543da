public import Audit
public import Authorization
public import Backend
import Cryptography
import IAM
public import Identity
public import IdentityStore
public import Logging
public import NIOCore
import NIOPosix
import S3Model
public import Settings
import Synchronization
public import TLS
import Telemetry

/// A running gateway: its listeners, event loops and snapshot. Made by the program, which chose the parts.
public final class GatewayRuntime: Sendable {
  /// What the program puts together from settings and folders.
  public struct Parts: Sendable {
    public var settings: GatewaySettings
    public var identities: IdentityDirectory
    public var keyRing: KeyRing
    /// One for each of `settings.backends`, under its name.
    public var backends: [any StorageBackend]
    /// Where identities are managed that `identities` does not declare; nil for none.
    public var store: (any IdentityStore)?
    /// The policy bundle that is asked beside IAM; nil for none.
    public var rego: RegoAuthority?
    /// Asked instead of ``rego``; nil for none.
    public var policyServer: PolicyServer.Configuration?
    /// Whose tokens are taken.
    public var federation: Federation

    public init(
      settings: GatewaySettings, identities: IdentityDirectory, keyRing: KeyRing, backends: [any StorageBackend],
      store: (any IdentityStore)? = nil, rego: RegoAuthority? = nil,
      policyServer: PolicyServer.Configuration? = nil, federation: Federation = .none
    ) {
      self.settings = settings
      self.identities = identities
      self.keyRing = keyRing
      self.backends = backends
      self.store = store
      self.rego = rego
      self.policyServer = policyServer
      self.federation = federation
    }
  }

  private let group: MultiThreadedEventLoopGroup
  private let keeper: SnapshotKeeper
  private let server: GatewayServer
  private let operations: OperationsServer
  private let audit: AuditSink
  private let log: Logger
  /// Through which identities are changed; nil without a store.
  public let editor: IdentityKeeper<IdentityDirectory>?
  private let notes: StoreNotes?
  private let standings: StandingsFile
  private let following = Mutex<[Task<Void, Never>]>([])

  /// Loads the bucket policies and prepares every event loop; listens to nothing yet.
  /// - Parameters:
  ///   - tls: asked for each new connection.
  public init(
    _ parts: Parts, audit: AuditSink, tls: @escaping @Sendable () -> TLSServerContext, log: Logger
  ) async throws {
    let settings = parts.settings
    var parts = parts
    var stored: StoreRevision?
    var lost: IdentityStoreError?
    if let store = parts.store {
      do throws(IdentityStoreError) {
        (parts.identities, stored) = try await IdentityKeeper.load(store, into: parts.identities)
      } catch {
        // What is declared, and root, can be served; who is stored, when the store can be read.
        guard error.isPassing, store.isRemote else { throw error }
        log.error("the identity store cannot be read yet", metadata: ["error": "\(error)"])
        lost = error
        parts.identities.isComplete = false
      }
    }
    self.audit = audit
    self.log = log
    group = MultiThreadedEventLoopGroup(numberOfThreads: settings.threads ?? System.coreCount)
    let folders = BucketRuleFolders(data: settings.data)
    standings = StandingsFile(data: settings.data)
    let rules = try folders.load { bucket, error in
      log.error("a public access block cannot be read", metadata: ["bucket": "\(bucket)", "error": "\(error)"])
    }
    keeper = SnapshotKeeper(
      snapshot: try Self.snapshot(
        parts, Self.server(parts, before: nil, group),
        standings: parts.federation.directories.isEmpty ? FederatedStandings() : standings.load(log), revision: 1,
        rules: rules, log: log),
      rules: rules, folders: folders, log: log)
    let (snapshots, loops) = (keeper, group)
    editor = parts.store.map { store in
      IdentityKeeper(
        store: store, revision: stored, lost: lost, log: log, sealer: { snapshots.current.keyRing.sealer },
        current: { snapshots.current.identities },
        change: { change in try await Self.changeIdentities(snapshots, on: loops.next(), change) })
    }
    keeper.serve(
      editor.map { editor in
        IAMService(
          editor: editor,
          declared: {
            let snapshot = snapshots.current
            return IAMService.Declared(
              federatedSecondsMax: snapshot.settings.sts.federatedServiceAccountMax.components.seconds,
              providerID: { snapshot.identities.declaredProviderID(arn: $0) },
              isAskedAgain: { snapshot.identities.federatedProvider(id: $0)?.staleMillisecondsMax != nil })
          }, isReserved: { snapshots.current.identities.isReserved($0) })
      })
    let notes = parts.store.map { StoreNotes($0, log: log) }
    self.notes = notes
    let limiter = ConnectionLimiter()
    let hostID = Base64.encode(try SecureRandom.bytes(24)).utf8
    let keeper = self.keeper
    var workers: [ObjectIdentifier: NIOLoopBound<Worker>] = [:]
    var metrics: [(eventLoop: any EventLoop, metrics: NIOLoopBound<LoopMetrics>)] = []
    for eventLoop in group.makeIterator() {
      let random = try SecureRandom.bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let (worker, loopMetrics) = try await eventLoop.submit {
        let worker = Worker(
          eventLoop: eventLoop, keeper: keeper, audit: audit, limiter: limiter, hostID: Array(hostID), seed: random,
          log: log, notes: notes)
        return (
          NIOLoopBound(worker, eventLoop: eventLoop), NIOLoopBound(worker.metrics, eventLoop: eventLoop)
        )
      }.get()
      workers[ObjectIdentifier(eventLoop)] = worker
      metrics.append((eventLoop, loopMetrics))
    }
    keeper.add(workers: Array(workers.values))
    server = GatewayServer(
      group: group, tls: tls, listening: Self.listening(settings), limiter: limiter, workers: workers, log: log)
    operations = OperationsServer(
      group: group, keeper: keeper, collector: MetricsCollector(metrics), audit: audit, editor: editor, notes: notes)
  }

  /// The one before where nothing about it has changed, with its connections.
  private static func server(
    _ parts: Parts, before: PolicyServer?, _ group: any EventLoopGroup
  ) -> PolicyServer? {
    guard let configuration = parts.policyServer else { return nil }
    if let before, before.configuration === configuration { return before }
    return PolicyServer(configuration, group: group)
  }

  private static func snapshot(
    _ parts: Parts, _ policyServer: PolicyServer?, standings: FederatedStandings = FederatedStandings(),
    revision: UInt64, rules: BucketRules, log: Logger
  ) throws -> Snapshot {
    var authorization = parts.identities.authorization
    authorization.rego = parts.rego
    authorization.standings = standings
    for bucket in Set(rules.policies.keys).union(rules.accessBlocks.keys) {
      guard let error = authorization.take(rules, of: bucket) else { continue }
      log.error("a bucket policy cannot be read", metadata: ["bucket": "\(bucket)", "error": "\(error)"])
    }
    return Snapshot(
      revision: revision, settings: parts.settings, identities: parts.identities, authorization: authorization,
      keyRing: parts.keyRing, routes: BackendRoutes(settings: parts.settings, backends: parts.backends),
      policyServer: policyServer, federation: parts.federation)
  }

  private static func listening(_ settings: GatewaySettings) -> GatewayServer.Listening {
    GatewayServer.Listening(
      connectionsMax: settings.limits.connectionsMax,
      connectionsPerAddressMax: settings.limits.connectionsPerAddressMax, trustedProxies: settings.trustedProxies,
      requiresProxyProtocol: settings.proxyProtocol == .required, handshakeTimeout: settings.tls.handshakeTimeout)
  }

  /// Starts both listeners.
  /// - Returns: the bound addresses, which name the ports that 0 stood for.
  public func start() async throws -> (gateway: SocketAddress, operations: SocketAddress) {
    let settings = keeper.current.settings
    if let editor {
      following.withLock {
        $0.append(Task.detached { await editor.follow() })
        $0.append(Task.detached { [notes] in await notes?.write() })
        $0.append(Task.detached { await editor.removeExpired { UnixTime.now().seconds } })
        $0.append(Task.detached { await editor.resealSecrets() })
      }
    }
    let refresher = StandingsRefresher(
      keeper: keeper, store: editor?.store, eventLoop: group.next(), file: standings, log: log)
    following.withLock { $0.append(Task.detached { await refresher.run() }) }
    let operations = try await self.operations.start(
      host: settings.operations.listen.host, port: Int(settings.operations.listen.port))
    let gateway = try await server.start(host: settings.listen.host, port: Int(settings.listen.port))
    return (gateway, operations)
  }

  /// Puts new settings and declared identities in force without dropping a connection. What is kept for buckets and
  /// the identities that are stored stay as they are.
  public func reload(_ parts: Parts) async throws {
    let (log, group) = (self.log, self.group)
    let keeper = self.keeper
    try await keeper.replace(on: group.next()) { current in
      var parts = parts
      parts.identities = parts.identities.keepingStored(of: current.identities)
      return try Self.snapshot(
        parts, Self.server(parts, before: current.policyServer, group),
        standings: current.authorization.standings, revision: current.revision + 1, rules: keeper.rules, log: log)
    }.get()
    server.take(Self.listening(parts.settings))
  }

  /// Puts another policy bundle in force; everything else stays.
  public func replace(rego: RegoAuthority?) async throws {
    try await keeper.replace(on: group.next()) { current in current.changing { $0.rego = rego } }.get()
  }

  /// Changes identities. Completes when the change is in force on every event loop of this node.
  /// - Parameter change: runs after all changes that were asked for earlier, on a thread that may block.
  public func changeIdentities(_ change: @escaping @Sendable (inout IdentityDirectory) -> Void) async throws {
    try await Self.changeIdentities(keeper, on: group.next(), change)
  }

  private static func changeIdentities(
    _ keeper: SnapshotKeeper, on eventLoop: any EventLoop,
    _ change: @escaping @Sendable (inout IdentityDirectory) -> Void
  ) async throws {
    try await keeper.replace(on: eventLoop) { current in
      var identities = current.identities
      change(&identities)
      return current.replacing(identities: identities)
    }.get()
  }

  /// The identities in force.
  public var identities: IdentityDirectory { keeper.current.identities }

  /// Stops accepting, lets running exchanges end, writes what is left of the audit log.
  public func shutdown() async {
    operations.beginShutdown()
    await server.shutdown(timeout: keeper.current.settings.limits.shutdownTimeout)
    await operations.shutdown()
    for task in following.withLock({ $0 }) { task.cancel() }
    await notes?.flush()
    await editor?.store.shutdown()
    await keeper.shutdown()
    await audit.shutdown()
    do {
      try await group.shutdownGracefully()
    } catch {
      log.warning("event loops did not end", metadata: ["error": "\(error)"])
    }
  }
}
