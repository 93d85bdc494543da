public import Logging
public import NIOCore
import NIOPosix
public import Settings
import Synchronization

/// Writes audit lines to a file or to standard output, from a thread of its own.
///
/// Event loops collect lines in an ``AuditLog`` each and hand them over by the chunk: after `audit.flush_interval`
/// (100 ms), or at once when there are `audit.flush_bytes`. So a process that is killed loses the lines of the last
/// interval and no others, and one that ends in order loses none. Lines of one loop stay in order; lines of different
/// loops are ordered by chunk only, which is what their time is for.
///
/// Memory is bounded by `audit.buffer_bytes_max`. When the disk is slow or full, `audit.on_full` decides: `refuse` makes
/// ``isAccepting`` false at half of it, the rest being for requests already running; `drop` loses lines beyond it, and
/// counts them.
public final class AuditSink: Sendable {
  let settings: AuditSettings
  private let queue = AuditQueue()
  private let pool: NIOThreadPool
  private let counters = AuditCounters()

  /// Opens the output and starts the thread.
  public init(_ settings: AuditSettings, log: Logger) throws(AuditError) {
    self.settings = settings
    pool = NIOThreadPool(numberOfThreads: 1)
    let file: AuditFile
    switch settings.output {
    case .off: return
    case .stdout: file = AuditFile()
    case .file: file = try AuditFile(path: settings.file)
    }
    let writer = AuditWriter(file: file, queue: queue, counters: counters, isSyncing: settings.fsync, log: log)
    pool.start()
    pool.submit { _ in writer.run() }
  }

  /// The part of one event loop. Call on that loop, once.
  public func makeLog(on eventLoop: any EventLoop) -> AuditLog { AuditLog(self, eventLoop) }

  /// Whether new requests may start. False only with `audit.on_full: refuse` and too many lines waiting.
  public var isAccepting: Bool {
    settings.onFull == .drop || counters.waitingBytes < settings.bufferBytesMax / 2
  }

  /// Lines lost since the start.
  public var linesDropped: UInt64 { counters.linesDropped }

  /// Bytes handed over and not yet written.
  public var waitingBytes: Int { counters.waitingBytes }

  /// Failed attempts to write since the start.
  public var writeErrors: UInt64 { counters.writeErrors }

  /// Opens the file anew, after logrotate has renamed it.
  public func reopen() {
    if settings.output != .off { queue.reopen() }
  }

  /// Writes what has been handed over, then ends the thread. Every ``AuditLog`` must have been flushed before.
  ///
  /// Where writing fails, it is tried for about five seconds; then the rest is counted as dropped.
  public func shutdown() async {
    guard settings.output != .off else { return }
    queue.close()
    // Waits for the running item, which ends when the queue is closed and empty.
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      pool.shutdownGracefully { _ in continuation.resume() }
    }
  }

  func take(_ chunk: [UInt8]) {
    counters.addWaiting(chunk.count)
    queue.append(chunk)
  }

  var isFull: Bool { counters.waitingBytes >= settings.bufferBytesMax }

  func countDropped() { counters.addDropped(1) }
}

/// Numbers that loops, thread and scrapes share. They guard nothing, so relaxed order will do.
final class AuditCounters: Sendable {
  private let waiting = Atomic<Int>(0)
  private let dropped = Atomic<UInt64>(0)
  private let errors = Atomic<UInt64>(0)

  var waitingBytes: Int { waiting.load(ordering: .relaxed) }
  var linesDropped: UInt64 { dropped.load(ordering: .relaxed) }
  var writeErrors: UInt64 { errors.load(ordering: .relaxed) }

  func addWaiting(_ bytes: Int) { waiting.wrappingAdd(bytes, ordering: .relaxed) }
  func addDropped(_ lines: UInt64) { dropped.wrappingAdd(lines, ordering: .relaxed) }
  func addError() { errors.wrappingAdd(1, ordering: .relaxed) }
}
