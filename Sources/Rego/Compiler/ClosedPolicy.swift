/// Simplifies the rules of a policy whose base documents stay as they are: what is known without an input is put in
/// place of references, and rules that cannot hold are dropped.
///
/// A bundle that is driven by data then costs what the data asks for: modules without data cost nothing.
struct ClosedPolicy {
  /// What is known of a term.
  private enum Knowledge {
    case value(Value)
    case undefined
    case unknown
  }

  private let data: Value
  private var groups: [[Value]: [Int]] = [:]
  private var rules: [ResolvedRule]
  /// Every document that has rules or packages below it.
  private var inner: Set<[Value]> = []
  private var known: [[Value]: Knowledge] = [:]
  private var isDead: [Bool]

  private static let passesMax = 32

  /// The rules, simplified; as they are when something in them replaces documents.
  static func simplify(_ policy: ResolvedPolicy, data: Value) -> [ResolvedRule] {
    let replaces = policy.rules.contains { rule in rule.branches.contains { replacesDocuments($0.body) } }
    if replaces { return policy.rules }
    var closed = ClosedPolicy(policy, data)
    closed.learn()
    return closed.simplified()
  }

  private init(_ policy: ResolvedPolicy, _ data: Value) {
    self.data = data
    rules = policy.rules
    isDead = [Bool](repeating: false, count: rules.count)
    for (index, rule) in rules.enumerated() {
      groups[rule.path, default: []].append(index)
      for count in 0..<rule.path.count { inner.insert(Array(rule.path[..<count])) }
    }
    for module in policy.modules {
      for count in 0...module.package.count { inner.insert(module.package[..<count].map { .string($0) }) }
    }
  }

  // MARK: What is known

  private mutating func learn() {
    for _ in 0..<Self.passesMax {
      var changed = false
      for (path, members) in groups where known[path] == nil {
        for index in members where !isDead[index] && !rules[index].isDefault {
          if rules[index].branches.allSatisfy({ fails($0.body) }) {
            isDead[index] = true
            changed = true
          }
        }
        if let knowledge = knowledge(of: members) {
          known[path] = knowledge
          changed = true
        }
      }
      if !changed { return }
    }
  }

  /// Of a document by its rules, nil while nothing is.
  private func knowledge(of members: [Int]) -> Knowledge? {
    var fallback = Knowledge.undefined
    for index in members {
      let rule = rules[index]
      guard rule.trailing.isEmpty, isDead[index] || rule.isDefault else { return nil }
      switch rule.kind {
      case .function: return nil
      case .element: fallback = .value(.set(.empty))
      case .value where rule.isDefault:
        guard case .constant(let value) = rule.branches[0].value.node else { return nil }
        fallback = .value(value)
      case .value: break
      }
    }
    return fallback
  }

  private func fails(_ body: ResolvedBody) -> Bool { body.expressions.contains { fails($0) } }

  private func fails(_ expression: ResolvedExpression) -> Bool {
    guard expression.with.isEmpty else { return false }
    switch expression.node {
    case .term(let term):
      switch look(term) {
      case .undefined, .value(.boolean(false)): return true
      case .value, .unknown: return false
      }
    case .unify(let left, let right):
      switch (look(left), look(right)) {
      case (.undefined, _), (_, .undefined): return true
      case (.value(let left), .value(let right)): return left != right
      default: return false
      }
    case .someIn(_, _, let domain):
      switch look(domain) {
      case .undefined: return true
      case .value(.array(let array)): return array.isEmpty
      case .value(.object(let object)): return object.isEmpty
      case .value(.set(let set)): return set.isEmpty
      case .value: return true
      case .unknown: return false
      }
    case .every(_, _, let domain, _): if case .undefined = look(domain) { return true } else { return false }
    case .not: return false
    }
  }

  private func look(_ term: ResolvedTerm) -> Knowledge {
    switch term.node {
    case .constant(let value): return .value(value)
    case .local, .template, .arrayComprehension, .setComprehension, .objectComprehension: return .unknown
    case .reference(.data, let path): return look(path)
    case .reference(let root, let path):
      if case .term(let term) = root, case .undefined = look(term) { return .undefined }
      return undefinedIfAny(path)
    case .call(.builtin(let builtin), _) where builtin.name == "internal.print": return .unknown
    case .call(_, let operands), .array(let operands), .set(let operands): return undefinedIfAny(operands)
    case .object(let members): return undefinedIfAny(members.flatMap { [$0.key, $0.value] })
    }
  }

  private func undefinedIfAny(_ terms: [ResolvedTerm]) -> Knowledge {
    for term in terms { if case .undefined = look(term) { return .undefined } }
    return .unknown
  }

  private func look(_ path: [ResolvedTerm]) -> Knowledge {
    if case .undefined = undefinedIfAny(path) { return .undefined }
    var prefix: [Value] = []
    var base = data
    for position in 0...path.count {
      if groups[prefix] != nil {
        switch known[prefix] {
        case .value(let value): return below(value, path[position...])
        case .undefined: return .undefined
        case .unknown, nil: return .unknown
        }
      }
      // Nothing but base documents from here on.
      if !inner.contains(prefix) { return below(base, path[position...]) }
      guard position < path.count, case .constant(let key) = path[position].node else { return .unknown }
      prefix.append(key)
      base = base.lookUp(key)
    }
    return .unknown
  }

