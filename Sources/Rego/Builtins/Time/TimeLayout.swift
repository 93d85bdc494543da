/// A layout as Go's `time` package writes it: by how the time of January 2, 15:04:05 2006 MST would look.
/// Source: Go, time.Layout.
struct TimeLayout {
  enum Element: Equatable {
    case text([UInt8])
    case year, shortYear
    case longMonth, month, numericMonth, paddedMonth
    case longWeekday, weekday
    case day, spacedDay, paddedDay, spacedDayOfYear, paddedDayOfYear
    case hour, hour12, paddedHour12
    case minute, paddedMinute, second, paddedSecond
    case upperHalf, lowerHalf
    case zoneName
    /// `Z` for UTC where `z`; colons; parts: 1 hours, 2 minutes too, 3 seconds too.
    case offset(z: Bool, colons: Bool, parts: Int)
    /// `.000` or `,999`: digits, whether trailing zeros are dropped.
    case fraction(digits: Int, trimmed: Bool, separator: UInt8)
  }

  let elements: [Element]

  private static let table: [(String, Element)] = [
    ("January", .longMonth), ("Jan", .month), ("Monday", .longWeekday), ("Mon", .weekday), ("MST", .zoneName),
    ("2006", .year), ("002", .paddedDayOfYear), ("01", .paddedMonth), ("02", .paddedDay), ("03", .paddedHour12),
    ("04", .paddedMinute), ("05", .paddedSecond), ("06", .shortYear), ("15", .hour), ("__2", .spacedDayOfYear),
    ("_2", .spacedDay), ("1", .numericMonth), ("2", .day), ("3", .hour12), ("4", .minute), ("5", .second),
    ("PM", .upperHalf), ("pm", .lowerHalf), ("Z07:00:00", .offset(z: true, colons: true, parts: 3)),
    ("Z070000", .offset(z: true, colons: false, parts: 3)), ("Z07:00", .offset(z: true, colons: true, parts: 2)),
    ("Z0700", .offset(z: true, colons: false, parts: 2)), ("Z07", .offset(z: true, colons: false, parts: 1)),
    ("-07:00:00", .offset(z: false, colons: true, parts: 3)), ("-070000", .offset(z: false, colons: false, parts: 3)),
    ("-07:00", .offset(z: false, colons: true, parts: 2)), ("-0700", .offset(z: false, colons: false, parts: 2)),
    ("-07", .offset(z: false, colons: false, parts: 1)),
  ]

  /// The names that OPA's time builtins take in place of a layout.
  static let named: [String: String] = [
    "ANSIC": "Mon Jan _2 15:04:05 2006", "UnixDate": "Mon Jan _2 15:04:05 MST 2006",
    "RubyDate": "Mon Jan 02 15:04:05 -0700 2006", "RFC822": "02 Jan 06 15:04 MST", "RFC822Z": "02 Jan 06 15:04 -0700",
    "RFC850": "Monday, 02-Jan-06 15:04:05 MST", "RFC1123": "Mon, 02 Jan 2006 15:04:05 MST",
    "RFC1123Z": "Mon, 02 Jan 2006 15:04:05 -0700", "RFC3339": "2006-01-02T15:04:05Z07:00",
    "RFC3339Nano": "2006-01-02T15:04:05.999999999Z07:00",
  ]

  let source: [UInt8]

  init(_ layout: Text) {
    source = Self.named[layout.string].map { Array($0.utf8) } ?? layout.bytes
    var elements: [Element] = []
    var literal: [UInt8] = []
    var position = 0
    func isDigit(_ index: Int) -> Bool { index < source.count && (0x30...0x39).contains(source[index]) }
    while position < source.count {
      if let (element, count) = Self.element(source, at: position) {
        if !literal.isEmpty { elements.append(.text(literal)) }
        literal = []
        elements.append(element)
        position += count
      } else {
        // `_2006` is an underscore and a year.
        literal.append(source[position])
        position += 1
      }
    }
    if !literal.isEmpty { elements.append(.text(literal)) }
    self.elements = elements
  }

