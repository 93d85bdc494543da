import JSON

/// A JSON schema (drafts 4 to 7), checked and applied with the messages of the validator in OPA. References are local:
/// nothing is fetched.
struct JSONSchema {
  struct Fault: Equatable {
    var field: String
    var type: String
    var description: String

    var value: Value {
      .object(
        ValueObject([
          ("desc", .string(Text(description))), ("error", .string(Text("\(field): \(description)"))),
          ("field", .string(Text(field))), ("type", .string(Text(type))),
        ]))
    }
  }

  /// Faults and how near the document came: what chooses among the alternatives of `anyOf`.
  struct Outcome {
    var faults: [Fault] = []
    var score = 0

    var isValid: Bool { faults.isEmpty }

    mutating func add(_ type: String, _ description: String, at path: [String]) {
      faults.append(
        Fault(field: path.isEmpty ? "(Root)" : path.joined(separator: "."), type: type, description: description))
      score -= 1
    }

    mutating func merge(_ other: Outcome) {
      faults += other.faults
      score += other.score
    }
  }

  static let depthMax = 200

  let root: Value
  let context: any BuiltinContext

  /// - Throws: what is wrong with the schema.
  init(_ schema: Value, _ context: any BuiltinContext) throws(BuiltinError) {
    root = schema
    self.context = context
    var seen: Set<Text> = []
    try check(schema, 0, &seen)
  }

  func validate(_ document: Value) throws(BuiltinError) -> Outcome {
    try validate(document, root, [], 0)
  }

  // MARK: References

  /// The schema at a JSON pointer in this document.
  func resolve(_ reference: Text) throws(BuiltinError) -> Value {
    guard reference.withBytes({ $0.first == UInt8(ascii: "#") }) else {
      throw .failed("reference \(reference) is not local; remote references are not fetched")
    }
    var value = root
    for name in reference.bytes.dropFirst().split(separator: UInt8(ascii: "/")) {
      let name = String(decoding: name, as: UTF8.self)
        .split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
        .split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
      if case .array = value {
        value = Int64(name).map { value.lookUp(.integer($0)) } ?? .undefined
      } else {
        value = value.lookUp(.string(Text(name)))
      }
      if value.isUndefined { throw .failed("Object has no key '\(name)'") }
    }
    return value
  }

  func pattern(_ text: Text) throws(BuiltinError) -> RegularExpression {
    if let found = context.cache.expressions[text] { return found }
    let expression: RegularExpression
    do throws(BuiltinError) { expression = try RegularExpression(text) } catch {
      throw .failed("pattern must be a valid regex")
    }
    context.cache.keep(expression, for: text)
    return expression
  }
}

/// `json.match_schema` and `json.verify_schema`.
enum SchemaBuiltins {
  private static let document: TypeDescription = .anyOf([.string, .object(.any, .any)])
  private static let faults: TypeDescription = .array(
    of: .object(
      fixed: [
        .init(key: "desc", value: .string), .init(key: "error", value: .string), .init(key: "field", value: .string),
        .init(key: "type", value: .string),
      ], dynamic: nil))

  static let all: [Builtin] = [
    Builtin("json.match_schema", [document, document], .array(fixed: [.boolean, faults], rest: nil)) {
      operands, context throws(BuiltinError) in
      let document = try load(operands[0], context)
      let outcome = try JSONSchema(try load(operands[1], context), context).validate(document)
      return [.boolean(outcome.isValid), .array(ValueArray(outcome.faults.map(\.value)))]
    },
    Builtin("json.verify_schema", [document], .array(fixed: [.boolean, .anyOf([.null, .string])], rest: nil)) {
      operands, context throws(BuiltinError) in
      do throws(BuiltinError) {
        _ = try JSONSchema(try load(operands[0], context), context)
        return [true, .null]
      } catch {
        guard case .failed(let message) = error else { throw error }
        return [false, .string(Text("jsonschema: \(message)"))]
      }
    },
  ]

  /// A JSON text, or a value as JSON has it (sets are arrays, keys are strings).
  private static func load(_ operand: Value, _ context: any BuiltinContext) throws(BuiltinError) -> Value {
    let text: Text
    switch operand {
    case .string(let given): text = given
    case .object, .array: text = try JSONBuiltins.marshal(operand, nil, context)
    default: throw .failed("wrong type, expected string or object")
    }
    try context.charge(instructions: text.byteCount, bytes: text.byteCount * 4)
    do throws(JSONError) { return try JSONBuiltins.parse(text, context) } catch { throw .failed("invalid JSON string") }
  }
}
