/// The last pass over an ordered body. References that a negated expression contains, and references that still have
/// locals to bind, are taken out into expressions before theirs; what earlier passes took out without need is put back,
/// so that `a = g(y); b = f(a); x = b` is `x = f(g(y))` again.
///
/// Source: OPA v1/ast/compile.go, `rewriteDynamics`. That OPA does it outside of negations is part of the language:
/// `not f(input.x)` is undefined, not true, where `input.x` is.
struct BodyFinish {
  private(set) var locals: LocalScopes
  /// How often a branch mentions each local, by slot.
  private var mentions: [Int32: Int] = [:]

  init(locals: LocalScopes) { self.locals = locals }

  /// - Parameter heads: terms evaluated after the body, value and key of a rule or a comprehension.
  mutating func finish(_ body: ResolvedBody, heads: inout [ResolvedTerm], bound: LocalSet) -> ResolvedBody {
    mentions = [:]
    for expression in body.expressions { count(expression) }
    for head in heads { count(head) }
    return finishNested(body, heads: &heads, bound: bound)
  }

  // MARK: Counting

  private mutating func count(_ term: ResolvedTerm) {
    switch term.node {
    case .constant: break
    case .local(let local): mentions[local.slot, default: 0] += 1
    case .reference(let root, let path):
      switch root {
      case .input, .data: break
      case .local(let local): mentions[local.slot, default: 0] += 1
      case .term(let term): count(term)
      }
      for term in path { count(term) }
    case .call(_, let terms), .array(let terms), .set(let terms), .template(let terms):
      for term in terms { count(term) }
    case .object(let members):
      for (key, value) in members {
        count(key)
        count(value)
      }
    case .arrayComprehension(let head, let body), .setComprehension(let head, let body):
      count(head)
      for expression in body.expressions { count(expression) }
    case .objectComprehension(let key, let value, let body):
      count(key)
      count(value)
      for expression in body.expressions { count(expression) }
    }
  }

  private mutating func count(_ expression: ResolvedExpression) {
    switch expression.node {
    case .term(let term): count(term)
    case .unify(let left, let right):
      count(left)
      count(right)
    case .someIn(let key, let value, let domain):
      if let key { count(key) }
      count(value)
      count(domain)
    case .every(_, _, let domain, let body):
      count(domain)
      for expression in body.expressions { count(expression) }
    case .not(let body): for expression in body.expressions { count(expression) }
    }
    for with in expression.with { if case .term(let term) = with.replacement { count(term) } }
  }

  // MARK: Taking out

  private mutating func finishNested(_ body: ResolvedBody, heads: inout [ResolvedTerm], bound: LocalSet) -> ResolvedBody
  {
    let outer = bound
    var bound = bound
    var flat: [ResolvedExpression] = []
    flat.reserveCapacity(body.expressions.count)
    for var expression in body.expressions {
      var before: [ResolvedExpression] = []
      takeOut(&expression, &before, &bound, negated: false)
      for var taken in before {
        taken.with = expression.with
        flat.append(taken)
      }
      flat.append(expression)
      bound.formUnion(LocalCollector.collect(expression, [.skipClosures]))
    }
    return putBack(flat, heads: &heads, bound: outer)
  }

  private mutating func takeOut(
    _ expression: inout ResolvedExpression, _ before: inout [ResolvedExpression], _ bound: inout LocalSet, negated: Bool
  ) {
    switch expression.node {
    // `==` as a statement is `=` to OPA: `not input.x == 1` holds where `input.x` is undefined.
    case .term(let term):
      if negated, case .call(.builtin(let builtin), let operands) = term.node, builtin.name == "equal" {
        let operands = operands.map { operand in
          if case .reference = operand.node { return top(operand, &before, &bound, negated) }
          return nested(operand, &before, &bound, negated)
        }
        expression.node = .term(ResolvedTerm(.call(.builtin(builtin), operands), term.location))
      } else {
        expression.node = .term(top(term, &before, &bound, negated))
      }
    case .unify(let left, let right):
      if case .call = right.node {
        let right = top(right, &before, &bound, negated)
        expression.node = .unify(nested(left, &before, &bound, negated), right)
      } else if case .call = left.node {
        let left = top(left, &before, &bound, negated)
        expression.node = .unify(left, nested(right, &before, &bound, negated))
      } else {
        let left = top(left, &before, &bound, negated)
        var right = top(right, &before, &bound, negated)
        // Only one side may iterate.
        if case .reference = left.node, case .reference = right.node, isOpen(left, bound), isOpen(right, bound) {
          right = take(right, &before, &bound)
        }
        expression.node = .unify(left, right)
      }
    case .someIn(let key, let value, let domain):
      var domain = top(domain, &before, &bound, negated)
      if isOpen(domain, bound) { domain = take(domain, &before, &bound) }
      let key = key.map { nested($0, &before, &bound, negated) }
      expression.node = .someIn(key: key, value: nested(value, &before, &bound, negated), domain: domain)
    case .every(let key, let value, let domain, let body):
      let domain = nested(domain, &before, &bound, negated)
      var inner = bound
      if let key { inner.insert(key) }
      if let value { inner.insert(value) }
      var none: [ResolvedTerm] = []
      expression.node = .every(
        key: key, value: value, domain: domain, body: finishNested(body, heads: &none, bound: inner))
    case .not(let body):
      expression.node = .not(
        ResolvedBody(
          body.expressions.map { inner in
            var inner = inner
            takeOut(&inner, &before, &bound, negated: true)
            return inner
          }))
    }
  }

