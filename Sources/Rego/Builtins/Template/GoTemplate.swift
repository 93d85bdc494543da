/// A template in the language of Go's `text/template`: text, fields, variables, pipelines, `if`, `range`, `with` and the
/// predefined functions. Named templates (`define`, `template`, `block`) are refused.
struct GoTemplate {
  indirect enum Node {
    case text([UInt8])
    case action(Pipeline)
    case branch(Pipeline, [Node], [Node])
    case with(Pipeline, [Node], [Node])
    case range(Pipeline, [Node], [Node])
    case exit, next
  }

  struct Pipeline {
    /// Names that are declared (`:=`) or set (`=`).
    var variables: [String] = []
    var declares = false
    var commands: [[Operand]] = []
  }

  indirect enum Operand {
    case dot
    case absent
    case field([Text])
    case variable(String, [Text])
    case constant(Item)
    case function(String)
    case nested(Pipeline, [Text])
  }

  /// What a pipeline yields. Numbers of the data are texts here, as they are `json.Number` in Go.
  enum Item {
    case absent
    case data(Value)
    case integer(Int64)
    case float(Double)
  }

  static let depthMax = 100
  static let functions: Set<String> = [
    "and", "or", "not", "len", "index", "slice", "print", "printf", "println", "html", "js", "urlquery", "eq", "ne",
    "lt",
    "le", "gt", "ge",
  ]

  let nodes: [Node]

  init(_ text: Text) throws(BuiltinError) {
    var parser = GoTemplateParser(text.bytes)
    nodes = try parser.parse()
  }
}

/// Parses a template by recursive descent, its depth bounded.
struct GoTemplateParser {
  private enum Piece {
    case text([UInt8])
    case action([Token])
  }

  enum Token: Equatable {
    case word(String)
    case field(String)
    case variable(String)
    case string(Text)
    case number(String)
    case symbol(UInt8)
    case declare
    /// A field right behind what stands before it, as `.n` in `(index .xs 1).n`.
    case chained(String)
  }

  private let bytes: [UInt8]
  private var pieces: [Piece] = []
  private var position = 0
  private var tokens: ArraySlice<Token> = []
  private var loops = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private func fault(_ message: String) -> BuiltinError { .failed("template: template:1: \(message)") }

  mutating func parse() throws(BuiltinError) -> [GoTemplate.Node] {
    try split()
    let (nodes, end) = try list(0)
    if let end { throw fault("unexpected {{\(end)}}") }
    return nodes
  }

  // MARK: Text and actions

  private mutating func split() throws(BuiltinError) {
    var offset = 0
    var trimsNext = false
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
    func starts(_ mark: StaticString, _ place: Int) -> Bool {
      place + mark.utf8CodeUnitCount <= bytes.count
        && UnsafeBufferPointer(start: mark.utf8Start, count: mark.utf8CodeUnitCount)
          .elementsEqual(bytes[place..<place + mark.utf8CodeUnitCount])
    }
    while offset < bytes.count {
      var open = offset
      while open < bytes.count, !starts("{{", open) { open += 1 }
      var text = bytes[offset..<open]
      if trimsNext { text = text.drop(while: isSpace) }
      trimsNext = false
      guard open < bytes.count else {
        pieces.append(.text(Array(text)))
        return
      }
      var start = open + 2
      if starts("-", start), start + 1 < bytes.count, isSpace(bytes[start + 1]) {
        while let last = text.last, isSpace(last) { text.removeLast() }
        start += 2
      }
      pieces.append(.text(Array(text)))
      if starts("/*", start) {
        var close = start + 2
        while close < bytes.count, !starts("*/", close) { close += 1 }
        guard close < bytes.count else { throw fault("unclosed comment") }
        close += 2
        if close + 3 < bytes.count, isSpace(bytes[close]), starts("-}}", close + 1) {
          trimsNext = true
          close += 2
        }
        guard starts("}}", close) else { throw fault("comment ends before closing delimiter") }
        offset = close + 2
        continue
      }
      var tokens: [Token] = []
      var index = start
      scan: while true {
        guard index < bytes.count else { throw fault("unclosed action") }
        if starts("}}", index) {
          offset = index + 2
          break scan
        }
        if isSpace(bytes[index]) {
          if starts("-}}", index + 1) {
            trimsNext = true
            offset = index + 4
            break scan
          }
          index += 1
          continue
        }
        tokens.append(try token(&index, isBehindSpace: index == start || isSpace(bytes[index - 1])))
      }
      pieces.append(.action(tokens))
    }
  }

