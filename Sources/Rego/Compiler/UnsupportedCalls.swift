/// Finds calls of builtins that the engine knows but never runs.
struct UnsupportedCalls {
  private var found: [UnsupportedBuiltin] = []
  /// Replaced by `with` around the place at hand.
  private var replaced: [String] = []

  static func find(_ rules: [ResolvedRule]) -> [UnsupportedBuiltin] {
    var finder = UnsupportedCalls()
    for rule in rules {
      if case .function(let arguments) = rule.kind { for argument in arguments { finder.visit(argument) } }
      for term in rule.trailing { finder.visit(term) }
      for branch in rule.branches {
        finder.visit(branch.body)
        finder.visit(branch.value)
      }
    }
    return finder.found
  }

  private mutating func visit(_ body: ResolvedBody) { for expression in body.expressions { visit(expression) } }

  private mutating func visit(_ expression: ResolvedExpression) {
    let outer = replaced
    for with in expression.with {
      switch with.replacement {
      case .term(let term): visit(term)
      case .callee(let callee): visit(callee, with.location)
      }
    }
    for with in expression.with { if case .builtin(let name) = with.target { replaced.append(name) } }
    switch expression.node {
    case .term(let term): visit(term)
    case .unify(let left, let right):
      visit(left)
      visit(right)
    case .someIn(let key, let value, let domain):
      if let key { visit(key) }
      visit(value)
      visit(domain)
    case .every(_, _, let domain, let body):
      visit(domain)
      visit(body)
    case .not(let body): visit(body)
    }
    replaced = outer
  }

  private mutating func visit(_ callee: Callee, _ location: SourceLocation) {
    guard case .builtin(let builtin) = callee, builtin.function == nil, !replaced.contains(builtin.name) else { return }
    found.append(UnsupportedBuiltin(name: builtin.name, location: location))
  }

  private mutating func visit(_ term: ResolvedTerm) {
    switch term.node {
    case .constant, .local: break
    case .reference(let root, let path):
      if case .term(let term) = root { visit(term) }
      for term in path { visit(term) }
    case .call(let callee, let operands):
      visit(callee, term.location)
      for operand in operands { visit(operand) }
    case .array(let terms), .set(let terms), .template(let terms): for term in terms { visit(term) }
    case .object(let members):
      for (key, value) in members {
        visit(key)
        visit(value)
      }
    case .arrayComprehension(let head, let body), .setComprehension(let head, let body):
      visit(head)
      visit(body)
    case .objectComprehension(let key, let value, let body):
      visit(key)
      visit(value)
      visit(body)
    }
  }
}
