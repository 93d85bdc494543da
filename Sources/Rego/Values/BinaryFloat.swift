import BigInt

/// A binary floating-point number of any exponent with a given number of significant bits, as Go's `big.Float`, in which
/// OPA calculates with everything that is no integer.
///
/// Exponents are bounded by the bounds of literals, so exact intermediate results are too.
struct BinaryFloat {
  /// As `big.Float` reads literals.
  static let defaultPrecision = 64

  /// The value is `mantissa` × 2^`exponent`; a zero keeps its sign.
  var isNegative: Bool
  var mantissa: BigUInt
  var exponent: Int
  /// Significant bits that results are rounded to.
  var precision: Int

  var isZero: Bool { mantissa.isZero }

  init(isNegative: Bool, mantissa: BigUInt, exponent: Int, precision: Int, sticky: Bool = false) {
    self.isNegative = isNegative
    self.mantissa = mantissa
    self.exponent = mantissa.isZero ? 0 : exponent
    self.precision = precision
    round(sticky: sticky)
  }

  init(_ number: Value) {
    switch number {
    case .integer(let value):
      self.init(
        isNegative: value < 0, mantissa: BigUInt(value.magnitude), exponent: 0, precision: Self.defaultPrecision)
    case .number(let value):
      let digits = value.significand
      // The sign of `-0` is lost in the significant digits.
      let isNegative = value.isNegative || (digits.isZero && value.text.withBytes { $0.first == UInt8(ascii: "-") })
      if value.exponent >= 0 {
        self.init(
          isNegative: isNegative, mantissa: digits * BigUInt(10).power(value.exponent), exponent: 0,
          precision: Self.defaultPrecision)
      } else {
        self.init(
          isNegative: isNegative, dividend: digits, divisor: BigUInt(10).power(-value.exponent),
          precision: Self.defaultPrecision)
      }
    default: preconditionFailure("not a number")
    }
  }

  /// An integer, held exactly.
  init(_ integer: BigInt) {
    self.init(
      isNegative: integer.sign == .minus, mantissa: integer.magnitude, exponent: 0,
      precision: max(Self.defaultPrecision, integer.magnitude.bitWidth))
  }

  private init(isNegative: Bool, dividend: BigUInt, divisor: BigUInt, exponent: Int = 0, precision: Int) {
    // Two bits more than are kept, and whether anything was left over.
    let shift = max(0, precision + 2 + divisor.bitWidth - dividend.bitWidth)
    let (quotient, remainder) = (dividend << shift).quotientAndRemainder(dividingBy: divisor)
    self.init(
      isNegative: isNegative, mantissa: quotient, exponent: exponent - shift, precision: precision,
      sticky: !remainder.isZero)
  }

  /// To nearest, ties to even.
  private mutating func round(sticky: Bool) {
    let excess = mantissa.bitWidth - precision
    guard excess > 0 else { return }
    let half = BigUInt(1) << (excess - 1)
    let low = mantissa & ((half << 1) - 1)
    mantissa >>= excess
    exponent += excess
    if low > half || (low == half && (sticky || mantissa.words[0] & 1 == 1)) { mantissa += 1 }
  }

  // MARK: Arithmetic

  static func + (left: BinaryFloat, right: BinaryFloat) -> BinaryFloat {
    let precision = max(left.precision, right.precision)
    if left.isZero && right.isZero {
      return BinaryFloat(
        isNegative: left.isNegative && right.isNegative, mantissa: 0, exponent: 0, precision: precision)
    }
    if left.isZero { return right.rounded(to: precision) }
    if right.isZero { return left.rounded(to: precision) }
    let common = min(left.exponent, right.exponent)
    let sum = left.scaled(to: common) + right.scaled(to: common)
    return BinaryFloat(
      isNegative: sum.sign == .minus, mantissa: sum.magnitude, exponent: common, precision: precision)
  }

  static prefix func - (value: BinaryFloat) -> BinaryFloat {
    var value = value
    value.isNegative.toggle()
    return value
  }

  static func - (left: BinaryFloat, right: BinaryFloat) -> BinaryFloat { left + -right }

  static func * (left: BinaryFloat, right: BinaryFloat) -> BinaryFloat {
    BinaryFloat(
      isNegative: left.isNegative != right.isNegative, mantissa: left.mantissa * right.mantissa,
      exponent: left.exponent + right.exponent, precision: max(left.precision, right.precision))
  }

  /// - Precondition: `right` is not zero.
  static func / (left: BinaryFloat, right: BinaryFloat) -> BinaryFloat {
    let precision = max(left.precision, right.precision)
    let isNegative = left.isNegative != right.isNegative
    if left.isZero { return BinaryFloat(isNegative: isNegative, mantissa: 0, exponent: 0, precision: precision) }
    return BinaryFloat(
      isNegative: isNegative, dividend: left.mantissa, divisor: right.mantissa,
      exponent: left.exponent - right.exponent, precision: precision)
  }

  private func rounded(to precision: Int) -> BinaryFloat {
    BinaryFloat(isNegative: isNegative, mantissa: mantissa, exponent: exponent, precision: precision)
  }

  private func scaled(to common: Int) -> BigInt {
    BigInt(sign: isNegative ? .minus : .plus, magnitude: mantissa << (exponent - common))
  }

  /// Without its fraction.
  var truncated: BigInt {
    let magnitude = exponent >= 0 ? mantissa << exponent : mantissa >> -exponent
    return BigInt(sign: isNegative ? .minus : .plus, magnitude: magnitude)
  }

