import BigInt

/// A number that `Value.integer` cannot hold, or that keeps how it was written (`1.0`, `1e2`).
public final class BigNumber: Sendable {
  /// The value is `significand` × 10^`exponent`; the significand has no trailing zeros unless it is 0.
  let significand: BigInt
  let exponent: Int
  /// How it was written, as JSON; nil for results of arithmetic.
  let literal: Text?

  init(significand: BigInt, exponent: Int, literal: Text? = nil) {
    self.significand = significand
    self.exponent = exponent
    self.literal = literal
  }
}

extension BigNumber {
  /// Compares two numbers, either of them an `integer`.
  static func compare(_ left: Value, _ right: Value) -> Int {
    let (left, right) = (parts(left), parts(right))
    let common = min(left.exponent, right.exponent)
    let leftInteger = left.significand * BigInt(10).power(left.exponent - common)
    let rightInteger = right.significand * BigInt(10).power(right.exponent - common)
    return leftInteger < rightInteger ? -1 : (leftInteger == rightInteger ? 0 : 1)
  }

  private static func parts(_ value: Value) -> (significand: BigInt, exponent: Int) {
    switch value {
    case .integer(let value): (BigInt(value), 0)
    case .number(let value): (value.significand, value.exponent)
    default: preconditionFailure("not a number")
    }
  }

  @usableFromInline var tableHash: UInt64 {
    if exponent >= 0, exponent < 19, let small = Int64(exactly: significand * BigInt(10).power(exponent)) {
      return Value.integer(small).tableHash
    }
    return ByteHash.mix(UInt64(bitPattern: Int64(significand.hashValue)), UInt64(bitPattern: Int64(exponent)))
  }
}