  private func token(_ index: inout Int, isBehindSpace: Bool) throws(BuiltinError) -> Token {
    let start = index
    func isName(_ byte: UInt8) -> Bool {
      byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_") || byte >= 0x80
    }
    func name() -> String {
      let start = index
      while index < bytes.count, isName(bytes[index]) { index += 1 }
      return String(decoding: bytes[start..<index], as: UTF8.self)
    }
    let byte = bytes[index]
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      index += 1
      while index < bytes.count, bytes[index] != byte, bytes[index] != 0x0A {
        index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
      }
      guard index < bytes.count, bytes[index] == byte else { throw fault("unterminated quoted string") }
      index += 1
      let text: Value
      // Escapes of Go that JSON has too; others are refused.
      let quoted = [UInt8(ascii: "\"")] + bytes[(start + 1)..<(index - 1)] + [UInt8(ascii: "\"")]
      do { text = try Value(json: quoted) } catch { throw fault("bad quoted string") }
      guard case .string(let value) = text else { throw fault("bad quoted string") }
      if byte == UInt8(ascii: "'") {
        guard let point = Runes.all(value).first, Runes.count(value) == 1 else { throw fault("bad character constant") }
        return .number(String(point))
      }
      return .string(value)
    case UInt8(ascii: "`"):
      index += 1
      while index < bytes.count, bytes[index] != byte { index += 1 }
      guard index < bytes.count else { throw fault("unterminated raw quoted string") }
      index += 1
      return .string(Text(bytes: Array(bytes[(start + 1)..<(index - 1)])))
    case UInt8(ascii: "."):
      index += 1
      let field = name()
      if field.isEmpty { return .symbol(byte) }
      return isBehindSpace || start == 0 || "(|,=".utf8.contains(bytes[start - 1]) ? .field(field) : .chained(field)
    case UInt8(ascii: "$"):
      index += 1
      return .variable("$" + name())
    case UInt8(ascii: ":"):
      guard index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "=") else { throw fault("expected :=") }
      index += 2
      return .declare
    case UInt8(ascii: "|"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: "="):
      index += 1
      return .symbol(byte)
    case UInt8(ascii: "+"), UInt8(ascii: "-"), 0x30...0x39:
      index += 1
      while index < bytes.count, isName(bytes[index]) || bytes[index] == UInt8(ascii: ".") { index += 1 }
      return .number(String(decoding: bytes[start..<index], as: UTF8.self))
    default:
      guard isName(byte) else { throw fault("unexpected character in command") }
      return .word(name())
    }
  }

  // MARK: Nodes

  /// Nodes up to the `end`, `else` or end of the text that closes them, and that word.
  private mutating func list(_ depth: Int) throws(BuiltinError) -> ([GoTemplate.Node], String?) {
    guard depth < GoTemplate.depthMax else { throw fault("too deep") }
    var nodes: [GoTemplate.Node] = []
    while position < pieces.count {
      let piece = pieces[position]
      position += 1
      switch piece {
      case .text(let text): if !text.isEmpty { nodes.append(.text(text)) }
      case .action(let found):
        tokens = found[...]
        guard case .word(let word) = tokens.first else {
          nodes.append(.action(try whole()))
          continue
        }
        switch word {
        case "end", "else":
          tokens.removeFirst()
          if word == "end", !tokens.isEmpty { throw fault("unexpected \(tokens) in end") }
          return (nodes, word)
        case "if", "with", "range":
          tokens.removeFirst()
          nodes.append(try control(word, depth))
        case "break", "continue":
          guard loops > 0 else { throw fault("{{\(word)}} outside {{range}}") }
          nodes.append(word == "break" ? .exit : .next)
        case "define", "template", "block": throw fault("{{\(word)}} is not supported")
        default: nodes.append(.action(try whole()))
        }
      }
    }
    return (nodes, nil)
  }

  private mutating func control(_ word: String, _ depth: Int) throws(BuiltinError) -> GoTemplate.Node {
    let pipeline = try whole()
    if word == "range" { loops += 1 }
    let (body, end) = try list(depth + 1)
    if word == "range" { loops -= 1 }
    var other: [GoTemplate.Node] = []
    switch end {
    case "else":
      if case .word(let next) = tokens.first, next == "if" || next == "with" {
        tokens.removeFirst()
        guard depth + 1 < GoTemplate.depthMax else { throw fault("too deep") }
        other = [try control(next, depth + 1)]
      } else {
        let (rest, end) = try list(depth + 1)
        guard end == "end" else { throw fault("unexpected EOF") }
        other = rest
      }
    case "end": break
    default: throw fault("unexpected EOF")
    }
    switch word {
    case "if": return .branch(pipeline, body, other)
    case "with": return .with(pipeline, body, other)
    default: return .range(pipeline, body, other)
    }
  }

  /// All tokens of an action as one pipeline.
  private mutating func whole() throws(BuiltinError) -> GoTemplate.Pipeline {
    let pipeline = try self.pipeline(0)
    guard tokens.isEmpty else { throw fault("unexpected right paren") }
    return pipeline
  }

  private mutating func pipeline(_ depth: Int) throws(BuiltinError) -> GoTemplate.Pipeline {
    guard depth < GoTemplate.depthMax else { throw fault("too deep") }
    var result = GoTemplate.Pipeline()
    if case .variable(let name) = tokens.first {
      let rest = Array(tokens.dropFirst().prefix(2))
      if rest.first == .declare || rest.first == .symbol(UInt8(ascii: "=")) {
        result.variables = [name]
        result.declares = rest.first == .declare
        tokens.removeFirst(2)
      } else if rest.first == .symbol(UInt8(ascii: ",")), case .variable(let second) = rest.last,
        tokens.dropFirst(3).first == .declare || tokens.dropFirst(3).first == .symbol(UInt8(ascii: "="))
      {
        result.variables = [name, second]
        result.declares = tokens.dropFirst(3).first == .declare
        tokens.removeFirst(4)
      }
    }
    var command: [GoTemplate.Operand] = []
    while let token = tokens.first, token != .symbol(UInt8(ascii: ")")) {
      tokens.removeFirst()
      if token == .symbol(UInt8(ascii: "|")) {
        if command.isEmpty { throw fault("missing value for command") }
        result.commands.append(command)
        command = []
        continue
      }
      command.append(try operand(token, depth))
    }
    if command.isEmpty { throw fault("missing value for command") }
    result.commands.append(command)
    return result
  }

  private mutating func chain() -> [Text] {
    var fields: [Text] = []
    while case .chained(let name) = tokens.first {
      fields.append(Text(name))
      tokens.removeFirst()
    }
    return fields
  }

  private mutating func operand(_ token: Token, _ depth: Int) throws(BuiltinError) -> GoTemplate.Operand {
    switch token {
    case .symbol(UInt8(ascii: ".")): return .dot
    case .field(let name): return .field([Text(name)] + chain())
    case .variable(let name): return .variable(name, chain())
    case .string(let text): return .constant(.data(.string(text)))
    case .number(let text):
      if let integer = Int64(text) { return .constant(.integer(integer)) }
      guard let double = Double(text) else { throw fault("bad number syntax: \(text)") }
      return .constant(.float(double))
    case .word("true"): return .constant(.data(true))
    case .word("false"): return .constant(.data(false))
    case .word("nil"): return .absent
    case .word(let name):
      guard GoTemplate.functions.contains(name) else { throw fault("function \"\(name)\" not defined") }
      return .function(name)
    case .symbol(UInt8(ascii: "(")):
      let inner = try pipeline(depth + 1)
      guard tokens.first == .symbol(UInt8(ascii: ")")) else { throw fault("unclosed left paren") }
      tokens.removeFirst()
      return .nested(inner, chain())
    default: throw fault("unexpected token in operand")
    }
  }
}