  var isInteger: Bool { isZero || exponent >= 0 || mantissa.trailingZeroBitCount >= -exponent }

  /// Decimal orders of magnitude that printing as an integer needs; for bounds.
  var magnitude: Int { (mantissa.bitWidth + exponent) * 30103 / 100000 }
}

extension BinaryFloat {
  /// Decimal digits `0.d1d2d3…` × 10^`point`, without trailing zeros.
  private struct Digits {
    var digits: [UInt8]
    var point: Int

    init(_ mantissa: BigUInt, _ exponent: Int) {
      let scaled = exponent >= 0 ? mantissa << exponent : mantissa * BigUInt(5).power(-exponent)
      digits = Array(String(scaled).utf8)
      point = digits.count + min(exponent, 0)
      trim()
    }

    mutating func trim() {
      while digits.last == 0x30 { digits.removeLast() }
      if digits.isEmpty { point = 0 }
    }

    func at(_ position: Int) -> UInt8 { position < digits.count ? digits[position] : 0x30 }

    mutating func cut(_ count: Int) {
      digits.removeLast(digits.count - count)
      trim()
    }

    mutating func cutUp(_ count: Int) {
      var count = count
      while count > 0, digits[count - 1] >= 0x39 { count -= 1 }
      if count == 0 {
        digits = [0x31]
        point += 1
        return
      }
      digits.removeLast(digits.count - count)
      digits[count - 1] += 1
    }

    mutating func round(_ count: Int) {
      guard count < digits.count else { return }
      let up =
        digits[count] == 0x35 && count + 1 == digits.count
        ? count > 0 && digits[count - 1] & 1 == 1 : digits[count] >= 0x35
      if up { cutUp(count) } else { cut(count) }
    }
  }

  /// The fewest digits that read back as this number with its precision. Source: the behavior of Go's
  /// `(*big.Float).Text(format, -1)`.
  private var shortest: Digits {
    var result = Digits(mantissa, exponent)
    // Half a unit in the last place is the lowest bit here.
    let shift = mantissa.bitWidth - (precision + 1)
    let scaled = shift < 0 ? mantissa << -shift : mantissa >> shift
    let (lower, upper) = (Digits(scaled - 1, exponent + shift), Digits(scaled + 1, exponent + shift))
    let isInclusive = scaled.words[0] & 2 == 0
    for (position, digit) in result.digits.enumerated() {
      let (low, high) = (lower.at(position), upper.at(position))
      let mayCut = low != digit || (isInclusive && position + 1 == lower.digits.count)
      let mayCutUp = digit != high && (isInclusive || digit + 1 < high || position + 1 < upper.digits.count)
      if mayCut && mayCutUp {
        result.round(position + 1)
      } else if mayCut {
        result.cut(position + 1)
      } else if mayCutUp {
        result.cutUp(position + 1)
      }
      if mayCut || mayCutUp { break }
    }
    return result
  }

  /// As OPA prints results: integers in full, others with the fewest digits, small and large ones with an exponent.
  var number: Value {
    if isZero {
      return isNegative
        ? .number(BigNumber(text: "-0", isNegative: false, digits: .empty, exponent: 0)) : .integer(0)
    }
    let decimal = shortest
    var text: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
    let count = decimal.digits.count
    let exponent = decimal.point - 1
    if isInteger {
      text += decimal.digits.prefix(decimal.point)
      text += repeatElement(0x30, count: max(0, decimal.point - count))
    } else if exponent < -4 || exponent >= 6 {
      Self.appendExponent(decimal.digits, exponent, to: &text)
    } else {
      if decimal.point > 0 {
        text += decimal.digits.prefix(decimal.point)
        text += repeatElement(0x30, count: max(0, decimal.point - count))
      } else {
        text.append(0x30)
      }
      if count > decimal.point {
        text.append(UInt8(ascii: "."))
        text += repeatElement(0x30, count: max(0, -decimal.point))
        text += decimal.digits.dropFirst(max(0, decimal.point))
      }
    }
    if let small = text.withUnsafeBytes(Value.plainInteger) { return .integer(small) }
    return .number(
      BigNumber(
        text: Text(bytes: text), isNegative: isNegative, digits: Text(bytes: decimal.digits),
        exponent: decimal.point - count))
  }

  private static func appendExponent(_ digits: [UInt8], _ exponent: Int, to text: inout [UInt8]) {
    text.append(digits[0])
    if digits.count > 1 {
      text.append(UInt8(ascii: "."))
      text += digits.dropFirst()
    }
    text.append(UInt8(ascii: "e"))
    text.append(UInt8(ascii: exponent < 0 ? "-" : "+"))
    if abs(exponent) < 10 { text.append(0x30) }
    text += String(abs(exponent)).utf8
  }
}

extension BigNumber {
  /// The significant digits as an integer without sign.
  var significand: BigUInt {
    if digits.byteCount <= 19 {
      return BigUInt(digits.withBytes { $0.reduce(UInt64(0)) { $0 &* 10 &+ UInt64($1 &- 0x30) } })
    }
    return BigUInt(digits.string) ?? 0
  }

  /// The value when it has no fraction.
  var integer: BigInt? {
    guard exponent >= 0 else { return nil }
    return BigInt(sign: isNegative ? .minus : .plus, magnitude: significand * BigUInt(10).power(exponent))
  }
}
