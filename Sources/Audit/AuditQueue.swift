import NIOConcurrencyHelpers

/// Chunks of lines on their way from the event loops to the writing thread.
///
/// Unchecked: every stored property is touched with the lock held.
final class AuditQueue: @unchecked Sendable {
  struct Work {
    var chunks: [[UInt8]] = []
    var isReopening = false
    var isClosing = false
  }

  /// True while there is something to do.
  private let lock = ConditionLock(value: false)
  private var work = Work()

  func append(_ chunk: [UInt8]) { change { $0.chunks.append(chunk) } }

  func reopen() { change { $0.isReopening = true } }

  func close() { change { $0.isClosing = true } }

  private func change(_ body: (inout Work) -> Void) {
    lock.lock()
    body(&work)
    lock.unlock(withValue: true)
  }

  /// Takes everything there is; waits for something, but not longer than the given time.
  func take(waitingSecondsMax: Double?) -> Work {
    if let waitingSecondsMax {
      guard lock.lock(whenValue: true, timeoutSeconds: waitingSecondsMax) else { return Work() }
    } else {
      lock.lock(whenValue: true)
    }
    let taken = work
    // Closing stays true: the thread must see it again if it could not finish.
    work = Work(isClosing: taken.isClosing)
    lock.unlock(withValue: false)
    return taken
  }
}
