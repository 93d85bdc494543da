import HTTPWire

/// A moment as signatures write it: `yyyyMMdd'T'HHmmss'Z'`, UTC.
public struct SigningDate: Hashable, Sendable {
  /// Since 1970-01-01T00:00:00Z, without leap seconds.
  public let unixSeconds: Int64

  public init(unixSeconds: Int64) {
    self.unixSeconds = unixSeconds
  }

  /// - Parameter basic: exactly `yyyyMMdd'T'HHmmss'Z'` naming a real moment, else nil.
  public init?(basic text: UnsafeBufferPointer<UInt8>) {
    guard text.count == 16, text[8] == 0x54, text[15] == 0x5A,
      let days = Self.days(text, at: 0),
      let hour = Self.number(text, 9, 2), let minute = Self.number(text, 11, 2), let second = Self.number(text, 13, 2),
      hour < 24, minute < 60, second < 60
    else { return nil }
    unixSeconds = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
  }

  /// - Parameter text: an HTTP date in its fixed form, `Fri, 24 May 2013 00:00:00 GMT` (RFC 9110 section 5.6.7).
  public init?(imfFixdate text: UnsafeBufferPointer<UInt8>) {
    guard text.count == 29, text[3] == 0x2C, text[4] == 0x20, text[7] == 0x20, text[11] == 0x20, text[16] == 0x20,
      text[19] == 0x3A, text[22] == 0x3A, UnsafeBufferPointer(rebasing: text[25...]).equals(" GMT"),
      let day = Self.number(text, 5, 2), let year = Self.number(text, 12, 4), let month = Self.month(text),
      let hour = Self.number(text, 17, 2), let minute = Self.number(text, 20, 2), let second = Self.number(text, 23, 2),
      hour < 24, minute < 60, second < 60, let days = Self.days(year: year, month: month, day: day)
    else { return nil }
    unixSeconds = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
  }

  /// - Parameter text: ISO 8601 extended, `2015-12-30T12:00:00.000Z`, the fraction optional, as POST policies write it.
  init?(extended text: UnsafeBufferPointer<UInt8>) {
    guard text.count >= 20, text.count <= 30, text[4] == 0x2D, text[7] == 0x2D, text[10] == 0x54, text[13] == 0x3A,
      text[16] == 0x3A, text[text.count - 1] == 0x5A,
      let year = Self.number(text, 0, 4), let month = Self.number(text, 5, 2), let day = Self.number(text, 8, 2),
      let hour = Self.number(text, 11, 2), let minute = Self.number(text, 14, 2), let second = Self.number(text, 17, 2),
      hour < 24, minute < 60, second < 60, let days = Self.days(year: year, month: month, day: day)
    else { return nil }
    if text.count > 20 {
      guard text[19] == 0x2E, text.count > 21, Self.number(text, 20, text.count - 21) != nil else { return nil }
    }
    unixSeconds = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
  }

  /// Days since 1970-01-01.
  var unixDay: Int64 { Self.floorDivide(unixSeconds, 86_400) }

  /// Appends the 16 bytes of the basic form. Years 0 to 9999.
  public func appendBasic(to output: inout [UInt8]) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { text in
      text.initialize(repeating: 0x54)
      writeDay(text)
      let seconds = Int(unixSeconds - unixDay * 86_400)
      Self.writePair(seconds / 3600, text, at: 9)
      Self.writePair(seconds / 60 % 60, text, at: 11)
      Self.writePair(seconds % 60, text, at: 13)
      text[15] = 0x5A
      output.append(contentsOf: text)
    }
  }

  /// Appends the 8 bytes of the day, `yyyyMMdd`.
  public func appendDay(to output: inout [UInt8]) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 8) { text in
      text.initialize(repeating: 0)
      writeDay(text)
      output.append(contentsOf: text)
    }
  }

  private func writeDay(_ text: UnsafeMutableBufferPointer<UInt8>) {
    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    let shifted = Int(unixDay) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    Self.writePair(year / 100, text, at: 0)
    Self.writePair(year % 100, text, at: 2)
    Self.writePair(month, text, at: 4)
    Self.writePair(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, text, at: 6)
  }

  @inline(__always)
  private static func writePair(_ value: Int, _ text: UnsafeMutableBufferPointer<UInt8>, at index: Int) {
    text[index] = 0x30 + UInt8(truncatingIfNeeded: value / 10 % 10)
    text[index + 1] = 0x30 + UInt8(truncatingIfNeeded: value % 10)
  }

  /// Whether this moment lies on the day `yyyyMMdd`.
  func isOnDay(_ day: ArraySlice<UInt8>) -> Bool {
    guard day.count == 8 else { return false }
    return day.withUnsafeBufferPointer { day in
      guard let days = Self.days(day, at: 0) else { return false }
      return Int64(days) == unixDay
    }
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
  }

  /// Whether the bytes are eight digits naming a real day.
  static func isDay(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    text.count == 8 && days(text, at: 0) != nil
  }

  private static func days(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Int? {
    guard let year = number(text, start, 4), let month = number(text, start + 4, 2),
      let day = number(text, start + 6, 2)
    else { return nil }
    return days(year: year, month: month, day: day)
  }

  /// Days since 1970-01-01; nil when there is no such day.
  private static func days(year: Int, month: Int, day: Int) -> Int? {
    guard month >= 1, month <= 12, day >= 1 else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let monthDays =
      switch month {
      case 2: isLeap ? 29 : 28
      case 4, 6, 9, 11: 30
      default: 31
      }
    guard day <= monthDays else { return nil }
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func number(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int) -> Int? {
    var value = 0
    for index in start..<(start + count) {
      guard ASCII.isDigit(text[index]) else { return nil }
      value = value * 10 + Int(text[index] - 0x30)
    }
    return value
  }

  private static func month(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
    let names: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"
    for month in 0..<12 {
      let name = UnsafeBufferPointer(start: names.utf8Start + month * 3, count: 3)
      if text[8..<11].elementsEqual(name) { return month + 1 }
    }
    return nil
  }
}
