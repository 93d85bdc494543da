/// Parses modules, queries and terms of Rego. Source: OPA v1/ast/parser.go.
///
/// A recursive descent whose depth is bounded, and with it the height of every tree that it yields: whoever walks the
/// tree needs no bound of its own. What the grammar makes it try twice (`{a | b, c}` might be a comprehension) it
/// remembers, so time is linear in the text.
public struct RegoParser {
  public struct Limits: Sendable {
    /// Bytes of one module.
    public var byteCountMax: Int
    /// Height of the tree of one statement.
    public var depthMax: Int
    /// Tokens of one module.
    public var tokenCountMax: Int

    public init(byteCountMax: Int = 16 << 20, depthMax: Int = 400, tokenCountMax: Int = 4_000_000) {
      self.byteCountMax = byteCountMax
      self.depthMax = depthMax
      self.tokenCountMax = tokenCountMax
    }
  }

  /// Stops a production; what is wrong stands in `state.errors`.
  struct Failure: Error {}

  /// Everything that going back restores.
  struct State {
    var mark = Lexer.Mark()
    var token = Token(kind: .end, content: 0..<0, start: 0, end: 0, row: 1, column: 1)
    /// Where the last token that is no white space ended.
    var lastEnd = 0
    var skippedNewline = false
    var errors: [RegoError] = []
  }

  /// The outcome of a container that may be read again.
  struct Remembered {
    var term: Term?
    var height: Int
    var after: State
    /// Those of this container alone.
    var errors: [RegoError]
  }

  let source: Source
  let file: Int32
  let limits: Limits
  let readsAnnotations: Bool
  var version: Module.Version
  /// The module is v0 and imports `rego.v1`.
  var importsV1 = false
  var lexer: Lexer
  var state = State()
  var depth = 0
  /// Of the term, expression or body made last.
  var height = 0
  var speculation = 0
  var remembered: [Int: Remembered] = [:]
  private var tokenCount = 0

  /// - Parameters:
  ///   - file: the index of the source in the caller's list, kept in every location.
  ///   - readsAnnotations: false makes `# METADATA` blocks comments like any other, as `rego.parse_module` has them.
  public init(
    source: Source, file: Int32 = 0, version: Module.Version = .v1, limits: Limits = Limits(),
    readsAnnotations: Bool = true
  ) {
    self.readsAnnotations = readsAnnotations
    self.source = source
    self.file = file
    self.version = version
    self.limits = limits
    let readable = source.text.count <= limits.byteCountMax
    lexer = Lexer(readable ? source.text : [], keywords: version == .v1 ? .all : [])
  }

  public static func parseModule(
    _ source: Source, file: Int32 = 0, version: Module.Version = .v1, limits: Limits = Limits(),
    readsAnnotations: Bool = true
  ) throws(RegoErrors) -> Module {
    var parser = RegoParser(
      source: source, file: file, version: version, limits: limits, readsAnnotations: readsAnnotations)
    return try parser.parseModule()
  }

  /// Expressions separated by `;` or line breaks; the empty text is an empty query.
  public static func parseQuery(
    _ source: Source, file: Int32 = 0, version: Module.Version = .v1, limits: Limits = Limits()
  ) throws(RegoErrors) -> [Expression] {
    var parser = RegoParser(source: source, file: file, version: version, limits: limits)
    return try parser.parseQuery()
  }

  public static func parseTerm(
    _ source: Source, file: Int32 = 0, version: Module.Version = .v1, limits: Limits = Limits()
  ) throws(RegoErrors) -> Term {
    var parser = RegoParser(source: source, file: file, version: version, limits: limits)
    return try parser.parseTerm()
  }

  /// A query may use every keyword whatever the version, as `opa eval` lets it.
  public mutating func parseQuery() throws(RegoErrors) -> [Expression] {
    lexer.keywords = .all
    return try entry { parser throws(Failure) in
      var body: [Expression] = []
      while parser.kind != .end {
        body += try parser.statementBody()
        parser.remembered.removeAll()
      }
      return body
    }
  }

  public mutating func parseTerm() throws(RegoErrors) -> Term {
    lexer.keywords = .all
    return try entry { parser throws(Failure) in
      let term = try parser.infix()
      if parser.kind != .end { throw parser.illegal() }
      return term
    }
  }

