import Rego

/// OPA's index leaves out a rule when a reference to `input` or to data without rules, all of constants, is undefined:
/// then nothing before it in the body is evaluated, and nothing there fails. Here a rule asks for these first.
enum IndexedRules {
  static func indexed(_ rule: Rule) -> Rule {
    guard !rule.isDefault else { return rule }
    var rule = rule
    rule.body = body(rule.body, heads: [rule.head.key, rule.head.value].compactMap { $0 } + rule.head.reference)
    for index in rule.elses.indices {
      rule.elses[index].body = body(rule.elses[index].body, heads: [rule.elses[index].value].compactMap { $0 })
    }
    return rule
  }

  private static func body(_ body: [Expression]?, heads: [Term]) -> [Expression]? {
    var found: [Term] = []
    for head in heads { collect(head, &found) }
    for expression in body ?? [] where !expression.negated && expression.with.isEmpty {
      switch expression.node {
      case .term(let term): collect(term, &found)
      case .assignment(let left, let right), .unification(let left, let right):
        collect(left, &found)
        collect(right, &found)
      case .someIn(_, _, let domain), .every(_, _, let domain, _): collect(domain, &found)
      case .someDeclaration: break
      }
    }
    if found.isEmpty { return body }
    return found.map { Expression(.unification(Term(.variable("_"), $0.location), $0), $0.location) } + (body ?? [])
  }

  /// References that OPA takes to names of their own: not those in comprehensions.
  private static func collect(_ term: Term, _ found: inout [Term]) {
    switch term.node {
    case .reference(let head, let path):
      if case .variable("input") = head.node, path.allSatisfy(isScalar) { found.append(term) }
      if case .variable("data") = head.node, path.allSatisfy(isScalar), let first = path.first,
        case .scalar(.string(let name)) = first.node, !["t", "u"].contains(name.string)
      {
        found.append(term)
      }
      for segment in path { collect(segment, &found) }
    case .call(_, let terms), .array(let terms), .set(let terms): for term in terms { collect(term, &found) }
    case .object(let members):
      for (key, value) in members {
        collect(key, &found)
        collect(value, &found)
      }
    default: break
    }
  }

  private static func isScalar(_ term: Term) -> Bool { if case .scalar = term.node { true } else { false } }
}
