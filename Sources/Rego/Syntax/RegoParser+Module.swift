extension RegoParser {
  /// All rules, in order, with what they were written with.
  struct Statements {
    var package: (path: [Text], location: SourceLocation)?
    var imports: [Module.Import] = []
    var rules: [ParsedRule] = []
    var problems: [RegoError] = []
    var isEmpty = true
    /// What an annotation may stand before, in order.
    var targets: [(row: Int32, target: AnnotationTarget)] = []
  }

  public mutating func parseModule() throws(RegoErrors) -> Module {
    let statements = try entry { parser throws(Failure) in try parser.statements() }
    var problems = statements.problems
    if statements.isEmpty {
      throw RegoErrors([RegoError(.parse, "empty module", location(of: state.token, end: state.token.start))])
    }
    if version == .v1 || importsV1 { problems += statements.rules.flatMap(Self.check) }
    guard let package = statements.package, problems.isEmpty else { throw RegoErrors(problems) }
    var module = Module(
      file: file, package: package.path, packageLocation: package.location, imports: statements.imports,
      rules: statements.rules.map(\.rule), version: importsV1 ? .v1 : version)
    module.comments = zip(lexer.comments, lexer.commentMarks).map { range, mark in
      let place = SourceLocation(
        file: file, row: mark.row, column: mark.column, offset: Int32(truncatingIfNeeded: mark.position),
        end: Int32(truncatingIfNeeded: range.upperBound))
      return Module.Comment(text: String(decoding: source.text[range], as: UTF8.self), location: place)
    }
    guard readsAnnotations else { return module }
    let read = Self.annotations(of: module, statements: statements.targets)
    if !read.problems.isEmpty { throw RegoErrors(read.problems) }
    module.annotations = read.annotations
    return module
  }

  private mutating func statements() throws(Failure) -> Statements {
    var result = Statements()
    while kind != .end {
      remembered.removeAll()
      let start = tokenLocation
      let isFirst = result.isEmpty
      result.isEmpty = false
      if let package = try package() {
        if isFirst {
          result.package = package
          result.targets.append((start.row, .package))
        } else {
          result.problems.append(RegoError(.parse, "unexpected package", start))
        }
        continue
      }
      if isFirst { result.problems.append(RegoError(.parse, "package expected", start)) }
      defer { if isFirst { (result.imports, result.rules) = ([], []) } }
      if let imported = try importStatement() {
        result.imports.append(imported)
        result.targets.append((start.row, .imported))
        continue
      }
      let saved = state
      if let rules = try rules() {
        for rule in rules {
          result.targets.append((rule.rule.location.row, .rule(result.rules.count)))
          result.rules.append(rule)
        }
        continue
      }
      if !state.errors.isEmpty { throw Failure() }
      state = saved
      let body = try statementBody()
      switch bodylessRule(body) {
      case .success(let rule):
        result.targets.append((start.row, .rule(result.rules.count)))
        result.rules.append(rule)
      case .failure(let problem): result.problems.append(problem)
      }
    }
    return result
  }

  private mutating func package() throws(Failure) -> (path: [Text], location: SourceLocation)? {
    guard let (start, term) = try declaration(.package) else { return nil }
    var path: [Text] = []
    switch term.node {
    case .variable(let name): path = [Text(name)]
    case .reference(let head, let rest):
      guard case .variable(let name) = head.node else {
        throw fail("unexpected \(head.kindName) token: expecting var", at: head.location)
      }
      path = [Text(name)] + (try strings(rest))
    default: throw illegal()
    }
    return (path, location(from: start))
  }

  /// `package x`, `import x`: nil when the keyword is the start of a reference or another token.
  private mutating func declaration(
    _ keyword: Token.Kind
  ) throws(Failure) -> (start: SourceLocation, term: Term)? {
    guard kind == keyword else { return nil }
    let start = tokenLocation
    let saved = state
    scanSpace()
    if kind == .dot || kind == .leftBracket {
      state = saved
      return nil
    }
    if kind == .whitespace { scan() }
    if kind.isKeyword { state.token.kind = .identifier }
    if kind != .identifier { throw illegal() }
    if keyword == .package { return (start, try term()) }
    // `import future.keywords.in` reads the same whether `in` is a keyword yet or not.
    let keywords = lexer.keywords
    lexer.keywords = []
    defer { lexer.keywords = keywords }
    let term = try term()
    // The token after it was read without keywords.
    if kind == .identifier { state.token.kind = Lexer.keyword(tokenText, enabled: keywords) }
    return (start, term)
  }

  private mutating func strings(_ terms: [Term]) throws(Failure) -> [Text] {
    var path: [Text] = []
    for term in terms {
      guard case .scalar(.string(let segment)) = term.node else {
        throw fail("unexpected \(term.kindName) token: expecting string", at: term.location)
      }
      path.append(segment)
    }
    return path
  }

  private mutating func importStatement() throws(Failure) -> Module.Import? {
    guard let (start, term) = try declaration(.import) else { return nil }
    var path: [Text] = []
    switch term.node {
    case .variable(let name): path = [Text(name)]
    case .reference(let head, let rest):
      guard case .variable(let name) = head.node else { throw fail("expected path") }
      path = [Text(name)] + (try strings(rest))
    default: throw fail("expected path")
    }
    guard ["data", "future", "input", "rego"].contains(path[0]) else {
      throw fail(
        "unexpected import path, must begin with one of: {data, future, input, rego}, got: \(path[0].string)"
          + " (hint: if this is unexpected, try updating OPA)", at: term.location)
    }
    var alias: String?
    if kind == .as {
      scan()
      if kind != .identifier { throw illegal("expected var") }
      guard case .variable(let name) = try self.term().node else { throw illegal("expected var") }
      alias = name
    } else if path[0] != "future" || path.count == 1, let last = path.last, isKeyword(last) {
      report(
        "unexpected import path, must not end with a keyword, got: \(last.string)"
          + " (hint: import a different path or use an alias)", at: term.location)
    }
    let imported = Module.Import(path: path, alias: alias, location: location(from: start))
    try enableKeywords(imported, term)
    return imported
  }

  private func isKeyword(_ name: Text) -> Bool {
    Lexer.keyword(name, enabled: version == .v1 ? .all : []) != .identifier
  }

  private mutating func enableKeywords(_ imported: Module.Import, _ term: Term) throws(Failure) {
    let (path, place) = (imported.path, term.location)
    switch path[0] {
    case "rego":
      if path != ["rego", "v1"] {
        throw fail("invalid import `\(TermText.text(term))`, must be `rego.v1`", at: place)
      }
      if version == .v1 { return }
      if imported.alias != nil { throw fail("`rego` imports cannot be aliased", at: place) }
      lexer.keywords = .all
      importsV1 = true
    case "future":
      if path.count == 1 || path[1] != "keywords" {
        throw fail("invalid import, must be `future.keywords`", at: place)
      }
      if imported.alias != nil { throw fail("`future` imports cannot be aliased", at: place) }
      var enabled = FutureKeywords.all
      if path.count == 3 {
        guard let keyword = FutureKeywords(name: path[2]) else {
          throw fail("unexpected keyword, must be one of [contains every if in]", at: place)
        }
        enabled = keyword
      }
      lexer.keywords.formUnion(enabled)
    default: return
    }
    // The token after the import was read before its keywords were known.
    if kind == .identifier { state.token.kind = Lexer.keyword(tokenText, enabled: lexer.keywords) }
  }

  /// An expression that stands where a rule should: `p.q.r`, `f(x)`.
  private func bodylessRule(_ body: [Expression]) -> Result<ParsedRule, RegoError> {
    let expression = body[0]
    func refused(_ message: String) -> Result<ParsedRule, RegoError> {
      .failure(RegoError(.parse, message, expression.location))
    }
    if body.count != 1 { return refused("multiple expressions cannot be used for rule head") }
    if !expression.with.isEmpty { return refused("expressions using with keyword cannot be used for rule head") }
    if expression.negated { return refused("negated expressions cannot be used for rule head") }
    let term: Term
    switch expression.node {
    case .term(let written): term = written
    case .someDeclaration, .someIn: return refused("'some' declarations cannot be used for rule head")
    case .every: return refused("expression cannot be used for rule head")
    case .assignment(let left, let value): return parenthesizedHead(left, value, assigned: true, expression.location)
    case .unification(let left, let value): return parenthesizedHead(left, value, assigned: false, expression.location)
    }
    var parsed: ParsedHead
    switch term.node {
    case .reference(let head, let path):
      guard case .variable = head.node else { return refused("invalid rule head: \(TermText.text(term))") }
      parsed = ParsedHead(head: Rule.Head(reference: [head] + path, location: expression.location))
      if path.count == 1 {
        parsed.head.reference = [head]
        parsed.head.key = path[0]
      } else {
        parsed.impliesValue = true
      }
    case .call(let function, let arguments):
      guard !arguments.isEmpty else { return refused("rule argument list must take at least one argument") }
      switch function.node {
      case .variable(let name) where RegoParser.operatorNames.contains(name) || BuiltinTable.all[name] != nil:
        return refused("rule name conflicts with built-in function")
      case .variable:
        parsed = ParsedHead(
          head: Rule.Head(reference: [function], arguments: arguments, location: expression.location))
      case .reference(let head, let path):
        if case .variable("internal") = head.node { return refused("rule name conflicts with built-in function") }
        if BuiltinTable.all[TermText.reference([head] + path)] != nil {
          return refused("rule name conflicts with built-in function")
        }
        parsed = ParsedHead(
          head: Rule.Head(reference: [head] + path, arguments: arguments, location: expression.location))
      default: return refused("expression cannot be used for rule head")
      }
    default: return refused("\(term.kindName) cannot be used for rule name")
    }
    let rule = Rule(isDefault: false, head: parsed.head, body: nil, elses: [], location: expression.location)
    return .success(ParsedRule(rule: rule, head: parsed, impliesBody: true))
  }

  /// `(p) := value`, which OPA lets pass.
  private func parenthesizedHead(
    _ left: Term, _ value: Term, assigned: Bool, _ location: SourceLocation
  ) -> Result<ParsedRule, RegoError> {
    var head: Rule.Head
    switch left.node {
    case .variable: head = Rule.Head(reference: [left], location: location)
    case .reference(let first, let path): head = Rule.Head(reference: [first] + path, location: location)
    case .call(let function, let arguments):
      head = Rule.Head(reference: [function], arguments: arguments, location: location)
      if case .reference(let first, let path) = function.node { head.reference = [first] + path }
    default: return .failure(RegoError(.parse, "\(left.kindName) cannot be used for rule name", location))
    }
    guard case .variable = head.reference[0].node else {
      return .failure(RegoError(.parse, "invalid rule head: \(TermText.text(left))", location))
    }
    (head.value, head.assigned) = (value, assigned)
    let rule = Rule(isDefault: false, head: head, body: nil, elses: [], location: location)
    return .success(ParsedRule(rule: rule, head: ParsedHead(head: head), impliesBody: true))
  }

  private static let operatorNames: Set<String> = [
    "equal", "neq", "lt", "gt", "lte", "gte", "or", "and", "plus", "minus", "mul", "div", "rem",
  ]

  /// What Rego v1 asks beyond v0. Source: OPA v1/ast/rego_v1.go.
  private static func check(_ parsed: ParsedRule) -> [RegoError] {
    let rule = parsed.rule
    let noun = rule.head.arguments?.isEmpty == false ? "function" : "rule"
    var problems: [RegoError] = []
    func refuse(_ message: String, _ location: SourceLocation) {
      problems.append(RegoError(.parse, message, location))
    }
    if rule.head.reference.count == 1, case .variable(let name) = rule.head.reference[0].node,
      Lexer.keyword(Text(name), enabled: .all) != .identifier
    {
      refuse("\(name) keyword cannot be used for rule name", rule.location)
    }
    if parsed.impliesBody, parsed.head.impliesValue {
      refuse("\(noun) must have value assignment and/or body declaration", rule.location)
    }
    if !parsed.impliesBody, !parsed.head.usesIf, !rule.isDefault {
      refuse("`if` keyword is required before \(noun) body", rule.location)
    }
    if rule.head.key != nil, rule.head.value == nil, !parsed.head.usesContains {
      refuse("`contains` keyword is required for partial set rules", rule.location)
    }
    for branch in rule.elses where branch.body != nil && !branch.usesIf {
      refuse("`if` keyword is required before \(noun) body", branch.location)
    }
    return problems
  }
}