  private static func element(_ source: [UInt8], at position: Int) -> (Element, Int)? {
    let rest = source[position...]
    func isDigit(_ index: Int) -> Bool { index < source.count && (0x30...0x39).contains(source[index]) }
    if rest.first == UInt8(ascii: ".") || rest.first == UInt8(ascii: ",") {
      for digit in [UInt8(ascii: "0"), UInt8(ascii: "9")] {
        let run = rest.dropFirst().prefix { $0 == digit }
        guard !run.isEmpty, !isDigit(run.endIndex) else { continue }
        return (
          .fraction(digits: run.count, trimmed: digit == UInt8(ascii: "9"), separator: source[position]), run.count + 1
        )
      }
    }
    if rest.starts(with: "_2006".utf8) { return nil }
    for (text, element) in table where rest.starts(with: text.utf8) {
      // `Janet` is no month; `Month` neither a weekday.
      if element == .month || element == .weekday, let next = rest.dropFirst(3).first, (0x61...0x7A).contains(next) {
        continue
      }
      return (element, text.utf8.count)
    }
    return nil
  }

  func format(_ time: CivilTime) -> Text {
    var output: [UInt8] = []
    func append(_ text: String) { output.append(contentsOf: text.utf8) }
    func append(_ number: Int, width: Int, pad: UInt8 = 0x30) {
      let digits = String(abs(number))
      if number < 0 { output.append(UInt8(ascii: "-")) }
      output.append(contentsOf: repeatElement(pad, count: max(0, width - digits.utf8.count)))
      append(digits)
    }
    for element in elements {
      switch element {
      case .text(let bytes): output.append(contentsOf: bytes)
      case .year: append(time.date.year, width: 4)
      case .shortYear: append(time.date.year % 100, width: 2)
      case .longMonth: append(CivilDate.months[time.date.month - 1])
      case .month: append(String(CivilDate.months[time.date.month - 1].prefix(3)))
      case .numericMonth: append(time.date.month, width: 0)
      case .paddedMonth: append(time.date.month, width: 2)
      case .longWeekday: append(CivilDate.weekdays[time.weekday])
      case .weekday: append(String(CivilDate.weekdays[time.weekday].prefix(3)))
      case .day: append(time.date.day, width: 0)
      case .spacedDay: append(time.date.day, width: 2, pad: 0x20)
      case .paddedDay: append(time.date.day, width: 2)
      case .spacedDayOfYear: append(time.dayOfYear, width: 3, pad: 0x20)
      case .paddedDayOfYear: append(time.dayOfYear, width: 3)
      case .hour: append(time.hour, width: 2)
      case .hour12: append((time.hour + 11) % 12 + 1, width: 0)
      case .paddedHour12: append((time.hour + 11) % 12 + 1, width: 2)
      case .minute: append(time.minute, width: 0)
      case .paddedMinute: append(time.minute, width: 2)
      case .second: append(time.second, width: 0)
      case .paddedSecond: append(time.second, width: 2)
      case .upperHalf: append(time.hour >= 12 ? "PM" : "AM")
      case .lowerHalf: append(time.hour >= 12 ? "pm" : "am")
      case .zoneName:
        if time.zone.isEmpty {
          output.append(UInt8(ascii: time.offset < 0 ? "-" : "+"))
          append(abs(time.offset) / 3600, width: 2)
          append(abs(time.offset) / 60 % 60, width: 2)
        } else {
          output.append(contentsOf: time.zone.bytes)
        }
      case .offset(let z, let colons, let parts):
        if z, time.offset == 0 {
          output.append(UInt8(ascii: "Z"))
          continue
        }
        output.append(UInt8(ascii: time.offset < 0 ? "-" : "+"))
        append(abs(time.offset) / 3600, width: 2)
        if parts >= 2 {
          if colons { output.append(UInt8(ascii: ":")) }
          append(abs(time.offset) / 60 % 60, width: 2)
        }
        if parts >= 3 {
          if colons { output.append(UInt8(ascii: ":")) }
          append(abs(time.offset) % 60, width: 2)
        }
      case .fraction(let digits, let trimmed, let separator):
        var text = String(time.nanosecond)
        text = String(repeating: "0", count: 9 - text.utf8.count) + text
        var fraction = Array(text.utf8.prefix(digits))
        fraction += repeatElement(0x30, count: max(0, digits - 9))
        if trimmed { while fraction.last == 0x30 { fraction.removeLast() } }
        if !fraction.isEmpty { output += [separator] + fraction }
      }
    }
    return Text(bytes: output)
  }
}
