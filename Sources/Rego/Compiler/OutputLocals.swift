/// Which locals an expression binds, given those bound before it. Source: OPA v1/ast/compile.go, `outputVarsForExpr`.
enum OutputLocals {
  static func of(_ expression: ResolvedExpression, safe: LocalSet) -> LocalSet {
    for with in expression.with {
      if case .term(let term) = with.replacement,
        !LocalCollector.collect(term, [.skipClosures]).isSubset(of: safe)
      {
        return LocalSet()
      }
    }
    switch expression.node {
    case .not: return LocalSet()
    case .term(let term):
      if case .template = term.node { return LocalSet() }
      return of(term, safe: safe)
    case .every(_, _, let domain, _): return of(domain, safe: safe)
    case .someIn(let key, let value, let domain):
      var output = of(domain, safe: safe)
      output.formUnion(of(value, safe: safe))
      let known = safe.union(output)
      guard LocalCollector.collect(domain, [.skipClosures]).isSubset(of: known) else { return output.subtracting(safe) }
      if let key { output.formUnion(PatternUnifier.locals(of: key)) }
      output.formUnion(PatternUnifier.locals(of: value))
      return output.subtracting(safe)
    case .unify(let left, let right) where expression.isAssignment:
      var output = of(right, safe: safe)
      assign(left, right, known: safe.union(output), &output)
      return output.subtracting(safe)
    case .unify(let left, let right):
      if case .call(_, let operands) = right.node { return of(call: operands, result: left, safe: safe) }
      if case .call(_, let operands) = left.node { return of(call: operands, result: right, safe: safe) }
      var output = of(left, safe: safe)
      output.formUnion(of(right, safe: safe))
      output.formUnion(safe)
      output.formUnion(PatternUnifier.outputs(left, right, safe: output))
      return output.subtracting(safe)
    }
  }

  /// What `left := right` binds: each part of the left side that stands for a part whose locals are all bound.
  private static func assign(
    _ left: ResolvedTerm, _ right: ResolvedTerm, known: LocalSet, _ output: inout LocalSet
  ) {
    if case .array(let left) = left.node, case .array(let right) = right.node, left.count == right.count {
      for (left, right) in zip(left, right) { assign(left, right, known: known, &output) }
    } else if LocalCollector.collect(right, [.skipClosures]).isSubset(of: known) {
      output.formUnion(PatternUnifier.locals(of: left))
    }
  }

  private static func of(call operands: [ResolvedTerm], result: ResolvedTerm, safe: LocalSet) -> LocalSet {
    var output = of(result, safe: safe)
    var needed = LocalCollector([.skipClosures, .skipSets, .skipObjectKeys, .skipReferenceRoots])
    for operand in operands {
      output.formUnion(of(operand, safe: safe))
      needed.add(operand)
    }
    guard needed.locals.subtracting(output).isSubset(of: safe) else { return LocalSet() }
    output.formUnion(PatternUnifier.locals(of: result))
    return output
  }

  /// What the references in a term bind: the locals in the path of each whose root is bound.
  static func of(_ term: ResolvedTerm, safe: LocalSet) -> LocalSet {
    var output = LocalSet()
    collect(term, safe, &output)
    return output
  }

  private static func collect(_ term: ResolvedTerm, _ safe: LocalSet, _ output: inout LocalSet) {
    switch term.node {
    case .constant, .local, .arrayComprehension, .setComprehension, .objectComprehension, .template: break
    case .reference(let root, let path):
      switch root {
      case .input, .data: break
      case .local(let local): if !safe.contains(local) { return }
      case .term(let term):
        if !LocalCollector.collect(term, [.skipClosures]).isSubset(of: safe) { return }
        collect(term, safe, &output)
      }
      for term in path {
        output.formUnion(LocalCollector.collect(term, [.skipReferenceRoots]))
        collect(term, safe, &output)
      }
    case .call(_, let terms), .array(let terms), .set(let terms):
      for term in terms { collect(term, safe, &output) }
    case .object(let members):
      for (key, value) in members {
        collect(key, safe, &output)
        collect(value, safe, &output)
      }
    }
  }
}
