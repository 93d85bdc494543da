import BigInt

extension Value {
  /// A number from its text, as JSON writes numbers. Plain integers of 64 bits become `.integer`, everything else keeps
  /// its digits (`1.0`, `1e2`, `-0`).
  ///
  /// nil when it is no number, or too big (more than 30,103 orders of magnitude from 1, more than 65,536 bytes).
  public init?(numberLiteral bytes: UnsafeRawBufferPointer) {
    if let small = Value.plainInteger(bytes) {
      self = .integer(small)
    } else if let number = BigNumber(literal: bytes) {
      self = .number(number)
    } else {
      return nil
    }
  }

  public init?(numberLiteral text: Text) {
    guard let value = text.withBytes({ Value(numberLiteral: $0) }) else { return nil }
    self = value
  }

  public init?(numberLiteral bytes: [UInt8]) {
    guard let value = bytes.withUnsafeBytes({ Value(numberLiteral: $0) }) else { return nil }
    self = value
  }

  /// An integer of any size.
  init(_ integer: BigInt) {
    if let small = Int64(exactly: integer) {
      self = .integer(small)
      return
    }
    let text = Text(String(integer))
    var digits = Array(String(integer.magnitude).utf8)
    let count = digits.count
    while digits.last == 0x30 { digits.removeLast() }
    self = .number(
      BigNumber(
        text: text, isNegative: integer.sign == .minus, digits: Text(bytes: digits), exponent: count - digits.count))
  }

  /// `-?(0|[1-9][0-9]*)` within 64 bits, except `-0`.
  @inlinable
  static func plainInteger(_ bytes: UnsafeRawBufferPointer) -> Int64? {
    var index = 0
    let count = bytes.count
    guard count > 0, count <= 20 else { return nil }
    let negative = bytes[0] == UInt8(ascii: "-")
    if negative { index = 1 }
    guard index < count else { return nil }
    if bytes[index] == 0x30 { return count == 1 ? 0 : nil }
    var value: Int64 = 0
    while index < count {
      let digit = bytes[index] &- 0x30
      guard digit < 10 else { return nil }
      let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
      // Built downwards, because the least integer has no positive counterpart.
      let (next, overflowAgain) = scaled.subtractingReportingOverflow(Int64(digit))
      if overflow || overflowAgain { return nil }
      value = next
      index += 1
    }
    if negative { return value }
    return value == .min ? nil : -value
  }

  /// The number as JSON shows it; nil for other types.
  public var numberText: Text? {
    switch self {
    case .integer(let value): Text(String(value))
    case .number(let value): value.text
    default: nil
    }
  }
}
