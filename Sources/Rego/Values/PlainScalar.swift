/// What a plain scalar of YAML 1.1 means, as Go's yaml.v2 decides it, which OPA reads YAML with.
enum PlainScalar {
  case null
  case boolean(Bool)
  /// Integer or decimal, as JSON writes it.
  case number(Value)
  /// Infinite or not a number: no JSON says that.
  case notFinite
  case timestamp
  case string

  init(_ text: String) {
    switch text {
    case "", "~", "null", "Null", "NULL": self = .null
    case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE": self = .boolean(true)
    case "n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE": self = .boolean(false)
    case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF":
      self = .notFinite
    default:
      if let number = Self.number(text) {
        self = .number(number)
      } else {
        self = Self.isTimestamp(Array(text.utf8)) ? .timestamp : .string
      }
    }
  }

  private static func number(_ text: String) -> Value? {
    guard let first = text.utf8.first, first &- 0x30 < 10 || "+-.".utf8.contains(first) else { return nil }
    // `.5` and `-.5` are looked at as they are, everything else without its underscores.
    let digits = first == UInt8(ascii: ".") ? text : String(text.unicodeScalars.filter { $0 != "_" })
    if let integer = integer(digits) { return integer }
    guard isDecimal(Array(digits.utf8)), let double = Double(digits), double.isFinite else { return nil }
    return Value(json: double)
  }

  /// Decimal, `0x`, `0o`, `0b`, and octal by a leading zero; up to 64 bits with or without sign.
  private static func integer(_ text: String) -> Value? {
    var digits = Substring(text)
    let isNegative = digits.first == "-"
    if isNegative || digits.first == "+" { digits.removeFirst() }
    var radix = 10
    if digits.first == "0", digits.count > 1 {
      switch digits.dropFirst().first {
      case "x", "X": radix = 16
      case "o", "O": radix = 8
      case "b", "B": radix = 2
      default:
        radix = 8
        digits = "0o" + digits.dropFirst()
      }
      digits = digits.dropFirst(2)
    }
    guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-"),
      let magnitude = UInt64(digits, radix: radix)
    else { return nil }
    if isNegative {
      if magnitude == 1 << 63 { return .integer(.min) }
      guard let value = Int64(exactly: magnitude) else { return nil }
      return .integer(-value)
    }
    return Value(numberLiteral: Text(String(magnitude)))
  }

  /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
  private static func isDecimal(_ bytes: [UInt8]) -> Bool {
    var index = 0
    func digits() -> Int {
      let start = index
      while index < bytes.count, bytes[index] &- 0x30 < 10 { index += 1 }
      return index - start
    }
    func skip(_ set: StaticString) -> Bool {
      guard index < bytes.count,
        UnsafeBufferPointer(start: set.utf8Start, count: set.utf8CodeUnitCount).contains(bytes[index])
      else { return false }
      index += 1
      return true
    }
    _ = skip("+-")
    let before = digits()
    if skip(".") {
      let after = digits()
      if before == 0 && after == 0 { return false }
    } else if before == 0 {
      return false
    }
    if skip("eE") {
      _ = skip("+-")
      if digits() == 0 { return false }
    }
    return index == bytes.count
  }

  /// `2001-01-01`, and with a time behind.
  private static func isTimestamp(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 8, bytes.prefix(4).allSatisfy({ $0 &- 0x30 < 10 }), bytes[4] == UInt8(ascii: "-") else {
      return false
    }
    let parts = bytes.split(separator: UInt8(ascii: "-"), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, (1...2).contains(parts[1].count), parts[1].allSatisfy({ $0 &- 0x30 < 10 }) else {
      return false
    }
    let day = parts[2].prefix { $0 &- 0x30 < 10 }
    guard (1...2).contains(day.count) else { return false }
    let rest = parts[2].dropFirst(day.count)
    guard let next = rest.first else { return true }
    return (next | 0x20 == UInt8(ascii: "t") || next == 0x20) && rest.contains(UInt8(ascii: ":"))
  }

  /// `1:30`: YAML 1.1 read it as a number in base 60, so writers quote it.
  static func isBase60(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count > 1, let first = parts[0].first(where: { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }),
      first &- 0x30 < 10
    else { return false }
    return parts.dropFirst().allSatisfy { part in
      (1...2).contains(part.prefix { $0 != UInt8(ascii: ".") }.count)
        && part.allSatisfy { $0 &- 0x30 < 10 || $0 == UInt8(ascii: ".") }
    }
  }
}

extension Value {
  /// A double as Go's `encoding/json` writes it.
  init?(json double: Double) {
    let (digits, point) = GoDouble.digits(double)
    var text: [UInt8] = double.sign == .minus && double != 0 ? [UInt8(ascii: "-")] : []
    if double != 0, double.magnitude < 1e-6 || double.magnitude >= 1e21 {
      text.append(digits[0])
      if digits.count > 1 {
        text.append(UInt8(ascii: "."))
        text += digits.dropFirst()
      }
      text += (point - 1 < 0 ? "e-" : "e+").utf8
      text += String(abs(point - 1)).utf8
    } else if point <= 0 {
      text += "0.".utf8
      text += repeatElement(0x30, count: -point)
      text += digits
    } else {
      text += digits.prefix(point)
      text += repeatElement(0x30, count: max(0, point - digits.count))
      if digits.count > point {
        text.append(UInt8(ascii: "."))
        text += digits.dropFirst(point)
      }
    }
    self.init(numberLiteral: text)
  }
}
