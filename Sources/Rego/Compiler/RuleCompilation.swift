/// One rule: names resolved, bodies ordered and checked for safety.
struct RuleCompilation {
  private var resolver: RuleResolver
  private(set) var errors = StagedErrors()
  var usedGlobals: Set<String> { resolver.usedGlobals }

  init(scope: ModuleScope, strict: Bool, metadata: RuleMetadata) {
    resolver = RuleResolver(scope: scope, strict: strict)
    resolver.metadata = metadata
  }

  mutating func compile(_ rule: Rule) -> ResolvedRule {
    let head = rule.head
    var names: Set<String> = []
    for argument in head.arguments ?? [] { DeclaredNames.mentioned(argument, &names) }
    resolver.locals.hide(names)

    // What must be evaluated to be compared is an expression of every body.
    var extra: [(local: Local, term: Term)] = []
    var patterns: [ResolvedTerm]?
    if let arguments = head.arguments {
      patterns = arguments.map { argument in
        resolver.declareArguments(argument)
        if argument.needsEvaluation {
          let local = resolver.locals.make("argument", generated: true)
          extra.append((local, argument))
          return ResolvedTerm(.local(local), argument.location)
        }
        var none: [ResolvedExpression] = []
        return resolver.expand(argument, &none)
      }
    }
    resolver.locals.forgetUses()
    var bound = LocalSet()
    for pattern in patterns ?? [] { bound.formUnion(LocalCollector.collect(pattern, [.skipReferenceRoots])) }

    var branches: [ResolvedRule.Branch] = []
    var trailing: [ResolvedTerm] = []
    let dynamic = Array(head.reference.dropFirst(1 + rule.constantSegments))
    branch(
      rule.body ?? [], value: head.key ?? head.value, trailing: dynamic, extra: extra, bound: bound,
      location: rule.location, headLocation: rule.location, &branches, &trailing)
    for other in rule.elses {
      var none: [ResolvedTerm] = []
      branch(
        other.body ?? [], value: other.value, trailing: [], extra: extra, bound: bound, location: other.location,
        headLocation: other.location, &branches, &none)
    }
    if resolver.strict, !resolver.errors.contains(atOrBefore: .locals) {
      for argument in resolver.locals.unused(.argument) {
        resolver.report(
          .locals, .compile, "unused argument \(argument.name). (hint: use _ (wildcard variable) instead)",
          head.location)
      }
    }
    errors.add(resolver.errors)

    let kind: ResolvedRule.Kind
    if let patterns, !patterns.isEmpty {
      kind = .function(patterns)
    } else {
      kind = head.key == nil ? .value : .element
    }
    return ResolvedRule(
      kind: kind, isDefault: rule.isDefault, path: rule.constantPath(in: resolver.scope.package), trailing: trailing,
      branches: branches, localCount: resolver.locals.names.count, localNames: resolver.locals.names,
      location: rule.location, package: resolver.scope.package)
  }

  private mutating func branch(
    _ body: [Expression], value: Term?, trailing: [Term], extra: [(local: Local, term: Term)], bound: LocalSet,
    location: SourceLocation, headLocation: SourceLocation, _ branches: inout [ResolvedRule.Branch],
    _ trailingResult: inout [ResolvedTerm]
  ) {
    resolver.locals.pushBranch(hiding: DeclaredNames.of(body))
    var expressions = resolver.resolve(body)
    for (local, term) in extra {
      let value = resolver.expand(term, &expressions)
      expressions.append(
        ResolvedExpression(.unify(ResolvedTerm(.local(local), term.location), value), term.location))
    }
    var heads: [ResolvedTerm] = []
    for term in [value].compactMap({ $0 }) + trailing {
      let resolved = resolver.expand(term, &expressions)
      if RuleResolver.needsEvaluation(resolved) {
        heads.append(ResolvedTerm(.local(resolver.take(resolved, &expressions)), term.location))
      } else {
        heads.append(resolved)
      }
    }
    resolver.closeScope(location)
    var parts = OpenPartCheck(locals: resolver.locals)
    parts.check(ResolvedBody(expressions), bound: bound)
    errors.add(parts.errors)

    var order = BodyOrder()
    let ordered = order.order(ResolvedBody(expressions), bound: bound)
    var available = bound
    for expression in expressions { available.formUnion(LocalCollector.collect(expression, [.skipClosures])) }
    var unsafe: [BodyOrder.Unsafe] = []
    for head in heads {
      for local in LocalCollector.collect(head, []).subtracting(available).elements {
        unsafe.append(BodyOrder.Unsafe(local: local, location: headLocation))
      }
    }
    errors.add(.headSafety, PolicyCompilation.errors(unsafe, resolver.locals))
    let safety = PolicyCompilation.errors(order.unsafe, resolver.locals)
    errors.add(.bodySafety, safety)

    var finished = ordered
    if safety.isEmpty, unsafe.isEmpty {
      var finish = BodyFinish(locals: resolver.locals)
      finished = finish.finish(ordered, heads: &heads, bound: bound)
      resolver.locals = finish.locals
    }
    let result = value == nil ? ResolvedTerm(.constant(.boolean(true)), location) : heads.removeFirst()
    trailingResult = heads
    branches.append(ResolvedRule.Branch(value: result, body: finished, location: location))
  }
}

extension Rule {
  /// Constant segments after the name.
  var constantSegments: Int {
    head.reference.dropFirst().prefix { if case .scalar = $0.node { true } else { false } }.count
  }
}