  private func isOpen(_ term: ResolvedTerm, _ bound: LocalSet) -> Bool {
    !LocalCollector.collect(term, [.skipClosures]).isSubset(of: bound)
  }

  private mutating func take(
    _ term: ResolvedTerm, _ before: inout [ResolvedExpression], _ bound: inout LocalSet
  ) -> ResolvedTerm {
    let local = ResolvedTerm(.local(locals.make("term", generated: true)), term.location)
    before.append(ResolvedExpression(.unify(local, term), term.location))
    bound.formUnion(LocalCollector.collect(term, [.skipClosures]))
    bound.formUnion(LocalCollector.collect(local, []))
    return local
  }

  /// A term that stands as a statement or as one side of a unification.
  private mutating func top(
    _ term: ResolvedTerm, _ before: inout [ResolvedExpression], _ bound: inout LocalSet, _ negated: Bool
  ) -> ResolvedTerm {
    switch term.node {
    case .reference(let root, let path):
      var root = root
      if case .term(let inner) = root { root = .term(nested(inner, &before, &bound, negated)) }
      let path = path.map { nested($0, &before, &bound, negated) }
      return ResolvedTerm(.reference(root, path), term.location)
    case .call(let callee, let operands):
      let operands = operands.map { nested($0, &before, &bound, negated) }
      return ResolvedTerm(.call(callee, operands), term.location)
    default: return nested(term, &before, &bound, negated)
    }
  }

  private mutating func nested(
    _ term: ResolvedTerm, _ before: inout [ResolvedExpression], _ bound: inout LocalSet, _ negated: Bool
  ) -> ResolvedTerm {
    switch term.node {
    case .constant, .local: return term
    case .reference:
      let reference = top(term, &before, &bound, negated)
      return negated || isOpen(reference, bound) ? take(reference, &before, &bound) : reference
    case .call:
      let call = top(term, &before, &bound, negated)
      return negated ? take(call, &before, &bound) : call
    case .array(let elements):
      return ResolvedTerm(.array(elements.map { nested($0, &before, &bound, negated) }), term.location)
    case .set(let elements):
      return ResolvedTerm(.set(elements.map { nested($0, &before, &bound, negated) }), term.location)
    case .template(let parts):
      return ResolvedTerm(.template(parts.map { nested($0, &before, &bound, negated) }), term.location)
    case .object(let members):
      return ResolvedTerm(
        .object(
          members.map {
            (key: nested($0.key, &before, &bound, negated), value: nested($0.value, &before, &bound, negated))
          }), term.location)
    case .arrayComprehension(let head, let body):
      var heads = [head]
      let body = finishNested(body, heads: &heads, bound: bound)
      return ResolvedTerm(.arrayComprehension(heads[0], body), term.location)
    case .setComprehension(let head, let body):
      var heads = [head]
      let body = finishNested(body, heads: &heads, bound: bound)
      return ResolvedTerm(.setComprehension(heads[0], body), term.location)
    case .objectComprehension(let key, let value, let body):
      var heads = [key, value]
      let body = finishNested(body, heads: &heads, bound: bound)
      return ResolvedTerm(.objectComprehension(key: heads[0], value: heads[1], body), term.location)
    }
  }

  // MARK: Putting back

  /// A definition that may still move into the expression after it.
  private struct Pending {
    var local: Local
    var term: ResolvedTerm
    var expression: ResolvedExpression
  }

