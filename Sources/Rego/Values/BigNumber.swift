/// A number that `Value.integer` cannot hold, or that keeps how it was written (`1.0`, `1e2`, `-0`).
///
/// As in OPA a number is its text; beside it stand its significant digits and exponent, so that comparing and hashing
/// cost what the digits cost however large the exponent is.
public final class BigNumber: Sendable {
  /// As JSON shows it.
  public let text: Text
  /// False for zero.
  @usableFromInline let isNegative: Bool
  /// Decimal digits (ASCII) without leading and trailing zeros; empty for zero.
  @usableFromInline let digits: Text
  /// The value is `digits` × 10^`exponent`; 0 for zero.
  @usableFromInline let exponent: Int

  init(text: Text, isNegative: Bool, digits: Text, exponent: Int) {
    self.text = text
    self.isNegative = isNegative
    self.digits = digits
    self.exponent = exponent
  }
}

extension BigNumber {
  /// Bytes of a literal, and its distance from 1 in decimal orders of magnitude: OPA's parser refuses binary exponents
  /// beyond 100,000 ("number too big").
  static let literalBytesMax = 1 << 16
  static let magnitudeMax = 30_103

  /// Reads a JSON number (leading zeros and a leading `+` are let pass). nil for anything else, and for what is too big.
  convenience init?(literal: UnsafeRawBufferPointer) {
    guard literal.count <= Self.literalBytesMax, let parts = DecimalParts(literal) else { return nil }
    let magnitude = parts.digits.count + parts.exponent
    guard abs(magnitude) <= Self.magnitudeMax else { return nil }
    self.init(
      text: Text(literal), isNegative: parts.isNegative && !parts.digits.isEmpty, digits: Text(bytes: parts.digits),
      exponent: parts.exponent)
  }

  /// Position of the decimal point after the first digit that is not zero; meaningless for zero.
  @inlinable var magnitude: Int { digits.byteCount + exponent }

  /// Has no fraction.
  public var isInteger: Bool { exponent >= 0 }

  /// The value when it is a 64-bit integer, however it is written.
  @usableFromInline var small: Int64? {
    guard exponent >= 0, magnitude <= 19 else { return nil }
    var value: UInt64 = 0
    digits.withBytes { for digit in $0 { value = value &* 10 &+ UInt64(digit &- 0x30) } }
    for _ in 0..<exponent { value = value &* 10 }
    if isNegative { return value <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- value) : nil }
    return Int64(exactly: value)
  }

  /// Compares two numbers, at least one of them no `integer`.
  static func compare(_ left: Value, _ right: Value) -> Int {
    switch (left, right) {
    case (.number(let left), .number(let right)): left.compare(right)
    case (.number(let left), .integer(let right)): left.compare(right)
    case (.integer(let left), .number(let right)): -right.compare(left)
    case (.integer(let left), .integer(let right)): left < right ? -1 : (left == right ? 0 : 1)
    default: preconditionFailure("not a number")
    }
  }

  private func compare(_ other: Int64) -> Int {
    if let small { return small < other ? -1 : (small == other ? 0 : 1) }
    // Not zero, and different from every 64-bit integer.
    if exponent >= 0 || magnitude > 19 { return isNegative ? -1 : 1 }
    return compare(BigNumber(other))
  }

  convenience init(_ value: Int64) {
    let text = Text(String(value))
    self.init(
      text: text, isNegative: value < 0,
      digits: text.withBytes { bytes in
        var digits = bytes.drop { $0 == UInt8(ascii: "-") || $0 == 0x30 }
        while digits.last == 0x30 { digits.removeLast() }
        return Text(UnsafeRawBufferPointer(rebasing: digits))
      },
      exponent: value == 0 ? 0 : text.withBytes { $0.reversed().prefix { $0 == 0x30 }.count })
  }

  private func compare(_ other: BigNumber) -> Int {
    let (sign, otherSign) = (signum, other.signum)
    if sign != otherSign { return sign < otherSign ? -1 : 1 }
    if sign == 0 { return 0 }
    if magnitude != other.magnitude { return magnitude < other.magnitude ? -sign : sign }
    // Both start at the same position and end in a digit that is not zero: the order of digits is that of texts.
    let order = digits.compare(other.digits)
    return order < 0 ? -sign : (order == 0 ? 0 : sign)
  }

  var signum: Int { digits.isEmpty ? 0 : (isNegative ? -1 : 1) }

  @usableFromInline var tableHash: UInt64 {
    if let small { return Value.integer(small).tableHash }
    return ByteHash.mix(digits.hash, UInt64(bitPattern: Int64(isNegative ? ~exponent : exponent)))
  }
}

/// Digits and exponent of a decimal number as written.
struct DecimalParts {
  var isNegative = false
  /// Without leading and trailing zeros; empty for zero.
  var digits: [UInt8] = []
  var exponent = 0

  /// `-12.50e+3` and the like; nil for anything else, and for an exponent of more than nine digits.
  init?(_ text: UnsafeRawBufferPointer) {
    var index = 0
    if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
      isNegative = text[index] == UInt8(ascii: "-")
      index += 1
    }
    digits.reserveCapacity(text.count)
    var seenDigit = false
    var seenPoint = false
    while index < text.count {
      let byte = text[index]
      if byte &- 0x30 < 10 {
        seenDigit = true
        if byte != 0x30 || !digits.isEmpty { digits.append(byte) }
        if seenPoint { exponent -= 1 }
      } else if byte == UInt8(ascii: "."), seenDigit, !seenPoint {
        seenPoint = true
      } else {
        break
      }
      index += 1
    }
    guard seenDigit, text[index - 1] != UInt8(ascii: ".") else { return nil }
    if index < text.count {
      guard text[index] == UInt8(ascii: "e") || text[index] == UInt8(ascii: "E") else { return nil }
      index += 1
      var negative = false
      if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
        negative = text[index] == UInt8(ascii: "-")
        index += 1
      }
      guard index < text.count, text.count - index <= 9 else { return nil }
      var written = 0
      while index < text.count {
        guard text[index] &- 0x30 < 10 else { return nil }
        written = written * 10 + Int(text[index] &- 0x30)
        index += 1
      }
      exponent += negative ? -written : written
    }
    while digits.last == 0x30 {
      digits.removeLast()
      exponent += 1
    }
    if digits.isEmpty { exponent = 0 }
  }
}
