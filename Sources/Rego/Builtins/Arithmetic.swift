import BigInt

/// Arithmetic as OPA does it: integers exactly whatever their size, everything else in 64 significant bits, results
/// printed with the fewest digits. Source: OPA v1/topdown/arithmetic.go.
enum Arithmetic {
  /// Decimal digits up to which results are calculated; more than that is refused as memory.
  static let digitsMax = 100_000

  @inline(__always)
  static func add(_ left: Value, _ right: Value, _ context: any BuiltinContext) throws(BuiltinError) -> Value {
    if case .integer(let left) = left, case .integer(let right) = right {
      let (sum, overflow) = left.addingReportingOverflow(right)
      if !overflow { return .integer(sum) }
    }
    return try wide(left, right, context, { $0 + $1 }, { $0 + $1 })
  }

  @inline(__always)
  static func subtract(_ left: Value, _ right: Value, _ context: any BuiltinContext) throws(BuiltinError) -> Value {
    if case .integer(let left) = left, case .integer(let right) = right {
      let (difference, overflow) = left.subtractingReportingOverflow(right)
      if !overflow { return .integer(difference) }
    }
    return try wide(left, right, context, { $0 - $1 }, { $0 - $1 })
  }

  @inline(__always)
  static func multiply(_ left: Value, _ right: Value, _ context: any BuiltinContext) throws(BuiltinError) -> Value {
    if case .integer(let left) = left, case .integer(let right) = right {
      let (product, overflow) = left.multipliedReportingOverflow(by: right)
      if !overflow { return .integer(product) }
    }
    return try wide(left, right, context, { $0 * $1 }, { $0 * $1 })
  }

  static func divide(_ left: Value, _ right: Value, _ context: any BuiltinContext) throws(BuiltinError) -> Value {
    if isZero(right) { throw .failed("divide by zero") }
    // A zero dividend goes through floats: its quotient may be -0.
    if case .integer(let dividend) = left, case .integer(let divisor) = right, dividend != 0, divisor != -1,
      dividend % divisor == 0
    {
      return .integer(dividend / divisor)
    }
    try charge(left, right, context)
    return try bounded(BinaryFloat(left) / BinaryFloat(right))
  }

  static func remainder(_ left: Value, _ right: Value, _ context: any BuiltinContext) throws(BuiltinError) -> Value {
    if case .integer(let dividend) = left, case .integer(let divisor) = right, divisor != 0 {
      return .integer(divisor == -1 ? 0 : dividend % divisor)
    }
    try charge(left, right, context)
    guard let dividend = integer(left), let divisor = integer(right) else {
      throw .failed("modulo on floating-point number")
    }
    if divisor.isZero { throw .failed("modulo by zero") }
    return Value(dividend % divisor)
  }

  private static func wide(
    _ left: Value, _ right: Value, _ context: any BuiltinContext, _ exact: (BigInt, BigInt) -> BigInt,
    _ float: (BinaryFloat, BinaryFloat) -> BinaryFloat
  ) throws(BuiltinError) -> Value {
    try charge(left, right, context)
    if let left = integer(left), let right = integer(right) {
      let result = exact(left, right)
      guard result.magnitude.bitWidth <= digitsMax * 10 / 3 else { throw .halt(.memoryBudget) }
      return Value(result)
    }
    return try bounded(float(BinaryFloat(left), BinaryFloat(right)))
  }

  static func bounded(_ result: BinaryFloat) throws(BuiltinError) -> Value {
    guard abs(result.magnitude) <= digitsMax else { throw .halt(.memoryBudget) }
    return result.number
  }

  /// Work with many digits grows with their square.
  private static func charge(_ left: Value, _ right: Value, _ context: any BuiltinContext) throws(BuiltinError) {
    try charge(left, context)
    try charge(right, context)
  }

  static func charge(_ value: Value, _ context: any BuiltinContext) throws(BuiltinError) {
    guard case .number(let number) = value else { return }
    let digits = number.digits.byteCount + abs(number.exponent)
    if digits > 200 { try context.charge(instructions: digits * digits / 200, bytes: digits) }
  }

  static func isZero(_ value: Value) -> Bool {
    switch value {
    case .integer(let value): value == 0
    case .number(let value): value.signum == 0
    default: false
    }
  }

  /// The value as an integer of any size; nil when it has a fraction.
  static func integer(_ value: Value) -> BigInt? {
    switch value {
    case .integer(let value): BigInt(value)
    case .number(let value): value.integer
    default: nil
    }
  }

  // MARK: One operand

  static func absolute(_ value: Value, _ context: any BuiltinContext) throws(BuiltinError) -> Value {
    if case .integer(let value) = value, value != .min { return .integer(abs(value)) }
    if case .number(let number) = value, number.signum == 0 { return .integer(0) }
    try charge(value, context)
    var float = BinaryFloat(value)
    float.isNegative = false
    return try bounded(float)
  }

  static func round(_ value: Value, _ context: any BuiltinContext) throws(BuiltinError) -> Value {
    guard case .number(let number) = value else { return value }
    if number.signum == 0 { return .integer(0) }
    try charge(value, context)
    let float = BinaryFloat(value)
    let half = BinaryFloat(isNegative: float.isNegative, mantissa: 1, exponent: -1, precision: 53)
    return try bounded(BinaryFloat((float + half).truncated))
  }

  static func ceiling(_ value: Value, _ context: any BuiltinContext) throws(BuiltinError) -> Value {
    guard case .number(let number) = value else { return value }
    if number.signum == 0 { return .integer(0) }
    try charge(value, context)
    let float = BinaryFloat(value)
    let whole = float.truncated
    if whole.sign == .minus || float.isInteger { return try bounded(BinaryFloat(whole)) }
    // OPA rounds -0.5 to 1 here, because a truncated zero has lost its sign.
    return try bounded(BinaryFloat(whole + 1))
  }

  static func floor(_ value: Value, _ context: any BuiltinContext) throws(BuiltinError) -> Value {
    guard case .number(let number) = value else { return value }
    if number.signum == 0 { return .integer(0) }
    try charge(value, context)
    let float = BinaryFloat(value)
    let whole = float.truncated
    if whole.sign != .minus || float.isInteger { return try bounded(BinaryFloat(whole)) }
    return try bounded(BinaryFloat(whole - 1))
  }
}

extension Arithmetic {
  /// The value times a power of ten, where that leaves no fraction.
  static func scaled(_ value: Value, by exponent: Int) -> BigInt? {
    switch value {
    case .integer(let value): return BigInt(value) * BigInt(10).power(exponent)
    case .number(let number):
      guard number.exponent + exponent >= 0 else { return nil }
      let magnitude = number.significand * BigUInt(10).power(number.exponent + exponent)
      return BigInt(sign: number.isNegative ? .minus : .plus, magnitude: magnitude)
    default: return nil
    }
  }
}
