public import IAMPolicy
public import Rego
public import S3Model

extension Authorizer {
  /// Decides one access as ``decide(_:_:_:at:_:)`` does, and tells of every statement and rule that has a say.
  /// - Parameters:
  ///   - trustPolicy: of the role that an sts action is about; other actions have none.
  ///   - rules: those that the bundle in force was planned from.
  public static func explain(
    _ access: Access, trustPolicy: CompiledPolicy? = nil, _ caller: Caller, _ snapshot: AuthorizationSnapshot,
    at now: PolicyDate, _ context: some RequestFacts, rules: [ResolvedRule] = []
  ) -> DecisionExplanation {
    var layers = caller.layers
    let decision: Decision
    var isTold = true
    if case .sts(let action) = access.action {
      layers.resource = trustPolicy
      decision = decide(action, on: access.resource, trustPolicy: trustPolicy, caller, snapshot, at: now, context)
    } else {
      isTold = addBucketPolicy(to: &layers, access, caller, snapshot) == nil
      decision = decide(access, caller, snapshot, at: now, context)
    }
    let request = PolicyRequest(
      principal: caller.principal, action: access.action, resource: access.resource,
      resourceAccount: snapshot.account)
    let traces =
      isTold
      ? PolicyEvaluator.trace(request, layers, DecisionContext(caller: caller, now: now, request: context)) : []
    return DecisionExplanation(
      access: access, decision: decision,
      statements: traces.map { .init(origin: origin(of: $0, caller), trace: $0) },
      bundle: snapshot.rego.map { authority in
        bundle(authority, decision, access, caller, snapshot, at: now, context, rules)
      })
  }

  private static func origin(of trace: StatementTrace, _ caller: Caller) -> String {
    switch trace.layer {
    case .identity:
      let position = caller.policies.attached.firstIndex { $0 === trace.policy }
      guard let position, caller.policies.origins.indices.contains(position) else { return "identity policy" }
      return "\(caller.policies.origins[position])"
    case .resource: return trace.policy.kind == .trust ? "trust policy" : "bucket policy"
    case .boundary: return "permissions boundary"
    case .session: return "session policy"
    case .serviceAccount: return "policy of the service account"
    case .scp: return "service control policy"
    case .rcp: return "resource control policy"
    }
  }

  private static func bundle(
    _ authority: RegoAuthority, _ decision: Decision, _ access: Access, _ caller: Caller,
    _ snapshot: AuthorizationSnapshot, at now: PolicyDate, _ facts: some RequestFacts, _ rules: [ResolvedRule]
  ) -> DecisionExplanation.Bundle {
    let input = AccessInput(access, caller, account: snapshot.account, now: now, facts, authority.shape)
    let settings = authority.settings(at: now)
    var values: [Value] = [.undefined, .undefined, .undefined]
    var failure: EvaluationError?
    let session = authority.makeSession()
    do throws(EvaluationError) {
      values = try authority.entrypoints.evaluate(input: .lazy(input), settings: settings, in: session.context)
    } catch {
      failure = error
    }
    let tracer = RuleTracer(authority.policy, rules: rules)
    let schema = authority.shape == .martlet ? InputField.schema : nil
    let traces = ["deny", "allow", "obligations"].flatMap { (name: Text) in
      tracer.trace(authority.package + [name], input: .lazy(input), settings: settings, schema: schema)
    }
    return DecisionExplanation.Bundle(
      mode: authority.mode, isAsked: decision.asksBundle,
      package: (["data"] + authority.package.map(\.string)).joined(separator: "."), allow: values[0], deny: values[1],
      obligations: values[2], error: failure, rules: traces, input: input.document())
  }
}

extension Decision {
  /// Whether the bundle had a say.
  fileprivate var asksBundle: Bool {
    switch outcome {
    case .rego, .needsObjectTags, .needsAnswer: true
    case .policy, .nothingToAllow, .unusableBucketPolicy, .publicAccessBlocked: false
    }
  }
}
