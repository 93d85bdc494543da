/// Casts and questions about types.
enum TypeBuiltins {
  static let all: [Builtin] = [
    Builtin("to_number", [.anyOf([.null, .boolean, .number, .string])], .number) { operands, _ throws(BuiltinError) in
      switch operands[0] {
      case .null: return 0
      case .boolean(let value): return value ? 1 : 0
      case .integer, .number: return operands[0]
      case .string(let text): return try number(text)
      default: throw .operand(1, mustBe: "one of {null, boolean, number, string}", got: operands[0])
      }
    },
    cast("cast_array", .array(of: .any), "one of {array, set}") {
      switch $0 {
      case .array: $0
      case .set(let set): .array(ValueArray(set.elements))
      default: nil
      }
    },
    cast("cast_set", .set(of: .any), "one of {array, set}") {
      switch $0 {
      case .array(let array): .set(ValueSet(array.elements))
      case .set: $0
      default: nil
      }
    },
    cast("cast_string", .string, "string") { if case .string = $0 { $0 } else { nil } },
    cast("cast_boolean", .boolean, "boolean") { if case .boolean = $0 { $0 } else { nil } },
    cast("cast_null", .null, "null") { if case .null = $0 { $0 } else { nil } },
    cast("cast_object", .object(.any, .any), "object") { if case .object = $0 { $0 } else { nil } },
    question("is_array") { if case .array = $0 { true } else { false } },
    question("is_boolean") { if case .boolean = $0 { true } else { false } },
    question("is_null") { if case .null = $0 { true } else { false } },
    question("is_number") { $0.typeRank == 2 },
    question("is_object") { if case .object = $0 { true } else { false } },
    question("is_set") { if case .set = $0 { true } else { false } },
    question("is_string") { if case .string = $0 { true } else { false } },
    Builtin("type_name", [.any], .string) { operands, _ throws(BuiltinError) in
      .string(Text(operands[0].typeName))
    },
  ]

  private static func question(_ name: String, _ holds: @escaping @Sendable (Value) -> Bool) -> Builtin {
    Builtin(name, [.any], .boolean) { operands, _ throws(BuiltinError) in .boolean(holds(operands[0])) }
  }

  private static func cast(
    _ name: String, _ result: TypeDescription, _ expected: String, _ cast: @escaping @Sendable (Value) -> Value?
  ) -> Builtin {
    Builtin(name, [.any], result) { operands, _ throws(BuiltinError) in
      guard let value = cast(operands[0]) else { throw .operand(1, mustBe: expected, got: operands[0]) }
      return value
    }
  }

  /// Go's `strconv.ParseFloat` decides what is a number, and the text stays as it is. What JSON could not show (`+1`,
  /// `.5`, `007`) is written the way JSON does.
  private static func number(_ text: Text) throws(BuiltinError) -> Value {
    if let value = Value(numberLiteral: text), inRange(value), isJSONNumber(text) { return value }
    var bytes = text.bytes
    let word = bytes.drop { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }.map { $0 | 0x20 }
    if ["inf", "infinity", "nan"].contains(where: { word.elementsEqual($0.utf8) }) {
      throw .operand(1, message: "must be valid number string but got string")
    }
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
    // A digit on either side of the point is enough for Go.
    if bytes.first == UInt8(ascii: "."), bytes.dropFirst().first.map({ $0 &- 0x30 < 10 }) == true {
      bytes.insert(0x30, at: 0)
    }
    if let point = bytes.firstIndex(of: UInt8(ascii: ".")), point > 0, bytes[point - 1] &- 0x30 < 10,
      point + 1 == bytes.count || bytes[point + 1] | 0x20 == UInt8(ascii: "e")
    {
      bytes.insert(0x30, at: point + 1)
    }
    let zeros = bytes.prefix { $0 == 0x30 }.count
    if zeros > 0 {
      bytes.removeFirst(zeros)
      if bytes.first.map({ $0 &- 0x30 < 10 }) != true { bytes.insert(0x30, at: 0) }
    }
    if isNegative { bytes.insert(UInt8(ascii: "-"), at: 0) }
    let quoted = Value.string(text).termText
    guard let first = bytes.first, first == UInt8(ascii: "-") || first &- 0x30 < 10,
      bytes.withUnsafeBytes({ DecimalParts($0) }) != nil
    else { throw .failed("strconv.ParseFloat: parsing \(quoted): invalid syntax") }
    guard let value = Value(numberLiteral: bytes), inRange(value) else {
      throw .failed("strconv.ParseFloat: parsing \(quoted): value out of range")
    }
    return value
  }

  /// Below the largest double and half a step.
  private static func inRange(_ value: Value) -> Bool {
    guard case .number(let number) = value, number.signum != 0 else { return true }
    if number.magnitude <= 308 { return true }
    return number.magnitude == 309 && Double(number.text.string).map { $0.isFinite } == true
  }

  private static func isJSONNumber(_ text: Text) -> Bool {
    text.withBytes { bytes in
      let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes[...]
      guard let first = digits.first, first &- 0x30 < 10 else { return false }
      return first != 0x30 || digits.count == 1 || digits.dropFirst().first.map { $0 &- 0x30 >= 10 } == true
    }
  }
}
