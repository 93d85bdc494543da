/// `time.*`. The clock is the context's, and time zones are those it was given.
enum TimeBuiltins {
  private static let moment: TypeDescription = .anyOf([
    .number, .array(fixed: [.number, .string], rest: nil), .array(fixed: [.number, .string, .string], rest: nil),
  ])
  /// Without a layout.
  private static let zoned: TypeDescription = .anyOf([.number, .array(fixed: [.number, .string], rest: nil)])
  private static let threeNumbers: TypeDescription = .array(fixed: [.number, .number, .number], rest: nil)

  static let all: [Builtin] = [
    Builtin("time.now_ns", [], .number) { _, context throws(BuiltinError) in
      .integer(context.nowNanoseconds)
    },
    Builtin("time.parse_ns", [.string, .string], .number) { operands, _ throws(BuiltinError) in
      try nanoseconds(try TimeParser.parse(try operands.text(1), by: TimeLayout(try operands.text(0))))
    },
    Builtin("time.parse_rfc3339_ns", [.string], .number) { operands, _ throws(BuiltinError) in
      try nanoseconds(try TimeParser.parse(try operands.text(0), by: TimeLayout("RFC3339")))
    },
    Builtin("time.parse_duration_ns", [.string], .number) { operands, _ throws(BuiltinError) in
      .integer(try DurationText.nanoseconds(try operands.text(0)))
    },
    Builtin("time.format", [moment], .string) { operands, context throws(BuiltinError) in
      let moment = try Moment(operands[0], context)
      return .string(TimeLayout(moment.layout.isEmpty ? "RFC3339Nano" : moment.layout).format(moment.civil))
    },
    Builtin("time.date", [zoned], threeNumbers) { operands, context throws(BuiltinError) in
      let date = try Moment(operands[0], context).civil.date
      return array([date.year, date.month, date.day])
    },
    Builtin("time.clock", [zoned], threeNumbers) { operands, context throws(BuiltinError) in
      let time = try Moment(operands[0], context).civil
      return array([time.hour, time.minute, time.second])
    },
    Builtin("time.weekday", [zoned], .string) { operands, context throws(BuiltinError) in
      .string(Text(CivilDate.weekdays[try Moment(operands[0], context).civil.weekday]))
    },
    Builtin("time.add_date", [.number, .number, .number, .number], .number, addDate),
    Builtin(
      "time.diff", [zoned, zoned], .array(fixed: Array(repeating: .number, count: 6), rest: nil), difference),
  ]

  private static func array(_ numbers: [Int]) -> Value { .array(ValueArray(numbers.map { .integer(Int64($0)) })) }

  private static func nanoseconds(_ value: Int128) throws(BuiltinError) -> Value {
    guard let value = Int64(exactly: value) else { throw .failed("time outside of valid range") }
    return .integer(value)
  }

  /// `ns`, `[ns, zone]` or `[ns, zone, layout]`.
  private struct Moment {
    var nanoseconds: Int64
    var zone = ZoneInfo.utc
    var layout = Text.empty

    var civil: CivilTime { CivilTime(nanoseconds: nanoseconds, in: zone) }

    init(_ value: Value, _ context: any BuiltinContext) throws(BuiltinError) {
      guard case .array(let array) = value else {
        guard case .integer(let number) = try Self.number(value) else { throw .failed("timestamp too big") }
        nanoseconds = number
        return
      }
      guard !array.isEmpty else { throw Self.wrongType(value) }
      guard case .integer(let number) = try Self.number(array[0]) else { throw .failed("timestamp too big") }
      nanoseconds = number
      if array.count > 1 {
        guard case .string(let name) = array[1] else { throw .operand(1, mustBe: "string", got: array[1]) }
        guard let zone = context.zones.zone(named: name) else { throw .failed("unknown time zone \(name)") }
        self.zone = zone
      }
      if array.count > 2 {
        guard case .string(let layout) = array[2] else { throw .operand(1, mustBe: "string", got: array[2]) }
        self.layout = layout
      }
    }

    private static func wrongType(_ value: Value) -> BuiltinError {
      .operand(1, mustBe: "either number (ns) or [number (ns), string (tz)]", got: value)
    }

    /// The number as `integer` where it is one.
    private static func number(_ value: Value) throws(BuiltinError) -> Value {
      switch value {
      case .integer: return value
      case .number(let number): return number.small.map { .integer($0) } ?? value
      default: throw wrongType(value)
      }
    }
  }

