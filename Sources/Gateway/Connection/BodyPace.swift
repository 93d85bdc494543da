import NIOCore

/// How long a client may take before more of its body must have come.
///
/// It begins with a whole timeout. Each byte buys time at the lowest rate allowed, up to the whole again, so that one
/// byte now and then does not hold a connection. Time in which the gateway does not want the body costs nothing.
struct BodyPace {
  private(set) var deadline: NIODeadline
  private var pause: NIODeadline?

  init(at now: NIODeadline, timeout: TimeAmount) { deadline = now + timeout }

  /// - Parameter bytesPerSecondMin: 0 for any rate: then every byte buys the whole timeout.
  mutating func receive(_ bytes: Int, at now: NIODeadline, timeout: TimeAmount, bytesPerSecondMin: Int) {
    guard bytesPerSecondMin > 0 else {
      deadline = now + timeout
      return
    }
    // One piece is far below the 9 GB at which this would overflow.
    let bought = TimeAmount.nanoseconds(Int64(min(bytes, 1 << 30)) * 1_000_000_000 / Int64(bytesPerSecondMin))
    deadline = min(deadline + bought, now + timeout)
  }

  mutating func pause(at now: NIODeadline) {
    if pause == nil { pause = now }
  }

  mutating func resume(at now: NIODeadline) {
    guard let pause else { return }
    self.pause = nil
    deadline = deadline + (now - pause)
  }
}
