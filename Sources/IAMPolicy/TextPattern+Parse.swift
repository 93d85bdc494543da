extension TextPattern {
  /// How the text of one policy element is read.
  struct Syntax {
    /// `*` and `?` are wildcards.
    var wildcards: Bool
    /// `${…}` are variables and escapes: policy version 2012-10-17.
    var variables: Bool
  }

  enum ParseFault: Error {
    case unclosedVariable
    case badVariable(String)
  }

  /// Source: IAM User Guide, "IAM policy elements: Variables and tags".
  init(parsing text: some Collection<UInt8>, _ syntax: Syntax) throws(ParseFault) {
    let bytes = Array(text)
    var pieces: [Piece] = []
    var tokens: [Token] = []
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if syntax.variables, byte == UInt8(ascii: "$"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "{") {
        guard let end = Self.closingBrace(bytes, after: index + 2) else { throw .unclosedVariable }
        let body = bytes[(index + 2)..<end]
        index = end + 1
        if body.count == 1, let escaped = body.first, Self.escapes.contains(escaped) {
          tokens.append(Token(escaped))
          continue
        }
        let variable = try Self.variable(body)
        if !tokens.isEmpty { pieces.append(.tokens(tokens)) }
        tokens = []
        pieces.append(variable)
        continue
      }
      if syntax.wildcards, byte == UInt8(ascii: "*") {
        // Several stars in a row mean one.
        if tokens.last != Self.star { tokens.append(Self.star) }
      } else if syntax.wildcards, byte == UInt8(ascii: "?") {
        tokens.append(Self.question)
      } else {
        tokens.append(Token(byte))
      }
      index += 1
    }
    if !tokens.isEmpty { pieces.append(.tokens(tokens)) }
    self.init(pieces: pieces)
  }

  private static let escapes = Array("*?$".utf8)

  /// The brace that ends a variable; one inside a quoted default does not.
  private static func closingBrace(_ bytes: [UInt8], after start: Int) -> Int? {
    var quoted = false
    for index in start..<bytes.count {
      if bytes[index] == UInt8(ascii: "'") { quoted.toggle() }
      if bytes[index] == UInt8(ascii: "}"), !quoted { return index }
    }
    return nil
  }

  /// `aws:username` or `aws:PrincipalTag/team, 'none'`
  private static func variable(_ body: ArraySlice<UInt8>) throws(ParseFault) -> Piece {
    let comma = body.firstIndex(of: UInt8(ascii: ","))
    let name = trimmed(body[..<(comma ?? body.endIndex)])
    guard let key = ConditionKey(parsing: name), !name.contains(UInt8(ascii: " ")) else {
      throw .badVariable(String(decoding: body, as: UTF8.self))
    }
    guard let comma else { return .variable(key, fallback: nil) }
    let quoted = trimmed(body[(comma + 1)...])
    guard quoted.count >= 2, quoted.first == UInt8(ascii: "'"), quoted.last == UInt8(ascii: "'"),
      !quoted.dropFirst().dropLast().contains(UInt8(ascii: "'"))
    else { throw .badVariable(String(decoding: body, as: UTF8.self)) }
    return .variable(key, fallback: Array(quoted.dropFirst().dropLast()))
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let head = bytes.drop { $0 == 0x20 }
    guard let last = head.lastIndex(where: { $0 != 0x20 }) else { return head.prefix(0) }
    return head[...last]
  }

  /// Splits at the first five colons outside `${…}`, as ARNs are split.
  static func arnSegments(_ text: [UInt8], variables: Bool) -> [ArraySlice<UInt8>] {
    var segments: [ArraySlice<UInt8>] = []
    var start = 0
    var depth = 0
    var index = 0
    while index < text.count, segments.count < 5 {
      if variables, text[index] == UInt8(ascii: "$"), index + 1 < text.count, text[index + 1] == UInt8(ascii: "{") {
        depth = 1
      } else if depth > 0, text[index] == UInt8(ascii: "}") {
        depth = 0
      } else if depth == 0, text[index] == UInt8(ascii: ":") {
        segments.append(text[start..<index])
        start = index + 1
      }
      index += 1
    }
    segments.append(text[start...])
    return segments
  }
}
