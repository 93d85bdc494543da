import BigInt

extension JSONSchema {
  /// Holds a document against a schema that was checked.
  func validate(
    _ node: Value, _ schema: Value, _ path: [String], _ depth: Int
  ) throws(BuiltinError) -> Outcome {
    try context.charge(instructions: 64, bytes: 64)
    var outcome = Outcome()
    guard depth < Self.depthMax else { throw .failed("document or references are too deep for the schema") }
    guard case .object(let object) = schema else {
      if schema == false { outcome.add("false", "False always fails validation", at: path) }
      return outcome
    }
    if case .string(let reference) = object["$ref"] {
      return try validate(node, try resolve(reference), path, depth + 1)
    }
    if let fault = typeFault(node, object["type"]) {
      outcome.add("invalid_type", fault, at: path)
      return outcome
    }
    try combine(node, object, path, depth, &outcome)
    outcome.score += 1
    switch node {
    case .integer, .number:
      try number(node, object, path, &outcome)
      common(node, object, path, &outcome)
    case .array(let array):
      try items(array, object, path, depth, &outcome)
      common(node, object, path, &outcome)
    case .object(let members):
      common(node, object, path, &outcome)
      try self.members(members, object, path, depth, &outcome)
      if case .object(let properties) = object["properties"] {
        for (name, member) in zip(properties.keys, properties.values) {
          let value = members[name]
          if value.isUndefined { continue }
          outcome.merge(try validate(value, member, path + [Self.text(name)], depth + 1))
        }
      }
    case .string(let text):
      common(node, object, path, &outcome)
      try string(text, object, path, &outcome)
    default: common(node, object, path, &outcome)
    }
    return outcome
  }

  private static func text(_ value: Value) -> String {
    if case .string(let text) = value { return text.string }
    return value.jsonText.string
  }

  private static func typeName(_ node: Value) -> String {
    if case .integer = whole(node) { return "integer" }
    if case .number(let number) = node, number.isInteger { return "integer" }
    return node.typeName
  }

  private func typeFault(_ node: Value, _ type: Value) -> String? {
    let given = Self.typeName(node)
    func fits(_ type: Value) -> Bool { type == .string(Text(given)) || (type == "number" && given == "integer") }
    switch type {
    case .array(let types):
      if types.elements.contains(where: fits) { return nil }
      let expected = types.elements.map(Self.text).joined(separator: ",")
      return "Invalid type. Expected: \(types.count == 1 ? expected : "[\(expected)]"), given: \(given)"
    case .string: return fits(type) ? nil : "Invalid type. Expected: \(Self.text(type)), given: \(given)"
    default: return nil
    }
  }

  // MARK: Schemas of schemas

  private func combine(
    _ node: Value, _ object: ValueObject, _ path: [String], _ depth: Int, _ outcome: inout Outcome
  ) throws(BuiltinError) {
    if case .array(let choices) = object["anyOf"], !choices.isEmpty {
      let (count, best) = try tried(node, choices, path, depth, untilFirst: true)
      if count == 0 {
        outcome.add("number_any_of", "Must validate at least one schema (anyOf)", at: path)
        if let best { outcome.merge(best) }
      }
    }
    if case .array(let choices) = object["oneOf"], !choices.isEmpty {
      let (count, best) = try tried(node, choices, path, depth, untilFirst: false)
      if count != 1 {
        outcome.add("number_one_of", "Must validate one and only one schema (oneOf)", at: path)
        if count == 0, let best { outcome.merge(best) }
      }
    }
    if case .array(let all) = object["allOf"] {
      var failed = false
      for schema in all.elements {
        let inner = try validate(node, schema, path, depth + 1)
        if !inner.isValid { failed = true }
        outcome.merge(inner)
      }
      if failed { outcome.add("number_all_of", "Must validate all the schemas (allOf)", at: path) }
    }
    if !object["not"].isUndefined, try validate(node, object["not"], path, depth + 1).isValid {
      outcome.add("number_not", "Must not validate the schema (not)", at: path)
    }
    if case .object(let dependencies) = object["dependencies"], case .object(let members) = node {
      for (name, dependency) in zip(dependencies.keys, dependencies.values) where !members[name].isUndefined {
        if case .array(let names) = dependency {
          for other in names.elements where members[other].isUndefined {
            outcome.add("missing_dependency", "Has a dependency on \(Self.text(other))", at: path)
          }
        } else {
          outcome.merge(try validate(node, dependency, path, depth + 1))
        }
      }
    }
    if !object["if"].isUndefined {
      let holds = try validate(node, object["if"], path, depth + 1).isValid
      let next = object[holds ? "then" : "else"]
      if !next.isUndefined {
        let inner = try validate(node, next, path, depth + 1)
        if !inner.isValid {
          if holds {
            outcome.add("condition_then", "Must validate \"then\" as \"if\" was valid", at: path)
          } else {
            outcome.add("condition_else", "Must validate \"else\" as \"if\" was not valid", at: path)
          }
          outcome.merge(inner)
        }
      }
    }
  }

