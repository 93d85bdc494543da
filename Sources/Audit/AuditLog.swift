import NIOCore
import Settings

/// Collects the audit lines of one event loop. Used on that loop only; takes no lock but to hand over a chunk.
public final class AuditLog {
  private let sink: AuditSink
  private let eventLoop: any EventLoop
  private let flushInterval: TimeAmount
  private var writer = AuditLineWriter()
  private var lines: [UInt8] = []
  private var isFlushScheduled = false

  init(_ sink: AuditSink, _ eventLoop: any EventLoop) {
    self.sink = sink
    self.eventLoop = eventLoop
    let (seconds, attoseconds) = sink.settings.flushInterval.components
    flushInterval = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }

  /// See ``AuditSink/isAccepting``.
  public var isAccepting: Bool { sink.isAccepting }

  /// Adds one line. Never blocks; where there is no room the line is dropped and counted.
  public func append(_ record: borrowing AuditRecord) {
    guard sink.settings.output != .off else { return }
    guard !sink.isFull else {
      sink.countDropped()
      return
    }
    writer.append(record, to: &lines)
    if lines.count >= sink.settings.flushBytes {
      flush()
    } else if !isFlushScheduled {
      isFlushScheduled = true
      eventLoop.assumeIsolated().scheduleTask(in: flushInterval) {
        self.isFlushScheduled = false
        self.flush()
      }
    }
  }

  /// Hands over what has been collected. Call before the loop ends.
  public func flush() {
    guard !lines.isEmpty else { return }
    let chunk = lines
    lines = []
    lines.reserveCapacity(min(chunk.count, sink.settings.flushBytes) + 1024)
    sink.take(chunk)
  }
}

@available(*, unavailable)
extension AuditLog: Sendable {}
