/// Orders bodies so that every local is bound before it is needed, and finds the locals for which there is no such order.
/// Source: OPA v1/ast/compile.go, `reorderBodyForSafety`.
struct BodyOrder {
  struct Unsafe {
    var local: Local
    var location: SourceLocation
  }

  private(set) var unsafe: [Unsafe] = []

  /// - Parameter bound: what is bound before the body runs.
  mutating func order(_ body: ResolvedBody, bound: LocalSet) -> ResolvedBody {
    let expressions = body.expressions
    let mentioned = expressions.map { LocalCollector.collect($0, [.skipClosures]) }
    var all = LocalSet()
    for locals in mentioned { all.formUnion(locals) }
    let closures = expressions.map { ClosureCollector.collect($0).intersection(all).subtracting(bound) }

    var safe = bound
    var order: [Int] = []
    var pending = Array(expressions.indices)
    while !pending.isEmpty {
      var rest: [Int] = []
      for index in pending {
        let outputs = OutputLocals.of(expressions[index], safe: safe)
        // What a nested body closes over must be bound before the expression runs, not by it.
        if mentioned[index].subtracting(outputs).isSubset(of: safe), closures[index].isSubset(of: safe) {
          order.append(index)
          safe.formUnion(outputs)
        } else {
          rest.append(index)
        }
      }
      if rest.count == pending.count { break }
      pending = rest
    }
    let orderedCount = order.count
    if order.count != expressions.count {
      for index in expressions.indices where !order.contains(index) {
        let outputs = OutputLocals.of(expressions[index], safe: safe)
        var open = mentioned[index].subtracting(outputs)
        open.formUnion(closures[index])
        for local in open.subtracting(safe).elements {
          unsafe.append(Unsafe(local: local, location: expressions[index].location))
        }
        order.append(index)
      }
    }

    var known = bound
    var result: [ResolvedExpression] = []
    result.reserveCapacity(expressions.count)
    for (position, index) in order.enumerated() {
      var expression = expressions[index]
      // Nested bodies of what has no place are not looked at.
      if position < orderedCount { orderNested(&expression, known) }
      result.append(expression)
      known.formUnion(mentioned[index])
    }
    return ResolvedBody(result)
  }

  private mutating func orderNested(_ expression: inout ResolvedExpression, _ known: LocalSet) {
    let location = expression.location
    switch expression.node {
    case .term(let term): expression.node = .term(orderNested(term, known, location))
    case .unify(let left, let right):
      expression.node = .unify(orderNested(left, known, location), orderNested(right, known, location))
    case .someIn(let key, let value, let domain):
      expression.node = .someIn(
        key: key.map { orderNested($0, known, location) }, value: orderNested(value, known, location),
        domain: orderNested(domain, known, location))
    case .every(let key, let value, let domain, let body):
      var inner = known
      if let key { inner.insert(key) }
      if let value { inner.insert(value) }
      expression.node = .every(
        key: key, value: value, domain: orderNested(domain, known, location), body: order(body, bound: inner))
    case .not(let body):
      expression.node = .not(
        ResolvedBody(
          body.expressions.map { expression in
            var expression = expression
            orderNested(&expression, known)
            return expression
          }))
    }
    for index in expression.with.indices {
      if case .term(let term) = expression.with[index].replacement {
        expression.with[index].replacement = .term(orderNested(term, known, location))
      }
    }
  }

  mutating func orderNested(_ term: ResolvedTerm, _ known: LocalSet, _ location: SourceLocation) -> ResolvedTerm {
    var term = term
    switch term.node {
    case .constant, .local: break
    case .reference(let root, let path):
      var root = root
      if case .term(let inner) = root { root = .term(orderNested(inner, known, location)) }
      term.node = .reference(root, path.map { orderNested($0, known, location) })
    case .call(let callee, let operands):
      term.node = .call(callee, operands.map { orderNested($0, known, location) })
    case .array(let elements): term.node = .array(elements.map { orderNested($0, known, location) })
    case .set(let elements): term.node = .set(elements.map { orderNested($0, known, location) })
    case .template(let parts): term.node = .template(parts.map { orderNested($0, known, location) })
    case .object(let members):
      term.node = .object(
        members.map { (key: orderNested($0.key, known, location), value: orderNested($0.value, known, location)) })
    case .arrayComprehension(let head, let body):
      term.node = .arrayComprehension(head, orderClosure([head], body, known, location))
    case .setComprehension(let head, let body):
      term.node = .setComprehension(head, orderClosure([head], body, known, location))
    case .objectComprehension(let key, let value, let body):
      term.node = .objectComprehension(key: key, value: value, orderClosure([key, value], body, known, location))
    }
    return term
  }

  private mutating func orderClosure(
    _ heads: [ResolvedTerm], _ body: ResolvedBody, _ known: LocalSet, _ location: SourceLocation
  ) -> ResolvedBody {
    var available = known
    for expression in body.expressions { available.formUnion(LocalCollector.collect(expression, [.skipClosures])) }
    for head in heads {
      for local in LocalCollector.collect(head, []).subtracting(available).elements {
        unsafe.append(Unsafe(local: local, location: location))
      }
    }
    return order(body, bound: known)
  }
}
