/// `count`, `sum`, `max` and their like.
enum AggregateBuiltins {
  private static let collection: TypeDescription = .anyOf([.array(of: .any), .set(of: .any)])
  private static let numbers: TypeDescription = .anyOf([.array(of: .number), .set(of: .number)])

  static let all: [Builtin] = [
    Builtin(
      "count", [.anyOf([.string, .array(of: .any), .object(.any, .any), .set(of: .any)])], .number
    ) { operands, _ throws(BuiltinError) in
      switch operands[0] {
      case .array(let array): return .integer(Int64(array.count))
      case .object(let object): return .integer(Int64(object.count))
      case .set(let set): return .integer(Int64(set.count))
      case .string(let text): return .integer(Int64(Runes.count(text)))
      default: throw .operand(1, mustBe: "one of {array, object, set, string}", got: operands[0])
      }
    },
    Builtin("sum", [numbers], .number) { operands, context throws(BuiltinError) in
      var sum: Value = 0
      for element in try numberElements(operands, context) { sum = try Arithmetic.add(sum, element, context) }
      return sum
    },
    Builtin("product", [numbers], .number) { operands, context throws(BuiltinError) in
      var product: Value = 1
      for element in try numberElements(operands, context) {
        product = try Arithmetic.multiply(product, element, context)
      }
      return product
    },
    Builtin("max", [collection], .any) { operands, context throws(BuiltinError) in
      let elements = try elements(operands, context)
      if case .set = operands[0] { return elements.last ?? .undefined }
      return elements.max() ?? .undefined
    },
    Builtin("min", [collection], .any) { operands, context throws(BuiltinError) in
      let elements = try elements(operands, context)
      if case .set = operands[0] { return elements.first ?? .undefined }
      return elements.min() ?? .undefined
    },
    Builtin("sort", [collection], .array(of: .any)) { operands, context throws(BuiltinError) in
      let elements = try elements(operands, context)
      if case .set = operands[0] { return .array(ValueArray(elements)) }
      let levels = max(1, Int.bitWidth - elements.count.leadingZeroBitCount)
      try context.charge(instructions: elements.count * levels, bytes: elements.count * 16)
      return .array(ValueArray(elements.sorted()))
    },
    Builtin("all", [collection], .boolean) { operands, _ throws(BuiltinError) in
      .boolean(try operands.elements(0, mustBe: "one of {array, set}").allSatisfy { $0 == true })
    },
    Builtin("any", [collection], .boolean) { operands, _ throws(BuiltinError) in
      .boolean(try operands.elements(0, mustBe: "one of {array, set}").contains(true))
    },
  ]

  private static func elements(_ operands: Operands, _ context: any BuiltinContext) throws(BuiltinError) -> [Value] {
    let elements = try operands.elements(0, mustBe: "one of {set, array}")
    try context.charge(instructions: elements.count, bytes: 0)
    return elements
  }

  private static func numberElements(
    _ operands: Operands, _ context: any BuiltinContext
  ) throws(BuiltinError) -> [Value] {
    let elements = try elements(operands, context)
    for element in elements where element.numberText == nil {
      throw .element(1, of: operands[0], mustBe: "number", got: element)
    }
    return elements
  }
}
