/// The documents below `data` that an expression reads, and the functions that it calls.
struct ReachedRules {
  /// Constant beginnings of paths below `data`.
  private(set) var references: [[Value]] = []
  private(set) var calls: [(path: [Text], arguments: [ResolvedTerm])] = []

  mutating func add(_ expression: ResolvedExpression) {
    guard expression.with.isEmpty else { return }
    switch expression.node {
    case .term(let term): add(term)
    case .unify(let left, let right):
      add(left)
      add(right)
    case .someIn(let key, let value, let domain):
      if let key { add(key) }
      add(value)
      add(domain)
    case .every(_, _, let domain, let body):
      add(domain)
      add(body)
    case .not(let body): add(body)
    }
  }

  private mutating func add(_ body: ResolvedBody) { for expression in body.expressions { add(expression) } }

  private mutating func add(_ term: ResolvedTerm) {
    switch term.node {
    case .constant, .local: break
    case .reference(let root, let path):
      switch root {
      case .data:
        references.append(
          path.prefix { if case .constant = $0.node { true } else { false } }.compactMap {
            if case .constant(let value) = $0.node { value } else { nil }
          })
      case .term(let term): add(term)
      case .input, .local: break
      }
      for element in path { add(element) }
    case .call(let callee, let arguments):
      if case .function(let path) = callee { calls.append((path, arguments)) }
      for argument in arguments { add(argument) }
    case .array(let terms), .set(let terms), .template(let terms): for term in terms { add(term) }
    case .object(let members):
      for (key, value) in members {
        add(key)
        add(value)
      }
    case .arrayComprehension(let head, let body), .setComprehension(let head, let body):
      add(head)
      add(body)
    case .objectComprehension(let key, let value, let body):
      add(key)
      add(value)
      add(body)
    }
  }
}
