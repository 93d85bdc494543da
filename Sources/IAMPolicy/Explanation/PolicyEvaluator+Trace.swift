import S3Model

extension PolicyEvaluator {
  /// Every statement of every layer with the reason why it does or does not match.
  ///
  /// The same tests as ``decide(_:_:_:)``, none of them left out early, so that what is told includes what no longer
  /// mattered. A trace decides nothing by itself.
  public static func trace(
    _ request: PolicyRequest, _ layers: PolicyLayers, _ context: some ConditionContext
  ) -> [StatementTrace] {
    var traces: [StatementTrace] = []
    func add(_ policies: [CompiledPolicy], _ layer: PolicyLayer) {
      for policy in policies {
        traces += policy.statements.map { trace($0, of: policy, layer, request, context) }
      }
    }
    add(layers.identity, .identity)
    if let policy = layers.resource { add([policy], .resource) }
    add(layers.boundary ?? [], .boundary)
    add(layers.session ?? [], .session)
    add(layers.serviceAccount ?? [], .serviceAccount)
    if request.principal.account != nil { for level in layers.scp ?? [] { add(level, .scp) } }
    for level in layers.rcp ?? [] { add(level, .rcp) }
    return traces
  }

  private static func trace(
    _ statement: CompiledStatement, of policy: CompiledPolicy, _ layer: PolicyLayer, _ request: PolicyRequest,
    _ context: some ConditionContext
  ) -> StatementTrace {
    var conditions: [StatementTrace.Condition] = []
    let outcome = outcome(statement, request, context, &conditions)
    return StatementTrace(
      layer: layer, policy: policy, statement: statement, outcome: outcome, conditions: conditions)
  }

  private static func outcome(
    _ statement: CompiledStatement, _ request: PolicyRequest, _ context: some ConditionContext,
    _ conditions: inout [StatementTrace.Condition]
  ) -> StatementTrace.Outcome {
    guard statement.actions.contains(request.action) else { return .mismatch(.action) }
    let principal = statement.principalMatch(request.principal)
    if principal == .none || statement.effect == .allow && principal == .indirect && request.principal.isOutsider {
      return .mismatch(.principal)
    }
    let resource = request.resource.bytes.withUnsafeBufferPointer { statement.resourceMatch($0, context) }
    if resource == .no { return .mismatch(.resource) }
    var isError = resource != .yes
    for (position, condition) in statement.conditions.enumerated() {
      let match = condition.holds(context)
      conditions.append(
        StatementTrace.Condition(
          text: statement.text.conditions[position], value: context.value(for: condition.key), holds: match == .yes,
          isError: match == .error || match == .unresolved))
      switch match {
      case .yes: break
      case .no: return .mismatch(.condition(position))
      case .unresolved, .error: isError = true
      }
    }
    return isError ? .error : .applies
  }
}
