/// `regex.*` and `glob.*`.
enum PatternBuiltins {
  static let all: [Builtin] = [
    Builtin("regex.match", [.string, .string], .boolean, match),
    Builtin("re_match", [.string, .string], .boolean, match),
    Builtin("regex.is_valid", [.string], .boolean) { operands, _ throws(BuiltinError) in
      guard case .string(let pattern) = operands[0] else { return false }
      do throws(BuiltinError) {
        _ = try RegularExpression(pattern)
        return true
      } catch {
        return false
      }
    },
    Builtin("regex.split", [.string, .string], .array(of: .string), split),
    Builtin("regex.find_n", [.string, .string, .number], .array(of: .string), find),
    Builtin(
      "regex.find_all_string_submatch_n", [.string, .string, .number], .array(of: .array(of: .string)), findGroups),
    Builtin("regex.replace", [.string, .string, .string], .string, replace),
    Builtin("regex.template_match", [.string, .string, .string, .string], .boolean, matchTemplate),
    Builtin("regex.globs_match", [.string, .string], .boolean) { operands, _ throws(BuiltinError) in
      .boolean(try GlobIntersection.isNonEmpty(try operands.text(0), try operands.text(1)))
    },
    Builtin("glob.match", [.string, .anyOf([.null, .array(of: .string)]), .string], .boolean, globMatch),
    Builtin("glob.quote_meta", [.string], .string) { operands, _ throws(BuiltinError) in
      let special = Set("\\*?[]{}".utf8)
      return .string(Text(bytes: try operands.text(0).bytes.flatMap { special.contains($0) ? [0x5C, $0] : [$0] }))
    },
  ]

  private static func expression(
    _ pattern: Text, _ context: any BuiltinContext
  ) throws(BuiltinError) -> RegularExpression {
    if let found = context.cache.expressions[pattern] { return found }
    let expression = try RegularExpression(pattern)
    context.cache.keep(expression, for: pattern)
    return expression
  }

  private static let match: BuiltinFunction = { operands, context throws(BuiltinError) in
    let (pattern, text) = (try operands.text(0), try operands.text(1))
    try context.charge(instructions: text.byteCount / 8, bytes: 0)
    return .boolean(try expression(pattern, context).matches(text))
  }

  private static let split: BuiltinFunction = { operands, context throws(BuiltinError) in
    let (pattern, text) = (try operands.text(0), try operands.text(1))
    let expression = try expression(pattern, context)
    try context.charge(instructions: text.byteCount, bytes: text.byteCount)
    return text.withBytes { bytes in
      // Source: Go regexp.Split: an empty text is one piece unless the pattern is empty.
      if bytes.isEmpty, pattern.isEmpty { return .array(.empty) }
      if bytes.isEmpty { return [""] }
      var pieces: [Value] = []
      var begin = 0
      var end = 0
      for match in expression.all(in: bytes, limit: -1, groups: false) {
        end = match.whole.lowerBound
        if match.whole.upperBound != 0 {
          pieces.append(.string(Text(UnsafeRawBufferPointer(rebasing: bytes[begin..<end]))))
        }
        begin = match.whole.upperBound
      }
      if end != bytes.count { pieces.append(.string(Text(UnsafeRawBufferPointer(rebasing: bytes[begin...])))) }
      return .array(ValueArray(pieces))
    }
  }

  private static let find: BuiltinFunction = { operands, context throws(BuiltinError) in
    let (pattern, text, limit) = (try operands.text(0), try operands.text(1), try operands.integer(2))
    let expression = try expression(pattern, context)
    try context.charge(instructions: text.byteCount, bytes: text.byteCount)
    return text.withBytes { bytes in
      let found = expression.all(in: bytes, limit: limit, groups: false).map { match in
        Value.string(Text(UnsafeRawBufferPointer(rebasing: bytes[match.whole])))
      }
      return .array(ValueArray(found))
    }
  }

  private static let findGroups: BuiltinFunction = { operands, context throws(BuiltinError) in
    let (pattern, text, limit) = (try operands.text(0), try operands.text(1), try operands.integer(2))
    let expression = try expression(pattern, context)
    try context.charge(instructions: text.byteCount, bytes: text.byteCount * (expression.groupCount + 1))
    return text.withBytes { bytes in
      let found = expression.all(in: bytes, limit: limit, groups: true).map { match in
        let groups = (0...expression.groupCount).map { number in
          match.group(number).map { Value.string(Text(UnsafeRawBufferPointer(rebasing: bytes[$0]))) } ?? ""
        }
        return Value.array(ValueArray(groups))
      }
      return .array(ValueArray(found))
    }
  }

  /// Each search begins anew behind the match before, so that `^` matches there again, as in OPA.
  private static let replace: BuiltinFunction = { operands, context throws(BuiltinError) in
    let (base, pattern, template) = (try operands.text(0), try operands.text(1), try operands.text(2))
    let expression = try expression(pattern, context)
    let replacement = template.bytes
    let source = base.bytes
    try context.charge(instructions: 16 + source.count, bytes: source.count * 2)
    let matches = source.withUnsafeBytes { expression.all(in: $0, limit: -1, groups: true) }
    var result: [UInt8] = []
    var start = 0
    for match in matches {
      let count = result.count
      result.append(contentsOf: source[start..<match.whole.lowerBound])
      expand(replacement, match, source[...], expression, into: &result)
      try context.charge(instructions: 16 + (result.count - count) / 8, bytes: 64 + result.count - count)
      start = match.whole.upperBound
    }
    result.append(contentsOf: source[start...])
    return .string(Text(bytes: result))
  }

