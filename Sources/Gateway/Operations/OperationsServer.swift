import Audit
import Backend
import Identity
import IdentityStore
import NIOCore
import NIOPosix
import Synchronization
import Telemetry

/// `/metrics` and `/healthz/{live,ready}`, and MinIO's health paths, on a listener of its own.
final class OperationsServer: Sendable {
  private let group: any EventLoopGroup
  private let keeper: SnapshotKeeper
  private let collector: MetricsCollector
  private let audit: AuditSink
  private let editor: IdentityKeeper<IdentityDirectory>?
  private let notes: StoreNotes?
  private let isShuttingDown = Atomic<Bool>(false)
  private let listener = Mutex<(any Channel)?>(nil)

  init(
    group: any EventLoopGroup, keeper: SnapshotKeeper, collector: MetricsCollector, audit: AuditSink,
    editor: IdentityKeeper<IdentityDirectory>? = nil, notes: StoreNotes? = nil
  ) {
    self.editor = editor
    self.notes = notes
    self.group = group
    self.keeper = keeper
    self.collector = collector
    self.audit = audit
  }

  func start(host: String, port: Int) async throws -> SocketAddress {
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            OperationsHandler { [self] path, eventLoop in answer(path, eventLoop) })
        }
      }
    let channel = try await bootstrap.bind(host: host, port: port).get()
    listener.withLock { $0 = channel }
    guard let address = channel.localAddress else { throw ChannelError.unknownLocalAddress }
    return address
  }

  /// From now on the node is not ready, so that balancers take it out while running requests end.
  func beginShutdown() { isShuttingDown.store(true, ordering: .relaxed) }

  func shutdown() async {
    let channel = listener.withLock { channel in
      let taken = channel
      channel = nil
      return taken
    }
    // A listener that is closed already is what is wanted.
    _ = try? await channel?.close().get()
  }

  private func answer(_ path: String, _ eventLoop: any EventLoop) -> EventLoopFuture<OperationsHandler.Answer> {
    switch path {
    case "/healthz/live", "/minio/health/live":
      return eventLoop.makeSucceededFuture(Self.text(200, "live\n"))
    case "/healthz/ready", "/healthz/cluster", "/minio/health/ready", "/minio/health/cluster",
      "/minio/health/cluster/read":
      return eventLoop.makeSucceededFuture(readiness())
    case "/metrics", "/minio/v2/metrics/cluster":
      return metrics(eventLoop)
    default:
      return eventLoop.makeSucceededFuture(Self.text(404, "not found\n"))
    }
  }

  private func readiness() -> OperationsHandler.Answer {
    if isShuttingDown.load(ordering: .relaxed) { return Self.text(503, "shutting down\n") }
    if !audit.isAccepting { return Self.text(503, "audit log is full\n") }
    let missing = keeper.current.routes.backends.filter { !$0.isReady() }.map(\.name)
    guard missing.isEmpty else { return Self.text(503, "not reachable: \(missing.joined(separator: ", "))\n") }
    if let status = editor?.status, !status.isLoaded {
      // Others have read it: balancers go there, and a rolling restart waits.
      let reason = status.error.map { ": \($0)" } ?? ""
      return Self.text(503, "the identity store has not been read, only declared identities are served\(reason)\n")
    }
    if let status = editor?.status, !status.isUp {
      // Requests are served by what is known; taking every node out at once would help nobody.
      return Self.text(200, "ready\ndegraded: the identity store is not reachable\n")
    }
    return Self.text(200, "ready\n")
  }

  private func metrics(_ eventLoop: any EventLoop) -> EventLoopFuture<OperationsHandler.Answer> {
    let loops = collector.collect(on: eventLoop)
    let keeper = self.keeper
    let audit = self.audit
    let (editor, notes) = (self.editor, self.notes)
    // Reading /proc may block.
    let process = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
      var sample = ProcessSample.current()
      sample.auditLinesDropped = audit.linesDropped
      sample.auditWaitingBytes = UInt64(audit.waitingBytes)
      sample.auditWriteErrors = audit.writeErrors
      sample.identityStore = editor.map { Self.sample($0, notes) }
      sample.snapshotRevision = keeper.current.revision
      return sample
    }
    return loops.and(process).map { loops, process in
      OperationsHandler.Answer(
        status: 200, contentType: MetricsPage.contentType, body: ByteBuffer(bytes: MetricsPage.render(loops, process)))
    }
  }

  private static func sample(
    _ editor: IdentityKeeper<IdentityDirectory>, _ notes: StoreNotes?
  ) -> IdentityStoreSample {
    let status = editor.status
    var sample = IdentityStoreSample(name: editor.store.name)
    sample.isUp = status.isUp
    sample.revision = status.revision.number
    sample.lostSeconds = status.lost.map { ($0.duration(to: .now)) / .seconds(1) } ?? 0
    sample.commits = status.commits
    sample.conflicts = status.conflicts
    sample.failures = status.failures
    sample.reloads = status.reloads
    sample.notesDropped = UInt64(notes?.dropped ?? 0)
    return sample
  }

  private static func text(_ status: UInt16, _ text: String) -> OperationsHandler.Answer {
    OperationsHandler.Answer(status: status, contentType: "text/plain; charset=utf-8", body: ByteBuffer(string: text))
  }
}
