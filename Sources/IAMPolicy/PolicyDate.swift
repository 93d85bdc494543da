public import S3Model

/// An instant, in milliseconds since 1970-01-01T00:00:00Z.
public struct PolicyDate: Hashable, Comparable, Sendable {
  public let milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  public init(seconds: Int64) { milliseconds = seconds.multipliedReportingOverflow(by: 1000).partialValue }

  public static func < (left: PolicyDate, right: PolicyDate) -> Bool { left.milliseconds < right.milliseconds }

  /// Parses a W3C profile of ISO 8601 (`2024`, `2024-01`, `2024-01-31`, `2024-01-31T12:00Z`, seconds, fractions,
  /// offsets), the basic form `20240131T120000Z`, or epoch time: seconds up to eleven digits, beyond that milliseconds.
  ///
  /// Source: IAM User Guide, "Date condition operators".
  public init?(parsing text: some Collection<UInt8>) {
    var scanner = DateScanner(bytes: Array(text))
    guard let milliseconds = scanner.scan() else { return nil }
    self.milliseconds = milliseconds
  }

  /// An epoch number, as ``init(parsing:)`` reads it.
  static func epoch(_ number: Int64) -> PolicyDate {
    number.magnitude > 99_999_999_999 ? PolicyDate(milliseconds: number) : PolicyDate(seconds: number)
  }

  /// `2024-01-31T12:00:00Z`; milliseconds are left out.
  public var bytes: ByteString {
    let seconds = milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
    let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    let rest = seconds - day * 86_400
    // Civil from days (proleptic Gregorian), eras of 400 years starting in March.
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let dayOfMonth = dayOfYear - (153 * monthIndex + 2) / 5 + 1
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func padded(_ number: Int64, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))"
    let time = "\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))"
    return ByteString("\(date)T\(time)Z")
  }
}

/// Reads the forms of ``PolicyDate/init(parsing:)``.
private struct DateScanner {
  let bytes: [UInt8]
  var index = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func scan() -> Int64? {
    let unsigned = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes[...]
    if unsigned.count > 4 || bytes.count != unsigned.count, (1...18).contains(unsigned.count),
      unsigned.allSatisfy({ $0 &- 0x30 < 10 })
    {
      let number = unsigned.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
      return PolicyDate.epoch(bytes.count == unsigned.count ? number : -number).milliseconds
    }
    guard bytes.count <= 40 else { return nil }
    return calendar()
  }

  private mutating func calendar() -> Int64? {
    guard let year = digits(4) else { return nil }
    var month: Int64 = 1
    var day: Int64 = 1
    var milliseconds: Int64 = 0
    let basic = index < bytes.count && bytes[index] != UInt8(ascii: "-")
    if index < bytes.count {
      guard basic || take("-"), let value = digits(2) else { return nil }
      month = value
      if index < bytes.count {
        guard basic || take("-"), let value = digits(2) else { return nil }
        day = value
      }
      if index < bytes.count {
        guard take("T"), let time = time(basic: basic) else { return nil }
        milliseconds = time
      }
    }
    guard (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day), index == bytes.count else {
      return nil
    }
    return Self.dayNumber(year, month, day) * 86_400_000 + milliseconds
  }

  /// Milliseconds since midnight UTC, which an offset can push out of the day.
  private mutating func time(basic: Bool) -> Int64? {
    guard let hour = digits(2), basic || take(":"), let minute = digits(2) else { return nil }
    var second: Int64 = 0
    var fraction: Int64 = 0
    if basic || peek(":") {
      guard basic || take(":"), let value = digits(2) else { return nil }
      second = value
      if take(".") {
        var scale: Int64 = 100
        var count = 0
        while index < bytes.count, bytes[index] &- 0x30 < 10 {
          fraction += Int64(bytes[index] - 0x30) * scale
          scale /= 10
          index += 1
          count += 1
        }
        guard count > 0 else { return nil }
      }
    }
    guard hour < 24, minute < 60, second < 61, let offset = offset() else { return nil }
    return ((hour * 60 + minute - offset) * 60 + second) * 1000 + fraction
  }

  /// Minutes east of UTC.
  private mutating func offset() -> Int64? {
    if take("Z") { return 0 }
    let west = peek("-")
    guard take("+") || take("-"), let hours = digits(2), hours < 24 else { return nil }
    _ = take(":")
    guard let minutes = digits(2), minutes < 60 else { return nil }
    return (west ? -1 : 1) * (hours * 60 + minutes)
  }

  private mutating func digits(_ count: Int) -> Int64? {
    guard index + count <= bytes.count else { return nil }
    var number: Int64 = 0
    for byte in bytes[index..<(index + count)] {
      guard byte &- 0x30 < 10 else { return nil }
      number = number * 10 + Int64(byte - 0x30)
    }
    index += count
    return number
  }

  private func peek(_ character: Unicode.Scalar) -> Bool {
    index < bytes.count && bytes[index] == UInt8(ascii: character)
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek(character) else { return false }
    index += 1
    return true
  }

  private static func days(in month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01 (proleptic Gregorian).
  private static func dayNumber(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
