/// Cuts the text of a module into tokens, on demand: what a `}` means depends on the parser, which asks for the rest of a
/// template string where one goes on. Source: OPA v1/ast/internal/scanner.
struct Lexer {
  /// Where the next token starts; cheap to keep and to go back to.
  struct Mark {
    var position = 0
    var row: Int32 = 1
    var column: Int32 = 1
  }

  let bytes: [UInt8]
  var mark = Mark()
  var keywords: FutureKeywords
  /// What was wrong with the last token; its kind is then `illegal`.
  private(set) var problems: [String] = []
  /// In order of place; going back and forth does not add one again.
  private(set) var comments: [Range<Int>] = []
  private(set) var commentMarks: [Mark] = []

  init(_ bytes: [UInt8], keywords: FutureKeywords) {
    self.bytes = bytes
    self.keywords = keywords
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { mark.position = 3 }
  }

  /// The next token, white space included, comments passed over.
  mutating func next() -> Token {
    while true {
      problems.removeAll(keepingCapacity: true)
      let start = mark
      guard let first = current else { return token(.end, from: start) }
      if first == UInt8(ascii: "#") {
        scanComment(from: start)
        continue
      }
      return scan(first, from: start)
    }
  }

  /// The next piece of a template string, whose expression ended with the `}` just read.
  mutating func nextTemplatePiece(raw: Bool) -> Token {
    problems.removeAll(keepingCapacity: true)
    return raw ? scanRawTemplate(from: mark) : scanTemplate(from: mark)
  }

  var current: UInt8? { mark.position < bytes.count ? bytes[mark.position] : nil }

  func token(_ kind: Token.Kind, from start: Mark, content: Range<Int>? = nil) -> Token {
    var place = start
    // OPA counts a line break into the line that it begins, and the end to the last character.
    if kind == .whitespace, bytes[start.position] == UInt8(ascii: "\n") { place = Mark(row: start.row + 1, column: 0) }
    if kind == .end { place.column -= 1 }
    return Token(
      kind: problems.isEmpty ? kind : .illegal, content: content ?? start.position..<mark.position,
      start: start.position, end: mark.position, row: place.row, column: place.column)
  }

  mutating func report(_ problem: String) { problems.append(problem) }

  /// Steps over one character.
  mutating func advance() {
    guard let byte = current else { return }
    if byte == UInt8(ascii: "\n") {
      mark.position += 1
      mark.row += 1
      mark.column = 1
      return
    }
    mark.column += 1
    if byte == 0 { report("illegal null character") }
    if byte < 0x80 {
      mark.position += 1
      return
    }
    let scalar = bytes.withUnsafeBufferPointer { UTF8Reading.scalar(in: $0, at: mark.position) }
    guard let scalar else {
      report("illegal utf-8 character")
      mark.position += 1
      return
    }
    if scalar.value == 0xFEFF { report("illegal byte-order mark") }
    mark.position += UTF8.width(scalar)
  }

  private mutating func scanComment(from start: Mark) {
    while let byte = current, byte != UInt8(ascii: "\n") { advance() }
    guard start.position > commentMarks.last?.position ?? -1 else { return }
    var end = mark.position
    if end > start.position + 1, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    comments.append(start.position + 1..<end)
    commentMarks.append(start)
  }

  private mutating func scan(_ first: UInt8, from start: Mark) -> Token {
    switch first {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
      advance()
      return token(.whitespace, from: start)
    case let byte where Self.isLetter(byte):
      scanIdentifierRest()
      return token(keyword(start.position..<mark.position), from: start)
    case let byte where Self.isDigit(byte):
      scanNumber()
      return token(.number, from: start)
    default:
      advance()
      return scanSymbol(first, from: start)
    }
  }

  private mutating func scanSymbol(_ first: UInt8, from start: Mark) -> Token {
    switch first {
    case UInt8(ascii: "\""): return scanString(from: start)
    case UInt8(ascii: "`"): return scanRawString(from: start)
    case UInt8(ascii: "$"):
      if current == UInt8(ascii: "\"") {
        advance()
        return scanTemplate(from: start)
      }
      if current == UInt8(ascii: "`") {
        advance()
        return scanRawTemplate(from: start)
      }
      report("illegal $ character")
      return token(.illegal, from: start)
    default:
      let kind = symbol(first)
      return token(kind, from: start)
    }
  }

