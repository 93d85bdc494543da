/// The operators, under OPA's names.
enum OperatorBuiltins {
  private static let numberOrSet: TypeDescription = .anyOf([.number, .set(of: .any)])
  private static let anySet: TypeDescription = .set(of: .any)

  static let all: [Builtin] = [
    Builtin("plus", [.number, .number], .number, infix: "+") { operands, context throws(BuiltinError) in
      try Arithmetic.add(try operands.number(0), try operands.number(1), context)
    },
    Builtin("minus", [numberOrSet, numberOrSet], numberOrSet, infix: "-", minus),
    Builtin("mul", [.number, .number], .number, infix: "*") { operands, context throws(BuiltinError) in
      try Arithmetic.multiply(try operands.number(0), try operands.number(1), context)
    },
    Builtin("div", [.number, .number], .number, infix: "/") { operands, context throws(BuiltinError) in
      try Arithmetic.divide(try operands.number(0), try operands.number(1), context)
    },
    Builtin("rem", [.number, .number], .number, infix: "%") { operands, context throws(BuiltinError) in
      try Arithmetic.remainder(try operands.number(0), try operands.number(1), context)
    },
    Builtin("and", [anySet, anySet], anySet, infix: "&") { operands, context throws(BuiltinError) in
      .set(try SetAlgebra.intersection(try operands.set(0), try operands.set(1), context))
    },
    Builtin("or", [anySet, anySet], anySet, infix: "|") { operands, context throws(BuiltinError) in
      .set(try SetAlgebra.union(try operands.set(0), try operands.set(1), context))
    },
    Builtin("eq", [.any, .any], .boolean, infix: "=", equal),
    Builtin("equal", [.any, .any], .boolean, infix: "==", equal),
    Builtin("assign", [.any, .any], .boolean, infix: ":=", equal),
    Builtin("neq", [.any, .any], .boolean, infix: "!=") { operands, _ throws(BuiltinError) in
      .boolean(operands[0] != operands[1])
    },
    Builtin("lt", [.any, .any], .boolean, infix: "<") { operands, _ throws(BuiltinError) in
      .boolean(operands[0].compare(operands[1]) < 0)
    },
    Builtin("lte", [.any, .any], .boolean, infix: "<=") { operands, _ throws(BuiltinError) in
      .boolean(operands[0].compare(operands[1]) <= 0)
    },
    Builtin("gt", [.any, .any], .boolean, infix: ">") { operands, _ throws(BuiltinError) in
      .boolean(operands[0].compare(operands[1]) > 0)
    },
    Builtin("gte", [.any, .any], .boolean, infix: ">=") { operands, _ throws(BuiltinError) in
      .boolean(operands[0].compare(operands[1]) >= 0)
    },
    Builtin("internal.member_2", [.any, .any], .boolean, infix: "in") { operands, context throws(BuiltinError) in
      let value = operands[0]
      switch operands[1] {
      case .set(let set): return .boolean(set.contains(value))
      case .array(let array):
        try context.charge(instructions: array.count, bytes: 0)
        return .boolean(array.elements.contains(value))
      case .object(let object):
        try context.charge(instructions: object.count, bytes: 0)
        return .boolean(object.values.contains(value))
      default: return false
      }
    },
    Builtin("internal.member_3", [.any, .any, .any], .boolean, infix: "in") { operands, _ throws(BuiltinError) in
      switch operands[2] {
      case .array, .object, .set: .boolean(operands[2].lookUp(operands[0]) == operands[1])
      default: false
      }
    },
  ]

  private static let equal: BuiltinFunction = { operands, _ throws(BuiltinError) in
    .boolean(operands[0] == operands[1])
  }

  private static let minus: BuiltinFunction = { operands, context throws(BuiltinError) in
    switch (operands[0], operands[1]) {
    case (.integer, .integer), (.integer, .number), (.number, .integer), (.number, .number):
      return try Arithmetic.subtract(operands[0], operands[1], context)
    case (.set(let left), .set(let right)):
      return .set(try SetAlgebra.difference(left, right, context))
    case (.integer, _), (.number, _):
      if case .set = operands[1] { throw .operand(2, mustBe: "number", got: operands[1]) }
      throw .operand(2, mustBe: "number", got: operands[1])
    case (.set, _):
      switch operands[1] {
      case .integer, .number: throw .operand(2, mustBe: "set", got: operands[1])
      default: throw .operand(2, mustBe: "number", got: operands[1])
      }
    default: throw .operand(1, mustBe: "one of {number, set}", got: operands[0])
    }
  }
}

/// Sets in order, so that each result is one pass.
enum SetAlgebra {
  static func union(
    _ left: ValueSet, _ right: ValueSet, _ context: any BuiltinContext
  ) throws(BuiltinError) -> ValueSet {
    if left.isEmpty { return right }
    if right.isEmpty { return left }
    try context.charge(instructions: left.count + right.count, bytes: (left.count + right.count) * 16)
    var merged: [Value] = []
    merged.reserveCapacity(left.count + right.count)
    var (position, other) = (0, 0)
    while position < left.count, other < right.count {
      let order = left.elements[position].compare(right.elements[other])
      merged.append(order <= 0 ? left.elements[position] : right.elements[other])
      if order <= 0 { position += 1 }
      if order >= 0 { other += 1 }
    }
    merged += left.elements[position...]
    merged += right.elements[other...]
    return ValueSet(sorted: merged)
  }

  static func intersection(
    _ left: ValueSet, _ right: ValueSet, _ context: any BuiltinContext
  ) throws(BuiltinError) -> ValueSet {
    let (small, large) = left.count <= right.count ? (left, right) : (right, left)
    try context.charge(instructions: small.count, bytes: 0)
    return ValueSet(sorted: small.elements.filter { large.contains($0) })
  }

  static func difference(
    _ left: ValueSet, _ right: ValueSet, _ context: any BuiltinContext
  ) throws(BuiltinError) -> ValueSet {
    try context.charge(instructions: left.count, bytes: 0)
    return ValueSet(sorted: left.elements.filter { !right.contains($0) })
  }
}