  mutating func entry<Result>(
    _ body: (inout RegoParser) throws(Failure) -> Result
  ) throws(RegoErrors) -> Result {
    if source.text.count > limits.byteCountMax {
      let location = SourceLocation(file: file, row: 1, column: 1, offset: 0, end: 0)
      throw RegoErrors([RegoError(.parse, "source of more than \(limits.byteCountMax) bytes", location)])
    }
    let result: Result
    do throws(Failure) {
      scan()
      result = try body(&self)
    } catch {
      throw RegoErrors(state.errors)
    }
    if !state.errors.isEmpty { throw RegoErrors(state.errors) }
    return result
  }
}

extension RegoParser {
  var kind: Token.Kind { state.token.kind }

  /// The next token that is no white space.
  mutating func scan() { scan(skippingSpace: true) }

  /// The next token, white space included.
  mutating func scanSpace() { scan(skippingSpace: false) }

  private mutating func scan(skippingSpace: Bool) {
    if kind != .whitespace {
      state.lastEnd = state.token.end
      state.skippedNewline = false
    }
    lexer.mark = state.mark
    while true {
      accept(lexer.next())
      guard kind == .whitespace else { return }
      if source.text[state.token.start] == UInt8(ascii: "\n") { state.skippedNewline = true }
      if !skippingSpace { return }
    }
  }

  /// The piece of a template string after an expression.
  mutating func scanTemplatePiece(raw: Bool) {
    state.lastEnd = state.token.end
    state.skippedNewline = false
    lexer.mark = state.mark
    accept(lexer.nextTemplatePiece(raw: raw))
  }

  private mutating func accept(_ token: Token) {
    state.token = token
    state.mark = lexer.mark
    for problem in lexer.problems { report(problem) }
    tokenCount += 1
    if tokenCount > limits.tokenCountMax, token.kind != .end {
      report("more than \(limits.tokenCountMax) tokens")
      state.token.kind = .illegal
    }
  }

  /// The kind of the token right behind this one.
  mutating func peekSpace() -> Token.Kind {
    let saved = state
    scanSpace()
    defer { state = saved }
    return kind
  }

  /// Takes a keyword as a name where `.` or `[` follows it directly.
  @discardableResult
  mutating func takeKeywordAsName() -> Bool {
    guard kind.isKeyword else { return false }
    let next = peekSpace()
    guard next == .dot || next == .leftBracket else { return false }
    state.token.kind = .identifier
    return true
  }

  var tokenText: Text {
    source.text.withUnsafeBytes { Text(UnsafeRawBufferPointer(rebasing: $0[state.token.start..<state.token.end])) }
  }

  var tokenLocation: SourceLocation { location(of: state.token, end: state.token.end) }

  func location(of token: Token, end: Int) -> SourceLocation {
    SourceLocation(
      file: file, row: token.row, column: token.column, offset: Int32(truncatingIfNeeded: token.start),
      end: Int32(truncatingIfNeeded: max(end, token.start)))
  }

  /// From a location's start to the end of the last token.
  func location(from start: SourceLocation) -> SourceLocation {
    var location = start
    location.end = max(Int32(truncatingIfNeeded: state.lastEnd), start.offset)
    return location
  }

  mutating func report(_ message: String, at location: SourceLocation? = nil) {
    state.errors.append(RegoError(.parse, message, location ?? tokenLocation))
  }

  mutating func fail(_ message: String, at location: SourceLocation? = nil) -> Failure {
    report(message, at: location)
    return Failure()
  }

  mutating func reportIllegal(_ note: String? = nil) {
    if kind == .illegal { return report("illegal token") }
    let noun = kind.isKeyword || [.in, .every, .contains, .if].contains(kind) ? "keyword" : "token"
    report("unexpected \(kind.name) \(noun)" + (note.map { ": " + $0 } ?? ""))
  }

  mutating func illegal(_ note: String? = nil) -> Failure {
    reportIllegal(note)
    return Failure()
  }

  /// Runs a production one level deeper.
  mutating func nested<Result>(
    _ body: (inout RegoParser) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    depth += 1
    defer { depth -= 1 }
    if depth > limits.depthMax { throw fail("max parsing recursion depth exceeded") }
    return try body(&self)
  }

  /// Notes that a node stands over children of a height.
  mutating func raise(over children: Int) throws(Failure) {
    height = children + 1
    if height > limits.depthMax { throw fail("max parsing recursion depth exceeded") }
  }
}
