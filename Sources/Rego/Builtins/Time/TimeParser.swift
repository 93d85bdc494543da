/// Reads a time by a layout, as Go's `time.Parse`; without an offset it is UTC.
struct TimeParser {
  private let layout: TimeLayout
  private let value: [UInt8]
  private var position = 0

  private var year = 0
  private var month = -1
  private var day = -1
  private var dayOfYear = -1
  private var hour = 0
  private var minute = 0
  private var second = 0
  private var nanosecond = 0
  private var isAfternoon: Bool?
  private var offset = 0

  private init(_ layout: TimeLayout, _ value: Text) {
    self.layout = layout
    self.value = value.bytes
  }

  /// Nanoseconds since 1970, which may lie beyond 64 bits.
  static func parse(_ value: Text, by layout: TimeLayout) throws(BuiltinError) -> Int128 {
    var parser = TimeParser(layout, value)
    return try parser.run()
  }

  private func refusal(_ reason: String = "") -> BuiltinError {
    let quotedValue = String(decoding: value, as: UTF8.self)
    let quotedLayout = String(decoding: layout.source, as: UTF8.self)
    if !reason.isEmpty { return .failed("parsing time \"\(quotedValue)\": \(reason)") }
    let rest = String(decoding: value[min(position, value.count)...], as: UTF8.self)
    return .failed("parsing time \"\(quotedValue)\" as \"\(quotedLayout)\": cannot parse \"\(rest)\"")
  }

  private mutating func run() throws(BuiltinError) -> Int128 {
    for (index, element) in layout.elements.enumerated() {
      let next = index + 1 < layout.elements.count ? layout.elements[index + 1] : nil
      try read(element, next)
    }
    guard position == value.count else {
      throw refusal("extra text: \"\(String(decoding: value[position...], as: UTF8.self))\"")
    }
    return try nanoseconds()
  }

  private mutating func read(_ element: TimeLayout.Element, _ next: TimeLayout.Element?) throws(BuiltinError) {
    switch element {
    case .text(let bytes): try skip(bytes)
    case .year: year = try digits(exactly: 4)
    case .shortYear:
      let short = try digits(exactly: 2)
      year = short >= 69 ? short + 1900 : short + 2000
    case .longMonth: month = try name(CivilDate.months) + 1
    case .month: month = try name(CivilDate.months.map { String($0.prefix(3)) }) + 1
    case .numericMonth: month = try inRange(digits(upTo: 2), 1...12, "month")
    case .paddedMonth: month = try inRange(digits(exactly: 2), 1...12, "month")
    case .longWeekday: _ = try name(CivilDate.weekdays)
    case .weekday: _ = try name(CivilDate.weekdays.map { String($0.prefix(3)) })
    case .day: day = try digits(upTo: 2)
    case .spacedDay:
      if position < value.count, value[position] == 0x20 { position += 1 }
      day = try digits(upTo: 2)
    case .paddedDay: day = try digits(exactly: 2)
    case .spacedDayOfYear:
      while position < value.count, value[position] == 0x20 { position += 1 }
      dayOfYear = try digits(upTo: 3)
    case .paddedDayOfYear: dayOfYear = try digits(exactly: 3)
    case .hour: hour = try inRange(digits(exactly: 2), 0...23, "hour")
    case .hour12: hour = try inRange(digits(upTo: 2), 0...12, "hour")
    case .paddedHour12: hour = try inRange(digits(exactly: 2), 0...12, "hour")
    case .minute: minute = try inRange(digits(upTo: 2), 0...59, "minute")
    case .paddedMinute: minute = try inRange(digits(exactly: 2), 0...59, "minute")
    case .second, .paddedSecond:
      second = try inRange(element == .second ? digits(upTo: 2) : digits(exactly: 2), 0...59, "second")
      // A fraction may follow though the layout has none.
      if case .fraction = next { return }
      let isSeparator = position < value.count && [UInt8(ascii: "."), UInt8(ascii: ",")].contains(value[position])
      if isSeparator, isDigit(position + 1) { try fraction(digits: nil) }
    case .upperHalf: try half("AM", "PM")
    case .lowerHalf: try half("am", "pm")
    case .zoneName: try zoneName()
    case .offset(let z, let colons, let parts): try readOffset(z, colons, parts)
    case .fraction(let digits, let trimmed, _):
      if trimmed {
        let isSeparator = position < value.count && [UInt8(ascii: "."), UInt8(ascii: ",")].contains(value[position])
        if isSeparator, isDigit(position + 1) { try fraction(digits: nil) }
      } else {
        try fraction(digits: digits)
      }
    }
  }

  private func isDigit(_ index: Int) -> Bool { index < value.count && (0x30...0x39).contains(value[index]) }

