/// A head while its rule is read: what the module's checks ask about the way it was written.
struct ParsedHead {
  var head: Rule.Head
  var usesContains = false
  var usesIf = false
  /// The value `true` was not written.
  var impliesValue = false
}

/// A rule with what only the module's checks need.
struct ParsedRule {
  var rule: Rule
  var head: ParsedHead
  /// The rule stands without a body.
  var impliesBody = false
}

extension RegoParser {
  /// The rules of one statement: several where bodies are chained. nil, and nothing wrong reported, when this is no rule
  /// with a body: the caller goes back and reads an expression.
  mutating func rules() throws(Failure) -> [ParsedRule]? {
    let start = tokenLocation
    takeKeywordAsName()
    var isDefault = false
    if kind == .default {
      scan()
      isDefault = true
      takeKeywordAsName()
    }
    if kind != .identifier { return nil }
    var parsed = try head(isDefault: isDefault)
    if isDefault { return [try defaultRule(parsed, from: start)] }
    parsed.usesIf = kind == .if
    shapeHead(&parsed)
    var rule = Rule(isDefault: false, head: parsed.head, body: nil, elses: [], location: start)
    if parsed.usesIf {
      rule.usesIf = true
      scan()
      rule.body = try ifBody()
    } else if kind == .leftBrace {
      rule.body = try bracedBody()
    } else if parsed.usesContains {
      rule.location = parsed.head.location
      return [ParsedRule(rule: rule, head: parsed, impliesBody: true)]
    } else if parsed.head.value != nil, kind != .with, kind != .semicolon {
      // The whole statement `p := value`.
      rule.location = location(from: start)
      rule.head.location = rule.location
      return [ParsedRule(rule: rule, head: parsed, impliesBody: true)]
    } else {
      return nil
    }
    if kind == .else, !takeKeywordAsName() { try elses(&rule) }
    rule.location = location(from: start)
    return try chained(ParsedRule(rule: rule, head: parsed))
  }

  private mutating func head(isDefault: Bool) throws(Failure) -> ParsedHead {
    let start = tokenLocation
    var parsed = ParsedHead(head: try headReference(from: start))
    height = 1
    let name = parsed.head.reference
    switch kind {
    case .contains:
      if parsed.head.arguments != nil {
        reportIllegal(
          "the contains keyword can only be used with multi-value rule definitions "
            + "(e.g., \(TermText.reference(name)) contains <VALUE> { ... })")
      }
      scan()
      parsed.usesContains = true
      parsed.head.key = try headTerm("rule key term (e.g., \(TermText.reference(name)) contains <VALUE> { ... })")
    case .unify:
      scan()
      parsed.head.value = try headTerm(
        "rule value term (e.g., \(TermText.reference(name))[<nil>] = <VALUE> { ... })")
    case .assign:
      scan()
      parsed.head.assigned = true
      parsed.head.value = try headTerm(Self.assignmentNote(parsed.head, isDefault: isDefault))
    default: break
    }
    parsed.head.location = location(from: start)
    return parsed
  }

  private static func assignmentNote(_ head: Rule.Head, isDefault: Bool) -> String {
    let name = TermText.reference(head.reference)
    if head.arguments?.isEmpty == false { return "function value term (e.g., \(name)(...) := <VALUE> { ... })" }
    if isDefault { return "default rule value term (e.g., default \(name) := <VALUE>)" }
    return "rule value term (e.g., \(name) := <VALUE> { ... })"
  }

  private mutating func headTerm(_ note: String) throws(Failure) -> Term {
    do throws(Failure) { return try infix() } catch { throw illegal("expected " + note) }
  }

  private mutating func headReference(from start: SourceLocation) throws(Failure) -> Rule.Head {
    let first = variable()
    height = 1
    scanSpace()
    if kind.precedence != nil { throw illegal() }
    var term = first
    // Space is let pass before `(` and `[` here.
    if kind == .whitespace { scan() }
    if kind == .leftParenthesis || kind == .dot || kind == .leftBracket { term = try reference(first) }
    switch term.node {
    case .variable: return Rule.Head(reference: [first], location: start)
    case .reference(let head, let path):
      guard case .variable = head.node else { throw illegal("expected rule head name") }
      return Rule.Head(reference: [head] + path, location: start)
    case .call(let function, let arguments):
      if case .reference(let head, let path) = function.node {
        guard case .variable = head.node else { throw illegal("rule head ref \(TermText.text(function)) invalid") }
        return Rule.Head(reference: [head] + path, arguments: arguments, location: start)
      }
      return Rule.Head(reference: [function], arguments: arguments, location: start)
    default: throw illegal("expected rule head name")
    }
  }

