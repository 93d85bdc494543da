// What builtins ask of their operands, with OPA's messages. Positions count from 0 here and from 1 in messages.
extension Operands {
  func text(_ position: Int) throws(BuiltinError) -> Text {
    guard case .string(let text) = self[position] else {
      throw .operand(position + 1, mustBe: "string", got: self[position])
    }
    return text
  }

  /// A whole number; a fraction, or more than 64 bits, is refused.
  func integer(_ position: Int) throws(BuiltinError) -> Int {
    switch self[position] {
    case .integer(let value): return Int(value)
    case .number(let number):
      guard let value = number.small else {
        throw .operand(position + 1, message: "must be integer number but got floating-point number")
      }
      return Int(value)
    default: throw .operand(position + 1, mustBe: "number", got: self[position])
    }
  }
}
