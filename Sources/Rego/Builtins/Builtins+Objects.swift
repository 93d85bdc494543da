/// `object.*`.
enum ObjectBuiltins {
  private static let anyObject: TypeDescription = .object(.any, .any)
  private static let keys: TypeDescription = .anyOf([.array(of: .any), .object(.any, .any), .set(of: .any)])

  static let all: [Builtin] = [
    Builtin("object.get", [anyObject, .any, .any], .any) { operands, _ throws(BuiltinError) in
      let object = try operands.object(0)
      guard case .array(let path) = operands[1] else {
        let value = object[operands[1]]
        return value.isUndefined ? operands[2] : value
      }
      var value = operands[0]
      for key in path.elements {
        value = value.lookUp(key)
        if value.isUndefined { return operands[2] }
      }
      return value
    },
    Builtin("object.keys", [anyObject], .set(of: .any)) { operands, context throws(BuiltinError) in
      let object = try operands.object(0)
      try context.charge(instructions: object.count, bytes: object.count * 16)
      return .set(ValueSet(sorted: object.keys))
    },
    Builtin("object.remove", [anyObject, keys], anyObject) { operands, context throws(BuiltinError) in
      let object = try operands.object(0)
      let removed = try keySet(operands, context)
      return .object(try select(object, context) { !removed.contains($0) })
    },
    Builtin("object.filter", [anyObject, keys], anyObject) { operands, context throws(BuiltinError) in
      let object = try operands.object(0)
      let kept = try keySet(operands, context)
      return .object(try select(object, context) { kept.contains($0) })
    },
    Builtin("object.union", [anyObject, anyObject], anyObject) { operands, context throws(BuiltinError) in
      .object(try union(try operands.object(0), try operands.object(1), context))
    },
    Builtin("object.union_n", [.array(of: anyObject)], anyObject) { operands, context throws(BuiltinError) in
      var result = ValueObject.empty
      for element in try operands.array(0).elements {
        guard case .object(let object) = element else {
          throw .element(1, of: operands[0], mustBe: "object", got: element)
        }
        result = try union(result, object, context)
      }
      return .object(result)
    },
    Builtin("object.subset", [keys, keys], .boolean) { operands, context throws(BuiltinError) in
      switch (operands[0], operands[1]) {
      case (.object(let all), .object(let part)): return .boolean(try isSubset(part, of: all, context))
      case (.set(let all), .set(let part)):
        try context.charge(instructions: part.count, bytes: 0)
        return .boolean(part.elements.allSatisfy(all.contains))
      case (.array(let all), .array(let part)): return .boolean(try isRun(part, in: all, context))
      case (.array(let all), .set(let part)):
        try context.charge(instructions: all.count, bytes: 0)
        // OPA counts matches, repeated ones included, and finds nothing in an empty array.
        return .boolean(all.count > 0 && all.elements.filter(part.contains).count >= part.count)
      default: throw .failed("both arguments object.subset must be of the same type or array and set")
      }
    },
  ]

  private static func keySet(_ operands: Operands, _ context: any BuiltinContext) throws(BuiltinError) -> ValueSet {
    switch operands[1] {
    case .array(let array):
      try context.charge(instructions: array.count * 4, bytes: array.count * 16)
      return ValueSet(array.elements)
    case .set(let set): return set
    case .object(let object): return ValueSet(sorted: object.keys)
    default: throw .operand(2, mustBe: "one of {object, set, array}", got: operands[1])
    }
  }

  private static func select(
    _ object: ValueObject, _ context: any BuiltinContext, _ isKept: (Value) -> Bool
  ) throws(BuiltinError) -> ValueObject {
    try context.charge(instructions: object.count, bytes: object.count * 32)
    var keys: [Value] = []
    var values: [Value] = []
    for (key, value) in zip(object.keys, object.values) where isKept(key) {
      keys.append(key)
      values.append(value)
    }
    return ValueObject(sortedKeys: keys, values: values)
  }

  /// Members of both; where both have a key, objects are united and otherwise the right one counts.
  static func union(
    _ left: ValueObject, _ right: ValueObject, _ context: any BuiltinContext
  ) throws(BuiltinError) -> ValueObject {
    if left.isEmpty { return right }
    if right.isEmpty { return left }
    try context.charge(instructions: left.count + right.count, bytes: (left.count + right.count) * 32)
    var keys: [Value] = []
    var values: [Value] = []
    keys.reserveCapacity(left.count + right.count)
    values.reserveCapacity(left.count + right.count)
    var (position, other) = (0, 0)
    while position < left.count || other < right.count {
      let order =
        position == left.count ? 1 : other == right.count ? -1 : left.keys[position].compare(right.keys[other])
      if order < 0 {
        keys.append(left.keys[position])
        values.append(left.values[position])
      } else {
        keys.append(right.keys[other])
        if order == 0, case .object(let inner) = left.values[position], case .object(let update) = right.values[other] {
          values.append(.object(try union(inner, update, context)))
        } else {
          values.append(right.values[other])
        }
      }
      if order <= 0 { position += 1 }
      if order >= 0 { other += 1 }
    }
    return ValueObject(sortedKeys: keys, values: values)
  }

  private static func isSubset(
    _ part: ValueObject, of all: ValueObject, _ context: any BuiltinContext
  ) throws(BuiltinError) -> Bool {
    try context.charge(instructions: part.count, bytes: 0)
    for (key, value) in zip(part.keys, part.values) {
      let other = all[key]
      if other == value { continue }
      switch (other, value) {
      case (.object(let other), .object(let value)):
        if !(try isSubset(value, of: other, context)) { return false }
      case (.set(let other), .set(let value)):
        if !value.elements.allSatisfy(other.contains) { return false }
      case (.array(let other), .array(let value)):
        if !(try isRun(value, in: other, context)) { return false }
      default: return false
      }
    }
    return true
  }

  /// Whether the elements follow one another somewhere in an array.
  private static func isRun(
    _ part: ValueArray, in all: ValueArray, _ context: any BuiltinContext
  ) throws(BuiltinError) -> Bool {
    guard part.count <= all.count else { return false }
    try context.charge(instructions: (all.count - part.count + 1) * max(1, part.count), bytes: 0)
    for start in 0...(all.count - part.count)
    where all.elements[start..<start + part.count].elementsEqual(part.elements) {
      return true
    }
    return false
  }
}