  /// `p[x]` without `if` is the element `x` of the set `p`, with `if` the member `x` of the object `p`.
  private func shapeHead(_ parsed: inout ParsedHead) {
    parsed.impliesValue = parsed.head.value == nil && parsed.head.key == nil
    guard !parsed.usesIf, !parsed.usesContains, parsed.head.arguments == nil, parsed.head.reference.count == 2,
      parsed.head.value == nil, kind == .leftBrace
    else { return }
    parsed.head.key = parsed.head.reference.removeLast()
    parsed.impliesValue = false
  }

  private mutating func ifBody() throws(Failure) -> [Expression] {
    // `{ … }` may also be the one expression; a set would always hold and is thus a body.
    let saved = state
    speculation += 1
    do throws(Failure) {
      let expression = try literal()
      speculation -= 1
      if case .term(let term) = expression.node, case .set = term.node {
        state = saved
      } else {
        return [expression]
      }
    } catch {
      speculation -= 1
      let attempt = state
      state = saved
      if kind != .leftBrace {
        // What went wrong is the expression, unless OPA's way of putting it is that a body was expected.
        state.errors = attempt.errors
        throw error
      }
    }
    return try bracedBody()
  }

  private mutating func bracedBody() throws(Failure) -> [Expression] {
    scan()
    let body = try body(until: .rightBrace)
    scan()
    return body
  }

  private mutating func elses(_ rule: inout Rule) throws(Failure) {
    if rule.head.reference.dropFirst().contains(where: { !$0.isGround }) {
      throw fail("else keyword cannot be used on rules with variables in head")
    }
    let isMember = rule.head.reference.count == 2 && rule.head.arguments == nil && !rule.usesIf
    if rule.head.key != nil || isMember { throw fail("else keyword cannot be used on multi-value rules") }
    while kind == .else { rule.elses.append(try elseBranch()) }
  }

  private mutating func elseBranch() throws(Failure) -> Rule.Else {
    let start = tokenLocation
    var branch = Rule.Else(value: nil, assigned: false, body: nil, location: start)
    scan()
    switch kind {
    case .leftBrace, .if: break
    case .assign, .unify:
      branch.assigned = kind == .assign
      scan()
      branch.value = try infix()
    default: throw illegal("expected else value term or rule body")
    }
    branch.usesIf = kind == .if
    if branch.usesIf { scan() }
    if kind == .leftBrace {
      branch.body = try bracedBody()
    } else if branch.usesIf {
      if kind == .end { throw illegal("rule body expected") }
      branch.body = [try literal()]
    }
    branch.location = location(from: start)
    return branch
  }

  /// The rule and those of the bodies that follow it directly.
  private mutating func chained(_ first: ParsedRule) throws(Failure) -> [ParsedRule] {
    var rules = [first]
    while kind == .leftBrace {
      if !first.rule.elses.isEmpty { throw fail("expected else keyword") }
      let start = tokenLocation
      var next = first
      next.rule.body = try bracedBody()
      next.rule.isChained = true
      next.rule.location = location(from: start)
      next.rule.head.location = next.rule.location
      rules.append(next)
    }
    return rules
  }

  private mutating func defaultRule(_ parsed: ParsedHead, from start: SourceLocation) throws(Failure) -> ParsedRule {
    let place = location(from: start)
    guard let value = parsed.head.value else { throw fail("illegal default rule (must have a value)", at: place) }
    if let name = value.firstOpenPart { throw fail("illegal default rule (value cannot contain \(name))", at: place) }
    var names: Set<String> = []
    for argument in parsed.head.arguments ?? [] {
      guard case .variable(let name) = argument.node else {
        throw fail("illegal default rule (arguments cannot contain \(argument.kindName))", at: place)
      }
      if name != "_", !names.insert(name).inserted {
        throw fail("illegal default rule (arguments cannot be repeated \(name))", at: place)
      }
    }
    let rule = Rule(isDefault: true, head: parsed.head, body: nil, elses: [], location: place)
    return ParsedRule(rule: rule, head: parsed)
  }
}
