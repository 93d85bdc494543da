/// Terms in messages.
enum TermText {
  static func reference(_ terms: [Term]) -> String {
    guard let head = terms.first else { return "" }
    return text(head) + terms.dropFirst().map(segment).joined()
  }

  private static func segment(_ term: Term) -> String {
    if case .scalar(.string(let text)) = term.node, isName(text) { return "." + text.string }
    return "[" + text(term) + "]"
  }

  /// A name that is no keyword.
  static func isName(_ text: Text) -> Bool {
    isPlain(text) && Lexer.keyword(text, enabled: .all) == .identifier
  }

  /// Letters, digits and underscores, not beginning with a digit.
  static func isPlain(_ text: Text) -> Bool {
    text.withBytes { bytes in
      guard let first = bytes.first, Lexer.isLetter(first) else { return false }
      return bytes.allSatisfy { Lexer.isLetter($0) || Lexer.isDigit($0) }
    }
  }

  static func text(_ term: Term) -> String {
    switch term.node {
    case .scalar(.string(let text)): "\"\(text.string)\""
    case .scalar(.integer(let value)): "\(value)"
    case .scalar(.boolean(let value)): "\(value)"
    case .scalar(.null): "null"
    case .variable(let name): name
    case .reference(let head, let path): reference([head] + path)
    case .call(let function, let arguments): text(function) + "(" + arguments.map(text).joined(separator: ", ") + ")"
    case .array(let terms): "[" + terms.map(text).joined(separator: ", ") + "]"
    case .set(let terms): terms.isEmpty ? "set()" : "{" + terms.map(text).joined(separator: ", ") + "}"
    case .object(let members):
      "{" + members.map { text($0.key) + ": " + text($0.value) }.joined(separator: ", ") + "}"
    default: "…"
    }
  }
}