  private mutating func symbol(_ first: UInt8) -> Token.Kind {
    switch first {
    case UInt8(ascii: "["): return .leftBracket
    case UInt8(ascii: "]"): return .rightBracket
    case UInt8(ascii: "{"): return .leftBrace
    case UInt8(ascii: "}"): return .rightBrace
    case UInt8(ascii: "("): return .leftParenthesis
    case UInt8(ascii: ")"): return .rightParenthesis
    case UInt8(ascii: ","): return .comma
    case UInt8(ascii: "+"): return .plus
    case UInt8(ascii: "-"): return .minus
    case UInt8(ascii: "*"): return .times
    case UInt8(ascii: "/"): return .divide
    case UInt8(ascii: "%"): return .remainder
    case UInt8(ascii: "&"): return .and
    case UInt8(ascii: "|"): return .or
    case UInt8(ascii: ";"): return .semicolon
    case UInt8(ascii: "."): return .dot
    case UInt8(ascii: ":"): return followed(.assign, else: .colon)
    case UInt8(ascii: "="): return followed(.equal, else: .unify)
    case UInt8(ascii: ">"): return followed(.greaterOrEqual, else: .greater)
    case UInt8(ascii: "<"): return followed(.lessOrEqual, else: .less)
    case UInt8(ascii: "!"):
      let kind = followed(.notEqual, else: .illegal)
      if kind == .illegal { report("illegal ! character") }
      return kind
    default: return .illegal
    }
  }

  /// What a symbol is when `=` follows, which is then read, and when not.
  private mutating func followed(_ long: Token.Kind, else short: Token.Kind) -> Token.Kind {
    guard current == UInt8(ascii: "=") else { return short }
    advance()
    return long
  }

  private mutating func scanIdentifierRest() {
    while let byte = current {
      if Self.isLetter(byte) || Self.isDigit(byte) {
        mark.position += 1
        mark.column += 1
      } else if byte >= 0x80,
        let scalar = bytes.withUnsafeBufferPointer({ UTF8Reading.scalar(in: $0, at: mark.position) }),
        scalar.properties.generalCategory == .decimalNumber
      {
        advance()
      } else {
        return
      }
    }
  }

  private mutating func scanDigits() -> Bool {
    let start = mark.position
    while let byte = current, Self.isDigit(byte) { advance() }
    return mark.position > start
  }

  private mutating func scanNumber() {
    _ = scanDigits()
    if current == UInt8(ascii: ".") {
      advance()
      if !scanDigits() { report("expected fraction") }
    }
    if let byte = current, byte | 0x20 == UInt8(ascii: "e") {
      advance()
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { advance() }
      if !scanDigits() { report("expected exponent") }
    }
    // A letter right behind makes all of it one bad number rather than a number and a name.
    if let byte = current, Self.isLetter(byte) {
      report("illegal number format")
      scanIdentifierRest()
    }
  }

  private func keyword(_ range: Range<Int>) -> Token.Kind {
    guard range.count <= 8 else { return .identifier }
    return bytes.withUnsafeBytes { bytes in
      Self.keyword(Text(UnsafeRawBufferPointer(rebasing: bytes[range])), enabled: keywords)
    }
  }

  static func keyword(_ name: Text, enabled: FutureKeywords) -> Token.Kind {
    switch name {
    case "package": .package
    case "import": .import
    case "as": .as
    case "default": .default
    case "else": .else
    case "not": .not
    case "some": .some
    case "with": .with
    case "null": .null
    case "true": .true
    case "false": .false
    case "in": enabled.contains(.in) ? .in : .identifier
    case "every": enabled.contains(.every) ? .every : .identifier
    case "contains": enabled.contains(.contains) ? .contains : .identifier
    case "if": enabled.contains(.if) ? .if : .identifier
    default: .identifier
    }
  }

  static func isLetter(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z") || byte == UInt8(ascii: "_")
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
