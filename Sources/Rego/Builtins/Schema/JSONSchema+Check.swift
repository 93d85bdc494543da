extension JSONSchema {
  private static let types: [Value] = ["array", "boolean", "integer", "number", "null", "object", "string"]
  private static let subschemas: [Value] = [
    "not", "contains", "propertyNames", "if", "then", "else", "additionalItems",
  ]
  private static let lists: [Value] = ["allOf", "anyOf", "oneOf"]
  private static let maps: [Value] = ["properties", "patternProperties", "definitions"]
  private static let counts: [(Value, Value)] = [
    ("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties"),
  ]
  private static let bounds: [Value] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]

  private static func name(_ key: Value) -> String { if case .string(let text) = key { text.string } else { "" } }

  /// Refuses what no document could be held against.
  /// - Parameter seen: references that are or were followed.
  func check(_ schema: Value, _ depth: Int, _ seen: inout Set<Text>) throws(BuiltinError) {
    try context.charge(instructions: 32, bytes: 0)
    guard depth < Self.depthMax else { throw .failed("schema is too deep") }
    if case .boolean = schema { return }
    guard case .object(let object) = schema else {
      throw .failed("Invalid type. Expected: valid schema, given: \(schema.typeName)")
    }
    switch object["$ref"] {
    case .undefined: break
    case .string(let reference):
      let target = try resolve(reference)
      if seen.insert(reference).inserted { try check(target, depth + 1, &seen) }
    default: throw .failed("Invalid type. Expected: string, given: $ref")
    }
    try checkType(object["type"])
    try checkMembers(object, depth, &seen)
    try checkNumbers(object)
    switch object["pattern"] {
    case .undefined: break
    case .string(let text): _ = try pattern(text)
    default: throw .failed("Invalid type. Expected: string, given: pattern")
    }
    switch object["format"] {
    case .undefined, .string: break
    default: throw .failed("Invalid type. Expected: string, given: format")
    }
    switch object["required"] {
    case .undefined: break
    case .array(let names):
      for name in names.elements {
        guard case .string = name else { throw .failed("Invalid type. Expected: string, given: required") }
      }
      guard Set(names.elements).count == names.count else { throw .failed("required items must be unique") }
    default: throw .failed("required must be of an array")
    }
    switch object["enum"] {
    case .undefined: break
    case .array(let values):
      guard Set(values.elements).count == values.count else { throw .failed("enum items must be unique") }
    default: throw .failed("enum must be of an array")
    }
    switch object["uniqueItems"] {
    case .undefined, .boolean: break
    default: throw .failed("uniqueItems must be of a boolean")
    }
  }

  private func checkType(_ type: Value) throws(BuiltinError) {
    func one(_ type: Value) throws(BuiltinError) {
      guard case .string(let name) = type else {
        throw .failed("Invalid type. Expected: type, given: string/Array Of Strings")
      }
      guard Self.types.contains(type) else {
        throw .failed(
          "has a primitive type that is NOT VALID -- given: /\(name)/ Expected valid values are:"
            + "[array boolean integer number null object string]")
      }
    }
    switch type {
    case .undefined: break
    case .array(let types):
      var seen: Set<Value> = []
      for type in types.elements {
        try one(type)
        guard seen.insert(type).inserted else { throw .failed("\(Self.name(type)) type is duplicated") }
      }
    default: try one(type)
    }
  }

  private func checkMembers(
    _ object: ValueObject, _ depth: Int, _ seen: inout Set<Text>
  ) throws(BuiltinError) {
    for key in Self.maps {
      switch object[key] {
      case .undefined: break
      case .object(let members):
        for (name, member) in zip(members.keys, members.values) {
          if key == "patternProperties", case .string(let text) = name {
            do throws(BuiltinError) { _ = try pattern(text) } catch {
              throw .failed("Invalid regex pattern '\(text)'")
            }
          }
          try check(member, depth + 1, &seen)
        }
      default:
        let name = Self.name(key)
        throw .failed("\(name.prefix(1).uppercased() + name.dropFirst()) must be of type object")
      }
    }
    for key in Self.lists {
      switch object[key] {
      case .undefined: break
      case .array(let members): for member in members.elements { try check(member, depth + 1, &seen) }
      default: throw .failed("\(Self.name(key)) must be of an array")
      }
    }
    for key in Self.subschemas {
      switch object[key] {
      case .undefined, .boolean: break
      case .object: try check(object[key], depth + 1, &seen)
      default: throw .failed("\(Self.name(key)) must be of an object")
      }
    }
    switch object["additionalProperties"] {
    case .undefined, .boolean: break
    case .object: try check(object["additionalProperties"], depth + 1, &seen)
    default: throw .failed("Invalid type. Expected: boolean/Valid Schema, given: additionalProperties")
    }
    switch object["items"] {
    case .undefined, .boolean: break
    case .object: try check(object["items"], depth + 1, &seen)
    case .array(let items): for item in items.elements { try check(item, depth + 1, &seen) }
    default: throw .failed("Invalid type. Expected: Valid Schema/Array Of Schemas, given: items")
    }
    switch object["dependencies"] {
    case .undefined: break
    case .object(let members):
      for member in members.values {
        if case .array(let names) = member {
          for name in names.elements {
            guard case .string = name else { throw .failed("dependencies items must be of a string") }
          }
        } else {
          try check(member, depth + 1, &seen)
        }
      }
    default: throw .failed("dependencies must be of an object")
    }
  }

  private func checkNumbers(_ object: ValueObject) throws(BuiltinError) {
    for (least, most) in Self.counts {
      for key in [least, most] where !object[key].isUndefined {
        guard case .integer(let count) = Self.whole(object[key]) else {
          throw .failed("\(Self.name(key)) must be of an integer")
        }
        guard count >= 0 else { throw .failed("\(Self.name(key)) must be greater than or equal to 0") }
      }
      if case .integer(let low) = Self.whole(object[least]), case .integer(let high) = Self.whole(object[most]),
        low > high
      {
        throw .failed("\(Self.name(least)) cannot be greater than \(Self.name(most))")
      }
    }
    for key in Self.bounds where !object[key].isUndefined {
      // Draft 4 has flags beside the bound.
      if case .boolean = object[key], key == "exclusiveMinimum" || key == "exclusiveMaximum" { continue }
      guard object[key].numberText != nil else { throw .failed("\(Self.name(key)) must be of a Number") }
    }
    if object["multipleOf"].numberText != nil, object["multipleOf"].compare(0) <= 0 {
      throw .failed("multipleOf must be strictly greater than 0")
    }
  }

  /// `5.0` is an integer too.
  static func whole(_ value: Value) -> Value {
    if case .number(let number) = value, let small = number.small { return .integer(small) }
    return value
  }
}
