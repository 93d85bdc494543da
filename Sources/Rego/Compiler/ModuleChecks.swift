/// Refusals that concern imports and names, before anything is resolved.
/// Source: OPA v1/ast/check.go, `checkDuplicateImports`, `checkRootDocumentOverrides`.
struct ModuleChecks {
  private(set) var errors = StagedErrors()

  /// What v1 modules, and all in strict mode, must not do.
  mutating func check(_ module: Module) {
    checkImports(module)
    for rule in module.rules {
      if let name = rule.name, Self.isRoot(name) {
        add(.keywords, "rules must not shadow \(name) (use a different rule name)", rule.location)
      }
      for body in [rule.body] + rule.elses.map(\.body) { for expression in body ?? [] { check(expression) } }
      for term in [rule.head.key, rule.head.value].compactMap({ $0 }) + rule.elses.compactMap(\.value) { check(term) }
    }
  }

  private mutating func add(_ stage: CompilationStage, _ message: String, _ location: SourceLocation) {
    errors.add(stage, RegoError(.compile, message, location))
  }

  private static func isRoot(_ name: String) -> Bool { name == "input" || name == "data" }

  private mutating func checkImports(_ module: Module) {
    var seen: [String: Module.Import] = [:]
    for item in module.imports {
      guard let name = item.alias ?? item.path.last?.string else { continue }
      if let earlier = seen[name] {
        add(.imports, "import must not shadow \(earlier.text)", item.location)
      } else {
        seen[name] = item
      }
    }
  }

  private mutating func check(_ expression: Expression) {
    switch expression.node {
    case .assignment(let left, let right):
      if case .variable(let name) = left.node, Self.isRoot(name) {
        add(.keywords, "variables must not shadow \(name) (use a different variable name)", expression.location)
      }
      check(right)
    case .unification(let left, let right):
      check(left)
      check(right)
    case .term(let term): check(term)
    case .someDeclaration: break
    case .someIn(_, _, let domain): check(domain)
    case .every(_, _, let domain, let body):
      check(domain)
      for expression in body { check(expression) }
    }
    for with in expression.with { check(with.value) }
  }

  private mutating func check(_ term: Term) {
    switch term.node {
    case .scalar, .variable: break
    case .template(let parts):
      for part in parts {
        switch part {
        case .text: break
        case .term(let term): check(term)
        case .expression(let expression): check(expression)
        }
      }
    case .reference(let head, let path):
      check(head)
      for term in path { check(term) }
    case .call(_, let terms), .array(let terms), .set(let terms): for term in terms { check(term) }
    case .object(let members):
      for (key, value) in members {
        check(key)
        check(value)
      }
    case .arrayComprehension(let term, let body), .setComprehension(let term, let body):
      check(term)
      for expression in body { check(expression) }
    case .objectComprehension(let key, let value, let body):
      check(key)
      check(value)
      for expression in body { check(expression) }
    }
  }
}

extension Module.Import {
  /// As messages show it.
  var text: String {
    let first = path.first?.string ?? ""
    let path = first + self.path.dropFirst().map { ReferenceText.segment(.string($0)) }.joined()
    return "import \(path)" + (alias.map { " as \($0)" } ?? "")
  }
}
