import Glibc

/// Time for measurements and for `time.now_ns`.
public enum Clock {
  /// Since 1970.
  public static var nowNanoseconds: Int64 { read(CLOCK_REALTIME) }
  /// Never goes back.
  public static var ticksNanoseconds: Int64 { read(CLOCK_MONOTONIC) }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
