/// Arrays and sets.
enum CollectionBuiltins {
  private static let anyArray: TypeDescription = .array(of: .any)
  private static let anySet: TypeDescription = .set(of: .any)

  static let all: [Builtin] = [
    Builtin("array.concat", [anyArray, anyArray], anyArray) { operands, context throws(BuiltinError) in
      let (left, right) = (try operands.array(0), try operands.array(1))
      try context.charge(instructions: left.count + right.count, bytes: (left.count + right.count) * 16)
      return .array(ValueArray(left.elements + right.elements))
    },
    Builtin("array.flatten", [anyArray], anyArray) { operands, context throws(BuiltinError) in
      var flat: [Value] = []
      for element in try operands.array(0).elements {
        if case .array(let inner) = element { flat += inner.elements } else { flat.append(element) }
      }
      try context.charge(instructions: flat.count, bytes: flat.count * 16)
      return .array(ValueArray(flat))
    },
    Builtin("array.reverse", [anyArray], anyArray) { operands, context throws(BuiltinError) in
      let array = try operands.array(0)
      try context.charge(instructions: array.count, bytes: array.count * 16)
      return .array(ValueArray(array.elements.reversed()))
    },
    Builtin("array.slice", [anyArray, .number, .number], anyArray) { operands, context throws(BuiltinError) in
      let array = try operands.array(0)
      let (start, stop) = (try operands.integer(1), try operands.integer(2))
      let end = min(max(stop, 0), array.count)
      let elements = Array(array.elements[min(max(start, 0), end)..<end])
      try context.charge(instructions: elements.count, bytes: elements.count * 16)
      return .array(ValueArray(elements))
    },
    Builtin("set_diff", [anySet, anySet], anySet) { operands, context throws(BuiltinError) in
      .set(try SetAlgebra.difference(try operands.set(0), try operands.set(1), context))
    },
    Builtin("intersection", [.set(of: anySet)], anySet) { operands, context throws(BuiltinError) in
      var result: ValueSet?
      for set in try sets(operands) {
        if let found = result { result = try SetAlgebra.intersection(found, set, context) } else { result = set }
      }
      return .set(result ?? .empty)
    },
    Builtin("union", [.set(of: anySet)], anySet) { operands, context throws(BuiltinError) in
      let sets = try sets(operands)
      let count = sets.reduce(0) { $0 + $1.count }
      try context.charge(instructions: count * 4, bytes: count * 16)
      return .set(ValueSet(sets.flatMap(\.elements)))
    },
  ]

  private static func sets(_ operands: Operands) throws(BuiltinError) -> [ValueSet] {
    var sets: [ValueSet] = []
    for element in try operands.set(0).elements {
      guard case .set(let set) = element else { throw .operand(1, mustBe: "set", got: element) }
      sets.append(set)
    }
    return sets
  }
}
