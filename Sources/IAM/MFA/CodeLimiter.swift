import S3Model
import Synchronization

/// How many codes may be tried with one device in a while, on this node: guessing six digits takes too long then.
///
/// Three codes of a million are right at any time; five guesses in half a minute are a chance of one in sixty thousand.
final class CodeLimiter: Sendable {
  static let triesMax = 5
  static let windowSeconds: Int64 = 30
  /// Devices remembered: those of the window, and a bound for who tries many.
  static let devicesMax = 100_000

  private struct Tries {
    var start: Int64
    var count: Int
  }

  private let tries = Mutex<[ByteString: Tries]>([:])

  /// Counts a try.
  /// - Parameter now: in seconds since 1970.
  /// - Returns: false when there were too many; the code must not be looked at then.
  func mayTry(_ device: ByteString, now: Int64) -> Bool {
    tries.withLock { tries in
      if tries.count >= Self.devicesMax {
        tries = tries.filter { now - $0.value.start < Self.windowSeconds }
        if tries.count >= Self.devicesMax { return false }
      }
      var entry = tries[device] ?? Tries(start: now, count: 0)
      if now - entry.start >= Self.windowSeconds || now < entry.start { entry = Tries(start: now, count: 0) }
      entry.count += 1
      tries[device] = entry
      return entry.count <= Self.triesMax
    }
  }
}
