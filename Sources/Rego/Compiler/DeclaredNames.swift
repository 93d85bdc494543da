/// The names that a body declares by `:=` and `some`, nested comprehensions apart. Source: OPA `declaredVars`.
enum DeclaredNames {
  static func of(_ body: [Expression]) -> Set<String> {
    var names: Set<String> = []
    for expression in body { collect(expression, &names) }
    return names
  }

  private static func collect(_ expression: Expression, _ names: inout Set<String>) {
    switch expression.node {
    case .assignment(let left, _): mentioned(left, &names)
    case .someDeclaration(let terms): for term in terms { mentioned(term, &names) }
    case .someIn(let key, let value, _):
      if let key { mentioned(key, &names) }
      mentioned(value, &names)
    case .every(_, _, _, let body): for expression in body { collect(expression, &names) }
    case .term, .unification: break
    }
  }

  /// Names in a term outside of comprehensions and templates.
  static func outsideClosures(_ term: Term, _ names: inout Set<String>) {
    switch term.node {
    case .scalar, .template, .arrayComprehension, .setComprehension, .objectComprehension: break
    case .variable(let name): names.insert(name)
    case .reference(let head, let path):
      outsideClosures(head, &names)
      for term in path { outsideClosures(term, &names) }
    case .call(_, let terms), .array(let terms), .set(let terms): for term in terms { outsideClosures(term, &names) }
    case .object(let members):
      for (key, value) in members {
        outsideClosures(key, &names)
        outsideClosures(value, &names)
      }
    }
  }

  /// All names in a term, roots of references and nested bodies included.
  static func mentioned(_ term: Term, _ names: inout Set<String>) {
    switch term.node {
    case .scalar: break
    case .variable(let name): names.insert(name)
    case .template(let parts):
      for part in parts {
        switch part {
        case .text: break
        case .term(let term): mentioned(term, &names)
        case .expression(let expression): mentioned(expression, &names)
        }
      }
    case .reference(let head, let path):
      mentioned(head, &names)
      for term in path { mentioned(term, &names) }
    case .call(_, let terms), .array(let terms), .set(let terms): for term in terms { mentioned(term, &names) }
    case .object(let members):
      for (key, value) in members {
        mentioned(key, &names)
        mentioned(value, &names)
      }
    case .arrayComprehension(let term, let body), .setComprehension(let term, let body):
      mentioned(term, &names)
      for expression in body { mentioned(expression, &names) }
    case .objectComprehension(let key, let value, let body):
      mentioned(key, &names)
      mentioned(value, &names)
      for expression in body { mentioned(expression, &names) }
    }
  }

  static func mentioned(_ expression: Expression, _ names: inout Set<String>) {
    switch expression.node {
    case .term(let term): mentioned(term, &names)
    case .assignment(let left, let right), .unification(let left, let right):
      mentioned(left, &names)
      mentioned(right, &names)
    case .someDeclaration(let terms): for term in terms { mentioned(term, &names) }
    case .someIn(let key, let value, let domain):
      if let key { mentioned(key, &names) }
      mentioned(value, &names)
      mentioned(domain, &names)
    case .every(let key, let value, let domain, let body):
      if let key { mentioned(key, &names) }
      mentioned(value, &names)
      mentioned(domain, &names)
      for expression in body { mentioned(expression, &names) }
    }
    for with in expression.with {
      mentioned(with.target, &names)
      mentioned(with.value, &names)
    }
  }
}