  /// `$1`, `${1}`, `$name`, `${name}` and `$$`. Source: Go, regexp.Expand.
  private static func expand(
    _ template: [UInt8], _ match: RegularExpression.Match, _ text: ArraySlice<UInt8>, _ expression: RegularExpression,
    into result: inout [UInt8]
  ) {
    func isWord(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
    }
    var position = 0
    while position < template.count {
      guard template[position] == UInt8(ascii: "$"), position + 1 < template.count else {
        result.append(template[position])
        position += 1
        continue
      }
      if template[position + 1] == UInt8(ascii: "$") {
        result.append(UInt8(ascii: "$"))
        position += 2
        continue
      }
      let braced = template[position + 1] == UInt8(ascii: "{")
      let begin = position + (braced ? 2 : 1)
      var end = begin
      while end < template.count, isWord(template[end]) { end += 1 }
      guard end > begin, !braced || (end < template.count && template[end] == UInt8(ascii: "}")) else {
        result.append(template[position])
        position += 1
        continue
      }
      let name = template[begin..<end]
      let number = Int(String(decoding: name, as: UTF8.self)) ?? expression.groupNumber(name)
      if let number, let range = match.group(number) {
        result.append(contentsOf: text[(text.startIndex + range.lowerBound)..<(text.startIndex + range.upperBound)])
      }
      position = braced ? end + 1 : end
    }
  }

  private static let matchTemplate: BuiltinFunction = { operands, context throws(BuiltinError) in
    let (template, text) = (try operands.text(0), try operands.text(1))
    let (opening, closing) = (try operands.text(2).bytes, try operands.text(3).bytes)
    guard opening.count == 1 else {
      throw .failed("start delimiter has to be exactly one character long but is \(opening.count) long")
    }
    guard closing.count == 1 else {
      throw .failed("end delimiter has to be exactly one character long but is \(opening.count) long")
    }
    let pattern = try expressionOfTemplate(template.bytes, opening[0], closing[0])
    return .boolean(try expression(Text(bytes: pattern), context).matches(text))
  }

  private static func expressionOfTemplate(
    _ template: [UInt8], _ opening: UInt8, _ closing: UInt8
  ) throws(BuiltinError) -> [UInt8] {
    func unbalanced() -> BuiltinError {
      .failed("unbalanced braces in \"\(String(decoding: template, as: UTF8.self))\"")
    }
    let special = Set(#"\.+*?()|[]{}^$"#.utf8)
    var pattern: [UInt8] = [UInt8(ascii: "^")]
    var level = 0
    for byte in template {
      if byte == opening {
        level += 1
        if level == 1 {
          pattern.append(UInt8(ascii: "("))
          continue
        }
      } else if byte == closing {
        level -= 1
        guard level >= 0 else { throw unbalanced() }
        if level == 0 {
          pattern.append(UInt8(ascii: ")"))
          continue
        }
      }
      if level == 0, special.contains(byte) { pattern.append(UInt8(ascii: "\\")) }
      pattern.append(byte)
    }
    guard level == 0 else { throw unbalanced() }
    pattern.append(UInt8(ascii: "$"))
    return pattern
  }

  private static let globMatch: BuiltinFunction = { operands, context throws(BuiltinError) in
    let (pattern, text) = (try operands.text(0), try operands.text(2))
    try context.charge(instructions: text.byteCount / 8, bytes: 0)
    return .boolean(try glob(pattern, operands[1], context.cache).matches(text))
  }

  static func glob(_ pattern: Text, _ delimiters: Value, _ cache: BuiltinCache) throws(BuiltinError) -> Glob {
    let key = GlobKey(pattern: pattern, delimiters: delimiters)
    if let glob = cache.globs[key] { return glob }
    let glob = try glob(pattern, delimiters)
    cache.keep(glob, for: key)
    return glob
  }

  static func glob(_ pattern: Text, _ delimiters: Value) throws(BuiltinError) -> Glob {
    try Glob(pattern, delimiters: try scalars(ofDelimiters: delimiters))
  }

  /// Null is none, an empty array is the dot.
  private static func scalars(ofDelimiters value: Value) throws(BuiltinError) -> [UInt32] {
    switch value {
    case .null: return []
    case .array(let array):
      var delimiters: [UInt32] = []
      for element in array.elements {
        guard case .string(let text) = element else {
          throw .operand(2, message: "must be array of strings but got array containing \(element.typeName)")
        }
        let scalars = Array(text.string.unicodeScalars)
        guard scalars.count == 1 else {
          throw .operand(2, message: "must be array of single character strings")
        }
        delimiters.append(scalars[0].value)
      }
      return delimiters.isEmpty ? [0x2E] : delimiters
    default: throw .operand(2, mustBe: "one of {array, null}", got: value)
    }
  }
}
