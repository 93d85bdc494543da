import Logging
import Settings

/// What the writing thread does. Used by that thread only.
///
/// Unchecked: made by the sink, then handed to the one thread that runs it.
final class AuditWriter: @unchecked Sendable {
  private var file: AuditFile
  private let queue: AuditQueue
  private let counters: AuditCounters
  private let isSyncing: Bool
  private let log: Logger

  private var chunks: [[UInt8]] = []
  /// Bytes of the first chunk that are written.
  private var offset = 0
  private var isFailing = false
  private var droppedReported: UInt64 = 0
  private var reportTime: ContinuousClock.Instant?

  private static let retrySeconds = 0.25
  /// Between two warnings about dropped lines.
  private static let reportInterval = Duration.seconds(10)
  private static let closingAttemptsMax = 20

  init(file: consuming AuditFile, queue: AuditQueue, counters: AuditCounters, isSyncing: Bool, log: Logger) {
    self.file = file
    self.queue = queue
    self.counters = counters
    self.isSyncing = isSyncing
    self.log = log
  }

  func run() {
    var closingAttempts = 0
    while true {
      let work = queue.take(waitingSecondsMax: chunks.isEmpty ? nil : Self.retrySeconds)
      chunks += work.chunks
      if work.isReopening { reopen() }
      writeAll()
      report()
      // A timeout brings no flags; what closed once stays closed.
      if work.isClosing || closingAttempts > 0 {
        closingAttempts += 1
        if chunks.isEmpty { return }
        if closingAttempts > Self.closingAttemptsMax { return giveUp() }
      }
    }
  }

  private func writeAll() {
    guard !chunks.isEmpty else { return }
    var done = 0
    defer { chunks.removeFirst(done) }
    while done < chunks.count {
      switch file.write(chunks[done][offset...]) {
      case .bytes(let count):
        offset += count
        guard offset == chunks[done].count else { continue }
        counters.addWaiting(-offset)
        offset = 0
        done += 1
      case .failed(let code):
        return fail(code)
      }
    }
    if isSyncing, let code = file.sync() { return fail(code) }
    if isFailing {
      isFailing = false
      log.notice("audit lines are written again", metadata: ["dropped": "\(counters.linesDropped)"])
    }
  }

  private func fail(_ code: Int32) {
    counters.addError()
    guard !isFailing else { return }
    isFailing = true
    log.error("audit lines cannot be written", metadata: ["cause": "\(FileFault.system(errno: code))"])
  }

  private func reopen() {
    // What the old file got of a line is cut off there; the whole line goes to the new one.
    if offset > 0, let chunk = chunks.first {
      let end = chunk[..<offset].lastIndex(of: 0x0A)
      offset = end.map { $0 + 1 } ?? 0
    }
    do throws(AuditError) {
      try file.reopen()
    } catch {
      counters.addError()
      log.error("audit file cannot be opened anew, the old one stays", metadata: ["cause": "\(error)"])
    }
  }

  private func report() {
    let dropped = counters.linesDropped
    guard dropped > droppedReported else { return }
    let now = ContinuousClock.now
    if let reportTime, now - reportTime < Self.reportInterval { return }
    reportTime = now
    log.warning("audit lines were dropped", metadata: ["lines": "\(dropped - droppedReported)"])
    droppedReported = dropped
  }

  private func giveUp() {
    var lines: UInt64 = 0
    for (index, chunk) in chunks.enumerated() {
      lines += UInt64((index == 0 ? chunk[offset...] : chunk[...]).count { $0 == 0x0A })
    }
    counters.addDropped(lines)
    log.error("audit lines were lost at the end", metadata: ["lines": "\(lines)"])
  }
}
