#if canImport(Glibc)
import Glibc
#endif

/// Wall-clock time, UTC, without leap seconds.
struct UnixTime: Sendable, Equatable {
  var seconds: Int64
  var nanoseconds: Int32 = 0

  static func now() -> UnixTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UnixTime(seconds: Int64(time.tv_sec), nanoseconds: Int32(truncatingIfNeeded: time.tv_nsec))
  }

  var milliseconds: Int64 { seconds * 1000 + Int64(nanoseconds) / 1_000_000 }

  /// `2026-01-31T12:00:00Z`
  var iso8601: String {
    let parts = civil
    return "\(pad(parts.year, 4))-\(pad(parts.month, 2))-\(pad(parts.day, 2))T"
      + "\(pad(parts.hour, 2)):\(pad(parts.minute, 2)):\(pad(parts.second, 2))Z"
  }

  /// `Sat, 31 Jan 2026 12:00:00 GMT` (RFC 9110 section 5.6.7).
  var httpDate: String {
    let parts = civil
    // Rounded down, before 1970 too.
    let days = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][Int((days % 7 + 7) % 7)]
    let month = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ][Int(parts.month) - 1]
    return "\(weekday), \(pad(parts.day, 2)) \(month) \(pad(parts.year, 4)) "
      + "\(pad(parts.hour, 2)):\(pad(parts.minute, 2)):\(pad(parts.second, 2)) GMT"
  }

  private func pad(_ number: Int32, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }

  private var civil: (year: Int32, month: Int32, day: Int32, hour: Int32, minute: Int32, second: Int32) {
    var time = time_t(seconds)
    var parts = tm()
    gmtime_r(&time, &parts)
    return (parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec)
  }
}