  private func tried(
    _ node: Value, _ choices: ValueArray, _ path: [String], _ depth: Int, untilFirst: Bool
  ) throws(BuiltinError) -> (count: Int, best: Outcome?) {
    var count = 0
    var best: Outcome?
    for schema in choices.elements {
      let inner = try validate(node, schema, path, depth + 1)
      if inner.isValid {
        count += 1
        if untilFirst { break }
      } else if count == 0, best.map({ inner.score > $0.score }) ?? true {
        best = inner
      }
    }
    return (count, best)
  }

  private func common(_ node: Value, _ object: ValueObject, _ path: [String], _ outcome: inout Outcome) {
    let field = path.isEmpty ? "(Root)" : path.joined(separator: ".")
    if !object["const"].isUndefined, object["const"] != node {
      outcome.add("const", "\(field) does not match: \(object["const"].jsonText)", at: path)
    }
    if case .array(let values) = object["enum"], !values.elements.contains(node) {
      let allowed = values.elements.map { $0.jsonText.string }.joined(separator: ", ")
      outcome.add("enum", "\(field) must be one of the following: \(allowed)", at: path)
    }
    if case .string(let format) = object["format"], !SchemaFormat.accepts(node, format.string) {
      outcome.add("format", "Does not match format '\(format)'", at: path)
    }
    outcome.score += 1
  }

  // MARK: Types

  private func number(
    _ node: Value, _ object: ValueObject, _ path: [String], _ outcome: inout Outcome
  ) throws(BuiltinError) {
    func bound(_ key: Value) -> Value? { object[key].numberText == nil ? nil : object[key] }
    func shown(_ value: Value) -> String { value.numberText?.string ?? "" }
    if let factor = bound("multipleOf"), try !isMultiple(node, factor) {
      outcome.add("multiple_of", "Must be a multiple of \(shown(factor))", at: path)
    }
    if let maximum = bound("maximum") {
      if object["exclusiveMaximum"] == true {
        if node >= maximum { outcome.add("number_lt", "Must be less than \(shown(maximum))", at: path) }
      } else if node > maximum {
        outcome.add("number_lte", "Must be less than or equal to \(shown(maximum))", at: path)
      }
    }
    if let maximum = bound("exclusiveMaximum"), node >= maximum {
      outcome.add("number_lt", "Must be less than \(shown(maximum))", at: path)
    }
    if let minimum = bound("minimum") {
      if object["exclusiveMinimum"] == true {
        if node <= minimum { outcome.add("number_gt", "Must be greater than \(shown(minimum))", at: path) }
      } else if node < minimum {
        outcome.add("number_gte", "Must be greater than or equal to \(shown(minimum))", at: path)
      }
    }
    if let minimum = bound("exclusiveMinimum"), node <= minimum {
      outcome.add("number_gt", "Must be greater than \(shown(minimum))", at: path)
    }
    outcome.score += 1
  }

  /// Exactly, by the decimal digits.
  private func isMultiple(_ value: Value, _ factor: Value) throws(BuiltinError) -> Bool {
    try Arithmetic.charge(value, context)
    try Arithmetic.charge(factor, context)
    func exponent(_ value: Value) -> Int { if case .number(let number) = value { number.exponent } else { 0 } }
    let shift = -min(0, exponent(value), exponent(factor))
    guard let dividend = Arithmetic.scaled(value, by: shift), let divisor = Arithmetic.scaled(factor, by: shift) else {
      return false
    }
    return (dividend % divisor).isZero
  }

  private func string(
    _ text: Text, _ object: ValueObject, _ path: [String], _ outcome: inout Outcome
  ) throws(BuiltinError) {
    if case .integer(let least) = Self.whole(object["minLength"]), Runes.count(text) < least {
      outcome.add("string_gte", "String length must be greater than or equal to \(least)", at: path)
    }
    if case .integer(let most) = Self.whole(object["maxLength"]), Runes.count(text) > most {
      outcome.add("string_lte", "String length must be less than or equal to \(most)", at: path)
    }
    if case .string(let source) = object["pattern"] {
      try context.charge(instructions: text.byteCount, bytes: 0)
      if try !pattern(source).matches(text) {
        outcome.add("pattern", "Does not match pattern '\(source)'", at: path)
      }
    }
    outcome.score += 1
  }

