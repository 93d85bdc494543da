extension RegoParser {
  /// The expressions of a body up to its closing token, on which the parser then stands.
  mutating func body(until end: Token.Kind) throws(Failure) -> [Expression] {
    try nested { parser throws(Failure) in try parser.expressions(until: end) }
  }

  /// One statement that is no rule: expressions separated by semicolons.
  mutating func statementBody() throws(Failure) -> [Expression] { try expressions(until: nil) }

  private mutating func expressions(until end: Token.Kind?) throws(Failure) -> [Expression] {
    if kind == end { throw fail("found empty body") }
    var body: [Expression] = []
    var highest = 0
    while true {
      body.append(try literal())
      highest = max(highest, height)
      if kind == .semicolon {
        scan()
        continue
      }
      if kind == end || end == nil {
        height = highest
        return body
      }
      if !state.skippedNewline {
        throw state.errors.isEmpty ? illegal("expected \\n or ; or \(end?.name ?? "eof")") : Failure()
      }
    }
  }

  mutating func literal() throws(Failure) -> Expression {
    let start = tokenLocation
    var expression = try literal(from: start)
    expression.location = location(from: start)
    return expression
  }

  private mutating func literal(from start: SourceLocation) throws(Failure) -> Expression {
    if takeKeywordAsName() { return try plain(negated: false, from: start) }
    let negated = kind == .not
    if negated { scan() }
    switch kind {
    case .some:
      if negated { throw illegal("illegal negation of 'some'") }
      return try some(from: start)
    case .every:
      if negated { throw illegal("illegal negation of 'every'") }
      return try every(from: start)
    default: return try plain(negated: negated, from: start)
    }
  }

  private mutating func plain(negated: Bool, from start: SourceLocation) throws(Failure) -> Expression {
    let left = try infix()
    var node = Expression.Node.term(left)
    if kind == .assign || kind == .unify {
      let assigns = kind == .assign
      let leftHeight = height
      scan()
      let right = try infix()
      height = max(height, leftHeight)
      node = assigns ? .assignment(left, right) : .unification(left, right)
    }
    return Expression(node, negated: negated, with: try with(), start)
  }

  /// Any number of `with target as value`.
  private mutating func with() throws(Failure) -> [Expression.With] {
    var with: [Expression.With] = []
    var highest = height
    while kind == .with {
      let start = tokenLocation
      scan()
      if kind != .identifier { throw illegal("expected ident") }
      let target = try term()
      switch target.node {
      case .variable, .reference: break
      default: reportIllegal("expected with target path")
      }
      if kind != .as { throw illegal("expected as keyword") }
      scan()
      let value = try infix()
      highest = max(highest, height)
      with.append(Expression.With(target: target, value: value, location: location(from: start)))
    }
    height = highest
    return with
  }

  private mutating func some(from start: SourceLocation) throws(Failure) -> Expression {
    let saved = state
    scan()
    if let membership = try someMembership() {
      return Expression(membership, with: try with(), start)
    }
    state = saved
    var names: [Term] = []
    repeat {
      scan()
      if kind != .identifier { throw illegal("expected var") }
      names.append(variable())
      scan()
    } while kind == .comma
    height = 1
    return Expression(.someDeclaration(names), start)
  }

  /// nil when this is no `some … in`; a call that is another one is refused.
  private mutating func someMembership() throws(Failure) -> Expression.Node? {
    speculation += 1
    defer { speculation -= 1 }
    let term: Term
    do throws(Failure) { term = try infix() } catch { return nil }
    guard case .call = term.node else { return nil }
    switch Membership(term) {
    case .value(let value, let domain)?: return .someIn(key: nil, value: value, domain: domain)
    case .keyed(let key, let value, let domain)?: return .someIn(key: key, value: value, domain: domain)
    case nil: throw illegal("expected `x in xs` or `x, y in xs` expression")
    }
  }

  private mutating func every(from start: SourceLocation) throws(Failure) -> Expression {
    scan()
    let term = try infix()
    let key: Term?
    let value: Term
    let domain: Term
    switch Membership(term) {
    case .value(let element, let collection)?: (key, value, domain) = (nil, element, collection)
    case .keyed(let name, let element, let collection)?: (key, value, domain) = (name, element, collection)
    case nil: throw illegal("expected `x[, y] in xs { ... }` expression")
    }
    if let key {
      guard case .variable = key.node else { throw illegal("expected key to be a variable") }
    }
    guard case .variable = value.node else { throw illegal("expected value to be a variable") }
    if kind != .leftBrace { throw illegal("missing body") }
    let termHeight = height
    scan()
    let body = try body(until: .rightBrace)
    try raise(over: max(height, termHeight))
    scan()
    return Expression(.every(key: key, value: value, domain: domain, body: body), with: try with(), start)
  }
}

/// The parts of `value in domain` and `key, value in domain`.
private enum Membership {
  case value(Term, domain: Term)
  case keyed(Term, Term, domain: Term)

  init?(_ term: Term) {
    guard case .call(let function, let arguments) = term.node,
      case .reference(let head, let path) = function.node, case .variable("internal") = head.node, path.count == 1,
      case .scalar(.string(let name)) = path[0].node
    else { return nil }
    switch (name, arguments.count) {
    case ("member_2", 2): self = .value(arguments[0], domain: arguments[1])
    case ("member_3", 3): self = .keyed(arguments[0], arguments[1], domain: arguments[2])
    default: return nil
    }
  }
}
