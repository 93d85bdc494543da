/// `print`, `trace`, templates of strings, and what tells about the engine. Nothing here reads the environment.
enum OutputBuiltins {
  static let all: [Builtin] = [
    // The evaluator prints where it finds a call, because operands of `print` may be undefined.
    Builtin("print", [], .boolean, print),
    Builtin("internal.print", [.array(of: .set(of: .any))], .boolean) { operands, context throws(BuiltinError) in
      for line in try crossProduct(try operands.array(0).elements, context) {
        context.note(line.joined(separator: " "))
      }
      return true
    },
    Builtin("internal.template_string", [.array(of: .any)], .string) { operands, context throws(BuiltinError) in
      let lines = try crossProduct(try operands.array(0).elements, context)
      guard lines.count == 1 else { throw .failed("template-strings must not produce multiple outputs") }
      return .string(Text(lines[0].joined()))
    },
    Builtin("trace", [.string], .boolean) { operands, context throws(BuiltinError) in
      context.note(try operands.text(0).string)
      return true
    },
    Builtin("opa.runtime", [], .object(.string, .any)) { _, _ throws(BuiltinError) in
      .object(.empty)
    },
  ]

  private static let print: BuiltinFunction = { operands, context throws(BuiltinError) in
    context.note(operands.map(line).joined(separator: " "))
    return true
  }

  private static func line(_ value: Value) -> String {
    if case .string(let text) = value { return text.string }
    return value.description
  }

  /// Each operand is a scalar or the set of its values; an empty set stands for undefined.
  private static func crossProduct(
    _ operands: [Value], _ context: any BuiltinContext
  ) throws(BuiltinError) -> [[String]] {
    var lines: [[String]] = [[]]
    for operand in operands {
      let parts: [String]
      switch operand {
      case .set(let set): parts = set.isEmpty ? ["<undefined>"] : set.elements.map(line)
      case .array, .object: throw .failed("illegal argument type: \(operand.typeName)")
      default: parts = [line(operand)]
      }
      try context.charge(instructions: lines.count * parts.count, bytes: lines.count * parts.count * 64)
      lines = lines.flatMap { line in parts.map { line + [$0] } }
    }
    return lines
  }
}

/// What the compiler knows and the evaluator never runs: policies do no IO.
enum UnsupportedBuiltins {
  private static let document: TypeDescription = .anyOf([.string, .object(.any, .any)])
  private static let anyObject: TypeDescription = .object(.any, .any)

  static let all: [Builtin] = [
    Builtin("http.send", [.object(.string, .any)], anyObject, nil),
    Builtin("net.lookup_ip_addr", [.string], .set(of: .string), nil),
    Builtin("graphql.is_valid", [document, document], .boolean, nil),
    Builtin("graphql.parse", [document, document], .array(fixed: [anyObject, anyObject], rest: nil), nil),
    Builtin(
      "graphql.parse_and_verify", [document, document],
      .array(fixed: [.boolean, anyObject, anyObject], rest: nil), nil),
    Builtin("graphql.parse_query", [.string], anyObject, nil),
    Builtin("graphql.parse_schema", [.string], anyObject, nil),
    Builtin("graphql.schema_is_valid", [document], .boolean, nil),
  ]
}
