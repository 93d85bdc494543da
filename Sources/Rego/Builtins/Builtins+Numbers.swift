import BigInt

/// Rounding, ranges, random numbers, bits.
enum NumberBuiltins {
  static let all: [Builtin] = [
    Builtin("abs", [.number], .number) { operands, context throws(BuiltinError) in
      try Arithmetic.absolute(try operands.number(0), context)
    },
    Builtin("round", [.number], .number) { operands, context throws(BuiltinError) in
      try Arithmetic.round(try operands.number(0), context)
    },
    Builtin("ceil", [.number], .number) { operands, context throws(BuiltinError) in
      try Arithmetic.ceiling(try operands.number(0), context)
    },
    Builtin("floor", [.number], .number) { operands, context throws(BuiltinError) in
      try Arithmetic.floor(try operands.number(0), context)
    },
    Builtin("numbers.range", [.number, .number], .array(of: .number)) { operands, context throws(BuiltinError) in
      try range(try operands.bigInteger(0, context), try operands.bigInteger(1, context), 1, context)
    },
    Builtin("numbers.range_step", [.number, .number, .number], .array(of: .number)) {
      operands, context throws(BuiltinError) in
      let (first, last) = (try operands.bigInteger(0, context), try operands.bigInteger(1, context))
      let step = try operands.bigInteger(2, context)
      guard step > 0 else { throw .failed("numbers.range_step: step must be a positive integer") }
      return try range(first, last, step, context)
    },
    Builtin("rand.intn", [.string, .number], .number) {
      operands, context throws(BuiltinError) in
      let name = try operands.text(0)
      let bound = try operands.integer(1)
      if bound == 0 { return 0 }
      let magnitude = UInt64(bound.magnitude)
      let key: Value = [.string(name), .integer(Int64(clamping: magnitude))]
      if let value = context.memoized("rand.intn", key) { return value }
      // 128 bits, so that the remainder favors no number noticeably.
      let random = BigUInt(0) + context.randomBytes(16).reduce(BigUInt(0)) { $0 << 8 | BigUInt($1) }
      let value = Value(BigInt(random % BigUInt(magnitude)))
      context.memoize("rand.intn", key, value)
      return value
    },

    Builtin("bits.and", [.number, .number], .number) { operands, context throws(BuiltinError) in
      Value(try bits(operands, 0, context) & (try bits(operands, 1, context)))
    },
    Builtin("bits.or", [.number, .number], .number) { operands, context throws(BuiltinError) in
      Value(try bits(operands, 0, context) | (try bits(operands, 1, context)))
    },
    Builtin("bits.xor", [.number, .number], .number) { operands, context throws(BuiltinError) in
      Value(try bits(operands, 0, context) ^ (try bits(operands, 1, context)))
    },
    Builtin("bits.negate", [.number], .number) { operands, context throws(BuiltinError) in
      Value(-(try bits(operands, 0, context)) - 1)
    },
    Builtin("bits.lsh", [.number, .number], .number) { operands, context throws(BuiltinError) in
      let value = try bits(operands, 0, context)
      let distance = try shift(operands, context)
      if value.isZero { return 0 }
      guard distance <= Arithmetic.digitsMax * 3 - value.bitWidth else { throw .halt(.memoryBudget) }
      try context.charge(instructions: distance / 64, bytes: distance / 3)
      return Value(value << distance)
    },
    Builtin("bits.rsh", [.number, .number], .number) { operands, context throws(BuiltinError) in
      let value = try bits(operands, 0, context)
      let distance = try shift(operands, context)
      // Towards minus infinity.
      guard distance <= value.bitWidth else { return value.sign == .minus ? -1 : 0 }
      if value.sign == .minus { return Value(-BigInt((value.magnitude - 1) >> distance) - 1) }
      return Value(value >> distance)
    },
  ]

  private static func bits(
    _ operands: Operands, _ position: Int, _ context: any BuiltinContext
  ) throws(BuiltinError) -> BigInt {
    try operands.bigInteger(position, context)
  }

  private static func shift(_ operands: Operands, _ context: any BuiltinContext) throws(BuiltinError) -> Int {
    let distance = try bits(operands, 1, context)
    guard distance.sign == .plus else {
      throw .operand(2, message: "must be an unsigned integer number but got a negative integer")
    }
    return Int(clamping: distance)
  }

  private static func range(
    _ first: BigInt, _ last: BigInt, _ step: BigInt, _ context: any BuiltinContext
  ) throws(BuiltinError) -> Value {
    let count = Int(clamping: ((last - first).magnitude / step.magnitude)) &+ 1
    guard count > 0, count < 1 << 32 else { throw .halt(.memoryBudget) }
    try context.charge(instructions: count, bytes: count * 16)
    var elements: [Value] = []
    elements.reserveCapacity(count)
    let isAscending = first <= last
    if let first = Int64(exactly: first), let last = Int64(exactly: last), let step = Int64(exactly: step) {
      var next = first
      for _ in 0..<count {
        elements.append(.integer(next))
        let (following, overflow) =
          isAscending
          ? next.addingReportingOverflow(step) : next.subtractingReportingOverflow(step)
        if overflow || (isAscending ? following > last : following < last) { break }
        next = following
      }
    } else {
      var next = first
      for _ in 0..<count {
        elements.append(Value(next))
        next = isAscending ? next + step : next - step
      }
    }
    return .array(ValueArray(elements))
  }
}
