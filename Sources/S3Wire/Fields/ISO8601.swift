import HTTPWire

/// Dates in documents and in `x-amz-` headers that hold dates. Times are milliseconds since 1970, UTC.
public enum ISO8601 {
  /// `2009-10-12T17:50:30.000Z`
  public static func format(milliseconds: Int64) -> [UInt8] {
    let (seconds, rest) = split(milliseconds)
    var bytes = date(seconds)
    bytes.append(0x2E)
    append(rest, digits: 3, to: &bytes)
    bytes.append(0x5A)
    return bytes
  }

  /// `2009-10-12T17:50:30Z`, as STS and IAM write it.
  public static func format(seconds: Int64) -> [UInt8] {
    date(seconds) + [0x5A]
  }

  /// Reads `2009-10-12T17:50:30Z`, with or without a fraction; nil for anything else. The zone is UTC.
  public static func parse(_ bytes: some Collection<UInt8>) -> Int64? {
    let text = Array(bytes)
    guard (20...30).contains(text.count), text[4] == 0x2D, text[7] == 0x2D, text[10] == 0x54, text.last == 0x5A,
      let year = DecimalInteger.parse(text[0..<4]), let month = DecimalInteger.parse(text[5..<7]),
      let day = DecimalInteger.parse(text[8..<10]), let (hour, minute, second) = time(Array(text[11..<19])),
      let time = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    else { return nil }
    var milliseconds: Int64 = 0
    if text.count > 20 {
      let digits = text[20..<(text.count - 1)]
      guard text[19] == 0x2E, !digits.isEmpty, digits.allSatisfy(ASCII.isDigit) else { return nil }
      let padded = Array(digits.prefix(3)) + [UInt8](repeating: 0x30, count: max(0, 3 - digits.count))
      milliseconds = DecimalInteger.parse(padded) ?? 0
    }
    return time.seconds * 1000 + milliseconds
  }

  private static func split(_ milliseconds: Int64) -> (seconds: Int64, rest: Int64) {
    let rest = milliseconds % 1000
    return rest < 0 ? (milliseconds / 1000 - 1, rest + 1000) : (milliseconds / 1000, rest)
  }

  private static func date(_ seconds: Int64) -> [UInt8] {
    let time = CivilTime(seconds: seconds)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24)
    append(time.year, digits: 4, to: &bytes)
    bytes.append(0x2D)
    append(time.month, digits: 2, to: &bytes)
    bytes.append(0x2D)
    append(time.day, digits: 2, to: &bytes)
    bytes.append(0x54)
    appendTime(time, to: &bytes)
    return bytes
  }

  /// `17:50:30`
  static func appendTime(_ time: CivilTime, to bytes: inout [UInt8]) {
    append(time.hour, digits: 2, to: &bytes)
    bytes.append(0x3A)
    append(time.minute, digits: 2, to: &bytes)
    bytes.append(0x3A)
    append(time.second, digits: 2, to: &bytes)
  }

  static func time(_ text: [UInt8]) -> (hour: Int64, minute: Int64, second: Int64)? {
    guard text.count == 8, text[2] == 0x3A, text[5] == 0x3A, let hour = DecimalInteger.parse(text[0..<2]),
      let minute = DecimalInteger.parse(text[3..<5]), let second = DecimalInteger.parse(text[6..<8])
    else { return nil }
    return (hour, minute, second)
  }

  static func append(_ value: Int64, digits: Int, to bytes: inout [UInt8]) {
    var divisor: Int64 = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      bytes.append(0x30 + UInt8(truncatingIfNeeded: value / divisor % 10))
      divisor /= 10
    }
  }
}