  private func putBack(_ flat: [ResolvedExpression], heads: inout [ResolvedTerm], bound: LocalSet) -> ResolvedBody {
    var result: [ResolvedExpression] = []
    result.reserveCapacity(flat.count)
    var pending: [Pending] = []
    var defined = bound
    for expression in flat {
      var expression = expression
      let isDefinition = definition(expression, defined) != nil
      if !pending.isEmpty {
        var usable = LocalSet()
        if case .not = expression.node {} else { usable = Self.places(in: expression) }
        let mentioned = isDefinition ? LocalCollector.collect(expression, []) : LocalSet()
        var substitution = Substitution()
        var rest: [Pending] = []
        for entry in pending {
          if usable.contains(entry.local), Self.sameWith(entry.expression, expression) {
            substitution.terms[entry.local] = entry.term
          } else if isDefinition, !mentioned.contains(entry.local) {
            rest.append(entry)
          } else {
            result.append(entry.expression)
          }
        }
        pending = rest
        if !substitution.terms.isEmpty { substitution.apply(to: &expression) }
      }
      if isDefinition, case .unify(let left, let right) = expression.node, case .local(let local) = left.node {
        pending.append(Pending(local: local, term: right, expression: expression))
      } else {
        result.append(expression)
      }
      defined.formUnion(LocalCollector.collect(expression, [.skipClosures]))
    }
    if !pending.isEmpty {
      var usable = LocalCollector([.skipClosures, .skipTemplates])
      for head in heads { usable.add(head) }
      var substitution = Substitution()
      for entry in pending {
        if usable.locals.contains(entry.local), entry.expression.with.isEmpty {
          substitution.terms[entry.local] = entry.term
        } else {
          result.append(entry.expression)
        }
      }
      if !substitution.terms.isEmpty { heads = heads.map { substitution.apply(to: $0) } }
    }
    return ResolvedBody(result)
  }

  /// A generated local mentioned once more, and what it stands for.
  private func definition(_ expression: ResolvedExpression, _ defined: LocalSet) -> (Local, ResolvedTerm)? {
    guard case .unify(let left, let right) = expression.node, case .local(let local) = left.node,
      locals.generated[Int(local.slot)], mentions[local.slot] == 2, !defined.contains(local)
    else { return nil }
    // What iterates stays an expression.
    if !LocalCollector.collect(right, [.skipClosures]).isSubset(of: defined) { return nil }
    return (local, right)
  }

  /// Locals where a term could stand instead: outside of nested bodies.
  private static func places(in expression: ResolvedExpression) -> LocalSet {
    var expression = expression
    expression.with = []
    return LocalCollector.collect(expression, [.skipClosures, .skipTemplates])
  }

  /// Replacements are attached in one go, so the same place means the same list.
  private static func sameWith(_ left: ResolvedExpression, _ right: ResolvedExpression) -> Bool {
    left.with.count == right.with.count
      && zip(left.with, right.with).allSatisfy { $0.location == $1.location }
  }
}

/// Puts terms in the place of locals, outside of nested bodies.
private struct Substitution {
  var terms: [Local: ResolvedTerm] = [:]

  func apply(to expression: inout ResolvedExpression) {
    switch expression.node {
    case .term(let term): expression.node = .term(apply(to: term))
    case .unify(let left, let right): expression.node = .unify(apply(to: left), apply(to: right))
    case .someIn(let key, let value, let domain):
      expression.node = .someIn(key: key.map { apply(to: $0) }, value: apply(to: value), domain: apply(to: domain))
    case .every(let key, let value, let domain, let body):
      expression.node = .every(key: key, value: value, domain: apply(to: domain), body: body)
    case .not: break
    }
  }

  func apply(to term: ResolvedTerm) -> ResolvedTerm {
    switch term.node {
    case .constant, .arrayComprehension, .setComprehension, .objectComprehension, .template: return term
    case .local(let local): return terms[local] ?? term
    case .reference(let root, let path):
      let path = path.map { apply(to: $0) }
      switch root {
      case .local(let local):
        guard let replacement = terms[local] else { return ResolvedTerm(.reference(root, path), term.location) }
        if case .reference(let root, let prefix) = replacement.node {
          return ResolvedTerm(.reference(root, prefix + path), term.location)
        }
        return ResolvedTerm(.reference(.term(replacement), path), term.location)
      case .term(let inner): return ResolvedTerm(.reference(.term(apply(to: inner)), path), term.location)
      case .input, .data: return ResolvedTerm(.reference(root, path), term.location)
      }
    case .call(let callee, let operands):
      return ResolvedTerm(.call(callee, operands.map { apply(to: $0) }), term.location)
    case .array(let elements): return .array(elements.map { apply(to: $0) }, term.location)
    case .set(let elements): return .set(elements.map { apply(to: $0) }, term.location)
    case .object(let members):
      return .object(members.map { (key: apply(to: $0.key), value: apply(to: $0.value)) }, term.location)
    }
  }
}
