/// Types as OPA's messages show them. Source: OPA v1/types/types.go.
enum TypeText {
  /// - Parameter type: nil where nothing is known.
  static func text(_ type: TypeDescription?) -> String {
    guard let type else { return "???" }
    switch type {
    case .any: return "any"
    case .null: return "null"
    case .boolean: return "boolean"
    case .number: return "number"
    case .string: return "string"
    case .array(let fixed, let rest):
      let list = fixed.isEmpty ? "" : "<" + fixed.map { text($0) }.joined(separator: ", ") + ">"
      return "array" + list + (rest.map { "[" + text($0) + "]" } ?? "")
    case .set(let element): return "set[" + text(element) + "]"
    case .object(let fixed, let dynamic):
      let members = fixed.map { "\(ReferenceText.bare($0.key)): \(text($0.value))" }
      let list = fixed.isEmpty ? "" : "<" + members.joined(separator: ", ") + ">"
      return "object" + list + (dynamic.map { "[" + text($0.key) + ": " + text($0.value) + "]" } ?? "")
    case .anyOf(let types): return types.isEmpty ? "???" : "any<" + types.map { text($0) }.joined(separator: ", ") + ">"
    case .function(let arguments, let result): return list(arguments) + " => " + text(result)
    }
  }

  static func list(_ types: [TypeDescription?]) -> String {
    "(" + types.map { text($0) }.joined(separator: ", ") + ")"
  }
}

extension ReferenceText {
  /// A key without quotes when it is a string.
  static func bare(_ value: Value) -> String {
    if case .string(let text) = value { text.string } else { scalar(value) }
  }
}