  private static let addDate: BuiltinFunction = { operands, context throws(BuiltinError) in
    let moment = try Moment(operands[0], context)
    let (years, months, days) = (try operands.integer(1), try operands.integer(2), try operands.integer(3))
    // Far beyond what a result may be; without it the sums could overflow.
    guard [years, months, days].allSatisfy({ abs($0) <= 1_000_000 }) else {
      throw .failed("time outside of valid range")
    }
    let civil = moment.civil
    let date = CivilDate(year: civil.date.year + years, month: civil.date.month + months, day: civil.date.day + days)
    let local = Int64(date.daysSince1970) * 86_400 + Int64(civil.hour * 3600 + civil.minute * 60 + civil.second)
    return try nanoseconds(Int128(moment.zone.seconds(ofLocal: local)) * 1_000_000_000 + Int128(civil.nanosecond))
  }

  /// Years, months, days, hours, minutes and seconds between two times, in the first one's zone.
  private static let difference: BuiltinFunction = { operands, context throws(BuiltinError) in
    let (one, other) = (try Moment(operands[0], context), try Moment(operands[1], context))
    let earlier = CivilTime(nanoseconds: min(one.nanoseconds, other.nanoseconds), in: one.zone)
    let later = CivilTime(nanoseconds: max(one.nanoseconds, other.nanoseconds), in: one.zone)
    var parts = [
      later.date.year - earlier.date.year, later.date.month - earlier.date.month, later.date.day - earlier.date.day,
      later.hour - earlier.hour, later.minute - earlier.minute, later.second - earlier.second,
    ]
    let sizes = [0, 12, CivilDate.dayCount(earlier.date.year, earlier.date.month), 24, 60, 60]
    for index in stride(from: 5, to: 0, by: -1) where parts[index] < 0 {
      parts[index] += sizes[index]
      parts[index - 1] -= 1
    }
    return array(parts)
  }
}

/// `1h30m`, `-1.5s`, `100ms`, and as OPA takes them `1d`, `1w`, `1y` (of 365 days). Source: Go, time.ParseDuration.
enum DurationText {
  private static let units: [(String, Int128)] = [
    ("ns", 1), ("us", 1000), ("µs", 1000), ("μs", 1000), ("ms", 1_000_000), ("s", 1_000_000_000),
    ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000), ("w", 604_800_000_000_000), ("y", 31_536_000_000_000_000),
  ]

  static func nanoseconds(_ text: Text) throws(BuiltinError) -> Int64 {
    let quoted = "\"\(text.string)\""
    let invalid = BuiltinError.failed("time: invalid duration \(quoted)")
    var rest = text.bytes[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    if rest.elementsEqual("0".utf8) { return 0 }
    guard !rest.isEmpty, rest.count <= 256 else { throw invalid }
    var total: Int128 = 0
    while !rest.isEmpty {
      let whole = rest.prefix { (0x30...0x39).contains($0) }
      rest = rest.dropFirst(whole.count)
      var fraction = rest.prefix(0)
      if rest.first == UInt8(ascii: ".") {
        rest.removeFirst()
        fraction = rest.prefix { (0x30...0x39).contains($0) }
        rest = rest.dropFirst(fraction.count)
      }
      guard !whole.isEmpty || !fraction.isEmpty, whole.count <= 19 else { throw invalid }
      let name = rest.prefix { $0 != UInt8(ascii: ".") && !(0x30...0x39).contains($0) }
      rest = rest.dropFirst(name.count)
      guard !name.isEmpty else { throw .failed("time: missing unit in duration \(quoted)") }
      guard let unit = units.first(where: { name.elementsEqual($0.0.utf8) })?.1 else {
        throw .failed("time: unknown unit \"\(String(decoding: name, as: UTF8.self))\" in duration \(quoted)")
      }
      total += whole.reduce(Int128(0)) { $0 * 10 + Int128($1 - 0x30) } * unit
      var scale: Int128 = 1
      var part: Int128 = 0
      for digit in fraction.prefix(18) {
        part = part * 10 + Int128(digit - 0x30)
        scale *= 10
      }
      total += part * unit / scale
      guard total <= Int128(Int64.max) + 1 else { throw invalid }
    }
    guard let value = Int64(exactly: isNegative ? -total : total) else { throw invalid }
    return value
  }
}