  private func below(_ value: Value, _ path: ArraySlice<ResolvedTerm>) -> Knowledge {
    var value = value
    for element in path {
      if value.isUndefined { return .undefined }
      switch value {
      case .array, .object, .set: break
      default: return .undefined
      }
      guard case .constant(let key) = element.node else { return .unknown }
      value = value.lookUp(key)
    }
    return value.isUndefined ? .undefined : .value(value)
  }

  // MARK: What follows

  private func simplified() -> [ResolvedRule] {
    var kept: [ResolvedRule] = []
    for (index, rule) in rules.enumerated() {
      if isDead[index], let members = groups[rule.path] {
        // One stays, so that the document is there for whoever enumerates its package.
        let isLastHope = members.allSatisfy { isDead[$0] } && members[0] == index
        if !isLastHope { continue }
      }
      var rule = rule
      for branch in rule.branches.indices {
        rule.branches[branch].value = simplify(rule.branches[branch].value)
        rule.branches[branch].body = simplify(rule.branches[branch].body)
      }
      rule.trailing = rule.trailing.map { simplify($0) }
      kept.append(rule)
    }
    return kept
  }

  private func simplify(_ body: ResolvedBody) -> ResolvedBody {
    var expressions: [ResolvedExpression] = []
    for expression in body.expressions {
      if case .not(let body) = expression.node, expression.with.isEmpty, fails(body) { continue }
      var expression = expression
      switch expression.node {
      case .term(let term): expression.node = .term(simplify(term))
      case .unify(let left, let right): expression.node = .unify(simplify(left), simplify(right))
      case .someIn(let key, let value, let domain):
        expression.node = .someIn(key: key, value: value, domain: simplify(domain))
      case .every(let key, let value, let domain, let body):
        expression.node = .every(key: key, value: value, domain: simplify(domain), body: simplify(body))
      case .not(let body): expression.node = .not(simplify(body))
      }
      expressions.append(expression)
    }
    return ResolvedBody(expressions)
  }

  private func simplify(_ term: ResolvedTerm) -> ResolvedTerm {
    var term = term
    switch term.node {
    case .constant, .local, .template: break
    case .reference(.data, let path):
      if case .value(let value) = look(path) {
        term.node = .constant(value)
      } else {
        term.node = .reference(.data, path.map { simplify($0) })
      }
    case .reference(.term(let root), let path):
      term.node = .reference(.term(simplify(root)), path.map { simplify($0) })
    case .reference(let root, let path): term.node = .reference(root, path.map { simplify($0) })
    case .call(let callee, let operands): term.node = .call(callee, operands.map { simplify($0) })
    case .array(let elements): term.node = .array(elements.map { simplify($0) })
    case .set(let elements): term.node = .set(elements.map { simplify($0) })
    case .object(let members):
      term.node = .object(members.map { (key: simplify($0.key), value: simplify($0.value)) })
    case .arrayComprehension(let head, let body): term.node = .arrayComprehension(simplify(head), simplify(body))
    case .setComprehension(let head, let body): term.node = .setComprehension(simplify(head), simplify(body))
    case .objectComprehension(let key, let value, let body):
      term.node = .objectComprehension(key: simplify(key), value: simplify(value), simplify(body))
    }
    return term
  }

  // MARK: Replacements

  /// Whether a `with` somewhere in a body replaces documents or functions.
  private static func replacesDocuments(_ body: ResolvedBody) -> Bool {
    body.expressions.contains { expression in
      for with in expression.with {
        switch with.target {
        case .data, .function, .builtin: return true
        case .input: break
        }
      }
      switch expression.node {
      case .term(let term): return replacesDocuments(term)
      case .unify(let left, let right): return replacesDocuments(left) || replacesDocuments(right)
      case .someIn(_, let value, let domain): return replacesDocuments(value) || replacesDocuments(domain)
      case .every(_, _, let domain, let body): return replacesDocuments(domain) || replacesDocuments(body)
      case .not(let body): return replacesDocuments(body)
      }
    }
  }

  private static func replacesDocuments(_ term: ResolvedTerm) -> Bool {
    switch term.node {
    case .constant, .local: false
    case .reference(.term(let root), let path): replacesDocuments(root) || path.contains { replacesDocuments($0) }
    case .reference(_, let terms), .call(_, let terms), .array(let terms), .set(let terms), .template(let terms):
      terms.contains { replacesDocuments($0) }
    case .object(let members): members.contains { replacesDocuments($0.key) || replacesDocuments($0.value) }
    case .arrayComprehension(let head, let body), .setComprehension(let head, let body):
      replacesDocuments(head) || replacesDocuments(body)
    case .objectComprehension(let key, let value, let body):
      replacesDocuments(key) || replacesDocuments(value) || replacesDocuments(body)
    }
  }
}