  /// A blank of the layout stands for any number of blanks.
  private mutating func skip(_ bytes: [UInt8]) throws(BuiltinError) {
    for byte in bytes {
      if byte == 0x20 {
        if position < value.count, value[position] != 0x20 { throw refusal() }
        while position < value.count, value[position] == 0x20 { position += 1 }
        continue
      }
      guard position < value.count, value[position] == byte else { throw refusal() }
      position += 1
    }
  }

  private mutating func digits(exactly count: Int) throws(BuiltinError) -> Int {
    var number = 0
    for index in position..<position + count {
      guard isDigit(index) else { throw refusal() }
      number = number * 10 + Int(value[index] - 0x30)
    }
    position += count
    return number
  }

  private mutating func digits(upTo count: Int) throws(BuiltinError) -> Int {
    var length = 0
    while length < count, isDigit(position + length) { length += 1 }
    guard length > 0 else { throw refusal() }
    return try digits(exactly: length)
  }

  private func inRange(_ number: Int, _ range: ClosedRange<Int>, _ what: String) throws(BuiltinError) -> Int {
    guard range.contains(number) else { throw refusal("\(what) out of range") }
    return number
  }

  /// The place of a name in a list; letters count without case.
  private mutating func name(_ names: [String]) throws(BuiltinError) -> Int {
    for (index, name) in names.enumerated() {
      let candidate = value[position...].prefix(name.utf8.count)
      if candidate.count == name.utf8.count,
        zip(candidate, name.utf8).allSatisfy({ $0 | 0x20 == $1 | 0x20 && ($0 | 0x20) >= 0x61 })
      {
        position += name.utf8.count
        return index
      }
    }
    throw refusal()
  }

  private mutating func half(_ morning: String, _ afternoon: String) throws(BuiltinError) {
    let text = value[position...].prefix(2)
    if text.elementsEqual(afternoon.utf8) {
      isAfternoon = true
    } else if text.elementsEqual(morning.utf8) {
      isAfternoon = false
    } else {
      throw refusal()
    }
    position += 2
  }

  private mutating func fraction(digits count: Int?) throws(BuiltinError) {
    guard position < value.count, [UInt8(ascii: "."), UInt8(ascii: ",")].contains(value[position]) else {
      throw refusal()
    }
    position += 1
    var scale = 100_000_000
    var length = 0
    nanosecond = 0
    while isDigit(position), count.map({ length < $0 }) ?? true {
      nanosecond += Int(value[position] - 0x30) * scale
      scale /= 10
      position += 1
      length += 1
    }
    guard length == count ?? length, length > 0 else { throw refusal() }
  }

  /// An abbreviation of three to five letters, `GMT±h` too. As in Go, which knows no offset of a name, it counts nothing.
  private mutating func zoneName() throws(BuiltinError) {
    let letters = value[position...].prefix { (0x41...0x5A).contains($0) }
    guard (3...5).contains(letters.count) else { throw refusal() }
    position += letters.count
    guard letters.elementsEqual("GMT".utf8), position < value.count,
      [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(value[position])
    else { return }
    position += 1
    guard try digits(upTo: 2) <= 23 else { throw refusal() }
  }

  private mutating func readOffset(_ z: Bool, _ colons: Bool, _ parts: Int) throws(BuiltinError) {
    if z, position < value.count, value[position] == UInt8(ascii: "Z") {
      position += 1
      offset = 0
      return
    }
    guard position < value.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(value[position]) else {
      throw refusal()
    }
    let sign = value[position] == UInt8(ascii: "-") ? -1 : 1
    position += 1
    var seconds = try inRange(digits(exactly: 2), 0...24, "time zone offset hour") * 3600
    for unit in [60, 1].prefix(parts - 1) {
      if colons { try skip([UInt8(ascii: ":")]) }
      seconds += try inRange(digits(exactly: 2), 0...60, "time zone offset minute") * unit
    }
    offset = sign * seconds
  }

  private mutating func nanoseconds() throws(BuiltinError) -> Int128 {
    if let isAfternoon {
      if isAfternoon, hour < 12 { hour += 12 } else if !isAfternoon, hour == 12 { hour = 0 }
    }
    if dayOfYear >= 0 {
      guard (1...(CivilDate.isLeap(year) ? 366 : 365)).contains(dayOfYear) else {
        throw refusal("day-of-year out of range")
      }
      let date = CivilDate(
        daysSince1970: CivilDate(year: year, month: 1, day: 1).daysSince1970 + dayOfYear - 1)
      if month >= 0, month != date.month { throw refusal("day-of-year does not match month") }
      if day >= 0, day != date.day { throw refusal("day-of-year does not match day") }
      (month, day) = (date.month, date.day)
    }
    if month < 0 { month = 1 }
    if day < 0 { day = 1 }
    guard (1...CivilDate.dayCount(year, month)).contains(day) else { throw refusal("day out of range") }
    let days = CivilDate(year: year, month: month, day: day).daysSince1970
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
    return Int128(seconds) * 1_000_000_000 + Int128(nanosecond)
  }
}
