/// The POSIX rule at the end of a TZif file, such as `CET-1CEST,M3.5.0,M10.5.0/3`.
/// Source: RFC 8536 section 3.3, POSIX.1 "TZ".
struct ZoneRule: Sendable {
  private enum Day: Sendable {
    /// 1 to 365, February 29 is not counted.
    case julian(Int)
    /// 0 to 365, February 29 is counted.
    case dayOfYear(Int)
    case weekday(month: Int, week: Int, weekday: Int)
  }

  private struct Change: Sendable {
    var day: Day
    /// Seconds after midnight, may be negative or beyond a day.
    var time: Int
  }

  private var standard: ZoneInfo.Kind
  private var daylight: (kind: ZoneInfo.Kind, start: Change, end: Change)?

  init?(_ text: ArraySlice<UInt8>) {
    var reader = Reader(rest: text)
    guard let name = reader.name(), let offset = reader.offset() else { return nil }
    standard = ZoneInfo.Kind(offset: -offset, abbreviation: name)
    if reader.rest.isEmpty { return }
    guard let daylightName = reader.name() else { return nil }
    var daylightOffset = -offset + 3600
    if reader.rest.first != UInt8(ascii: ",") {
      guard let offset = reader.offset() else { return nil }
      daylightOffset = -offset
    }
    guard reader.take(","), let start = reader.change(), reader.take(","), let end = reader.change(),
      reader.rest.isEmpty
    else { return nil }
    daylight = (ZoneInfo.Kind(offset: daylightOffset, abbreviation: daylightName), start, end)
  }

  func kind(at seconds: Int64) -> ZoneInfo.Kind {
    guard let daylight else { return standard }
    let year = CivilDate(daysSince1970: Self.days(seconds + Int64(standard.offset))).year
    let start = Self.seconds(of: daylight.start, year) - Int64(standard.offset)
    let end = Self.seconds(of: daylight.end, year) - Int64(daylight.kind.offset)
    let isDaylight = start < end ? (start..<end).contains(seconds) : !(end..<start).contains(seconds)
    return isDaylight ? daylight.kind : standard
  }

  private static func days(_ seconds: Int64) -> Int {
    Int(seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400)
  }

  /// Local seconds since 1970 at which a change happens in a year.
  private static func seconds(of change: Change, _ year: Int) -> Int64 {
    let newYear = CivilDate(year: year, month: 1, day: 1).daysSince1970
    let day: Int
    switch change.day {
    case .julian(let number): day = newYear + number - 1 + (CivilDate.isLeap(year) && number >= 60 ? 1 : 0)
    case .dayOfYear(let number): day = newYear + number
    case .weekday(let month, let week, let weekday):
      let first = CivilDate(year: year, month: month, day: 1).daysSince1970
      var found = first + (weekday - CivilDate.weekday(first) + 7) % 7 + (week - 1) * 7
      if found >= first + CivilDate.dayCount(year, month) { found -= 7 }
      day = found
    }
    return Int64(day) * 86_400 + Int64(change.time)
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(character.value) else { return false }
      rest.removeFirst()
      return true
    }

    mutating func name() -> Text? {
      if take("<") {
        let name = rest.prefix { $0 != UInt8(ascii: ">") }
        rest = rest.dropFirst(name.count)
        return take(">") ? Text(bytes: Array(name)) : nil
      }
      let name = rest.prefix { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
      rest = rest.dropFirst(name.count)
      return name.count >= 3 ? Text(bytes: Array(name)) : nil
    }

    mutating func number() -> Int? {
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      guard (1...3).contains(digits.count) else { return nil }
      rest = rest.dropFirst(digits.count)
      return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func offset() -> Int? {
      let sign = take("-") ? -1 : 1
      if sign == 1 { _ = take("+") }
      guard let hours = number() else { return nil }
      var seconds = hours * 3600
      for unit in [60, 1] where take(":") {
        guard let part = number() else { return nil }
        seconds += part * unit
      }
      return sign * seconds
    }

    mutating func change() -> Change? {
      let day: Day
      if take("J") {
        guard let number = number(), (1...365).contains(number) else { return nil }
        day = .julian(number)
      } else if take("M") {
        guard let month = number(), (1...12).contains(month), take("."), let week = number(), (1...5).contains(week),
          take("."), let weekday = number(), (0...6).contains(weekday)
        else { return nil }
        day = .weekday(month: month, week: week, weekday: weekday)
      } else {
        guard let number = number(), (0...365).contains(number) else { return nil }
        day = .dayOfYear(number)
      }
      guard take("/") else { return Change(day: day, time: 7200) }
      return offset().map { Change(day: day, time: $0) }
    }
  }
}