  private func items(
    _ array: ValueArray, _ object: ValueObject, _ path: [String], _ depth: Int, _ outcome: inout Outcome
  ) throws(BuiltinError) {
    switch object["items"] {
    case .object, .boolean:
      for (index, element) in array.elements.enumerated() {
        outcome.merge(try validate(element, object["items"], path + ["\(index)"], depth + 1))
      }
    case .array(let schemas):
      for (index, element) in array.elements.enumerated() {
        if index < schemas.count {
          outcome.merge(try validate(element, schemas[index], path + ["\(index)"], depth + 1))
        } else if case .object = object["additionalItems"] {
          outcome.merge(try validate(element, object["additionalItems"], path + ["\(index)"], depth + 1))
        } else if object["additionalItems"] == false {
          outcome.add("array_no_additional_items", "No additional items allowed on array", at: path)
          break
        }
      }
    default: break
    }
    if case .integer(let least) = Self.whole(object["minItems"]), array.count < least {
      outcome.add("array_min_items", "Array must have at least \(least) items", at: path)
    }
    if case .integer(let most) = Self.whole(object["maxItems"]), array.count > most {
      outcome.add("array_max_items", "Array must have at most \(most) items", at: path)
    }
    if object["uniqueItems"] == true {
      var seen: [Value: Int] = [:]
      try context.charge(instructions: array.count * 4, bytes: array.count * 32)
      for (index, element) in array.elements.enumerated() {
        if let earlier = seen[element] {
          outcome.add("unique", "array items[\(earlier),\(index)] must be unique", at: path)
        } else {
          seen[element] = index
        }
      }
    }
    if !object["contains"].isUndefined {
      var best: Outcome?
      var found = false
      for (index, element) in array.elements.enumerated() {
        let inner = try validate(element, object["contains"], path + ["\(index)"], depth + 1)
        if inner.isValid {
          found = true
          break
        }
        if best.map({ inner.score > $0.score }) ?? true { best = inner }
      }
      if !found {
        outcome.add("contains", "At least one of the items must match", at: path)
        if let best { outcome.merge(best) }
      }
    }
    outcome.score += 1
  }

  private func members(
    _ members: ValueObject, _ object: ValueObject, _ path: [String], _ depth: Int, _ outcome: inout Outcome
  ) throws(BuiltinError) {
    if case .integer(let least) = Self.whole(object["minProperties"]), members.count < least {
      outcome.add("array_min_properties", "Must have at least \(least) properties", at: path)
    }
    if case .integer(let most) = Self.whole(object["maxProperties"]), members.count > most {
      outcome.add("array_max_properties", "Must have at most \(most) properties", at: path)
    }
    if case .array(let names) = object["required"] {
      for name in names.elements where members[name].isUndefined {
        outcome.add("required", "\(Self.text(name)) is required", at: path)
      }
    }
    let hasPatterns = !object["patternProperties"].isUndefined
    let additional = object["additionalProperties"]
    for (name, value) in zip(members.keys, members.values) where hasPatterns || !additional.isUndefined {
      var isDescribed = !object["properties"].lookUp(name).isUndefined
      if case .object(let patterns) = object["patternProperties"], case .string(let text) = name {
        for case (.string(let source), let schema) in zip(patterns.keys, patterns.values) {
          try context.charge(instructions: text.byteCount + 16, bytes: 0)
          if try !pattern(source).matches(text) { continue }
          isDescribed = true
          outcome.merge(try validate(value, schema, path + [text.string], depth + 1))
        }
      }
      if isDescribed { continue }
      if case .object = additional {
        outcome.merge(try validate(value, additional, path + [Self.text(name)], depth + 1))
      } else if additional == false {
        outcome.add(
          "additional_property_not_allowed", "Additional property \(Self.text(name)) is not allowed", at: path)
      }
    }
    if !object["propertyNames"].isUndefined {
      for name in members.keys {
        let inner = try validate(name, object["propertyNames"], path, depth + 1)
        if inner.isValid { continue }
        outcome.add("invalid_property_name", "Property name of \"\(Self.text(name))\" does not match", at: path)
        outcome.merge(inner)
      }
    }
    outcome.score += 1
  }
}

/// The formats of strings that are decided without a library; every other name accepts everything.
enum SchemaFormat {
  static func accepts(_ node: Value, _ format: String) -> Bool {
    guard case .string(let text) = node else { return true }
    switch format {
    case "ipv4": return text.withBytes { NetworkAddress($0) } != nil && !text.contains(":")
    case "ipv6": return text.withBytes { NetworkAddress($0) } != nil && text.contains(":")
    case "uuid":
      let groups = text.bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
      return groups.map(\.count) == [8, 4, 4, 4, 12]
        && groups.joined().allSatisfy { EncodingBuiltins.hexValue($0) != nil }
    case "date": return isDate(text.bytes[...])
    case "regex":
      do throws(BuiltinError) {
        _ = try RegularExpression(text)
        return true
      } catch {
        return false
      }
    default: return true
    }
  }

  private static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
    let parts = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.map(\.count) == [4, 2, 2] else { return false }
    let numbers = parts.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
    guard numbers.count == 3, parts.joined().allSatisfy({ $0 &- 0x30 < 10 }), (1...12).contains(numbers[1]) else {
      return false
    }
    let isLeap = numbers[0] % 4 == 0 && (numbers[0] % 100 != 0 || numbers[0] % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[numbers[1] - 1]).contains(numbers[2])
  }
}
