/// What `print` and template strings show must be bound where they stand; they bind nothing themselves.
/// Source: OPA v1/ast/compile.go, `rewritePrintCalls`, `rewriteTemplateStrings`.
struct OpenPartCheck {
  let locals: LocalScopes
  private(set) var errors = StagedErrors()

  init(locals: LocalScopes) { self.locals = locals }

  /// - Parameter body: in the order in which it was written.
  mutating func check(_ body: ResolvedBody, bound: LocalSet) {
    guard Self.hasParts(body) else { return }
    var before = bound
    var befores: [LocalSet] = []
    for expression in body.expressions {
      befores.append(before)
      before.formUnion(OutputLocals.of(expression, safe: before))
    }
    for (expression, bound) in zip(body.expressions, befores) { check(expression, bound: bound, whole: before) }
  }

  private mutating func check(_ expression: ResolvedExpression, bound: LocalSet, whole: LocalSet) {
    switch expression.node {
    case .term(let term):
      if case .call(.builtin(let builtin), let operands) = term.node, builtin.name == "internal.print",
        case .array(let parts)? = operands.first?.node
      {
        for part in parts { check(part: part, bound: bound, .print) }
      } else {
        check(term, whole)
      }
    case .unify(let left, let right):
      check(left, whole)
      check(right, whole)
    case .someIn(_, _, let domain): check(domain, whole)
    case .every(let key, let value, let domain, let body):
      check(domain, whole)
      var inner = whole
      if let key { inner.insert(key) }
      if let value { inner.insert(value) }
      check(body, bound: inner)
    case .not(let body): for expression in body.expressions { check(expression, bound: bound, whole: whole) }
    }
  }

  private mutating func check(part: ResolvedTerm, bound: LocalSet, _ stage: CompilationStage) {
    guard case .setComprehension(_, let body) = part.node else { return }
    var mentioned = LocalCollector([.skipClosures])
    mentioned.add(body)
    for local in mentioned.locals.subtracting(bound).elements where !locals.generated[Int(local.slot)] {
      errors.add(
        stage, RegoError(.compile, "var \(locals.names[Int(local.slot)]) is undeclared", part.location))
    }
  }

  private mutating func check(_ term: ResolvedTerm, _ whole: LocalSet) {
    switch term.node {
    case .constant, .local: break
    case .template(let parts): for part in parts { check(part: part, bound: whole, .templates) }
    case .reference(let root, let path):
      if case .term(let term) = root { check(term, whole) }
      for term in path { check(term, whole) }
    case .call(_, let terms), .array(let terms), .set(let terms): for term in terms { check(term, whole) }
    case .object(let members):
      for (key, value) in members {
        check(key, whole)
        check(value, whole)
      }
    case .arrayComprehension(_, let body), .setComprehension(_, let body), .objectComprehension(_, _, let body):
      check(body, bound: whole)
    }
  }

  // MARK: Most bodies have neither

  private static func hasParts(_ body: ResolvedBody) -> Bool { body.expressions.contains(where: hasParts) }

  private static func hasParts(_ expression: ResolvedExpression) -> Bool {
    switch expression.node {
    case .term(let term): hasParts(term)
    case .unify(let left, let right): hasParts(left) || hasParts(right)
    case .someIn(_, _, let domain): hasParts(domain)
    case .every(_, _, let domain, let body): hasParts(domain) || hasParts(body)
    case .not(let body): hasParts(body)
    }
  }

  private static func hasParts(_ term: ResolvedTerm) -> Bool {
    switch term.node {
    case .constant, .local: return false
    case .template: return true
    case .call(.builtin(let builtin), _) where builtin.name == "internal.print": return true
    case .reference(let root, let path):
      if case .term(let term) = root, hasParts(term) { return true }
      return path.contains(where: hasParts)
    case .call(_, let terms), .array(let terms), .set(let terms): return terms.contains(where: hasParts)
    case .object(let members): return members.contains { hasParts($0.key) || hasParts($0.value) }
    case .arrayComprehension(_, let body), .setComprehension(_, let body), .objectComprehension(_, _, let body):
      return hasParts(body)
    }
  }
}
