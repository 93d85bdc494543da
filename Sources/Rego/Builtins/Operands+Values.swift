import BigInt

extension Operands {
  func number(_ position: Int) throws(BuiltinError) -> Value {
    switch self[position] {
    case .integer, .number: return self[position]
    default: throw .operand(position + 1, mustBe: "number", got: self[position])
    }
  }

  /// A whole number of any size, however written.
  func bigInteger(
    _ position: Int, _ context: any BuiltinContext, expected: String = "integer"
  ) throws(BuiltinError) -> BigInt {
    switch self[position] {
    case .integer(let value): return BigInt(value)
    case .number(let number):
      try Arithmetic.charge(self[position], context)
      guard let value = number.integer else {
        throw .operand(position + 1, message: "must be integer number but got floating-point number")
      }
      return value
    default: throw .operand(position + 1, mustBe: expected, got: self[position])
    }
  }

  func array(_ position: Int) throws(BuiltinError) -> ValueArray {
    guard case .array(let array) = self[position] else {
      throw .operand(position + 1, mustBe: "array", got: self[position])
    }
    return array
  }

  func set(_ position: Int) throws(BuiltinError) -> ValueSet {
    guard case .set(let set) = self[position] else {
      throw .operand(position + 1, mustBe: "set", got: self[position])
    }
    return set
  }

  func object(_ position: Int) throws(BuiltinError) -> ValueObject {
    guard case .object(let object) = self[position] else {
      throw .operand(position + 1, mustBe: "object", got: self[position])
    }
    return object
  }

  /// Elements of an array or a set.
  /// - Parameter expected: OPA's list of types for the message.
  func elements(_ position: Int, mustBe expected: String) throws(BuiltinError) -> [Value] {
    switch self[position] {
    case .array(let array): return array.elements
    case .set(let set): return set.elements
    default: throw .operand(position + 1, mustBe: expected, got: self[position])
    }
  }

  /// Strings of an array or a set.
  func texts(_ position: Int, mustBe expected: String) throws(BuiltinError) -> [Text] {
    var texts: [Text] = []
    for element in try elements(position, mustBe: expected) {
      guard case .string(let text) = element else {
        throw .element(position + 1, of: self[position], mustBe: "string", got: element)
      }
      texts.append(text)
    }
    return texts
  }
}

extension BuiltinError {
  /// OPA's `operand 1 must be array of strings but got array containing number`.
  static func element(_ operand: Int, of container: Value, mustBe expected: String, got value: Value) -> BuiltinError {
    let type = container.typeName
    return .operand(
      operand, message: "must be \(type) of \(expected)s but got \(type) containing \(value.typeName)")
  }

  static func failed(_ message: Text) -> BuiltinError { .failed(message.string) }
}
