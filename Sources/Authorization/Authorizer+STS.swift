public import IAMPolicy
public import S3Model

extension Authorizer {
  /// Decides an sts action, which no bucket policy has a say about.
  /// - Parameters:
  ///   - trustPolicy: of the role that the action is about: without an allow there, identity policies count nothing.
  ///   - context: what the request says, its `sts:*` keys included; the caller's keys and the time are answered here.
  public static func decide(
    _ action: STSAction, on resource: ByteString, trustPolicy: CompiledPolicy?, _ caller: Caller,
    _ snapshot: AuthorizationSnapshot, at now: PolicyDate, _ context: some RequestFacts
  ) -> Decision {
    var layers = caller.layers
    layers.resource = trustPolicy
    let request = PolicyRequest(
      principal: caller.principal, action: .sts(action), resource: resource, resourceAccount: snapshot.account)
    let decision = PolicyEvaluator.decide(
      request, layers, DecisionContext(caller: caller, now: now, request: context))
    let access = Access(action: .sts(action), resource: resource)
    if let external = snapshot.external {
      return weigh(decision, request, layers, access, caller, snapshot, at: now, context, external)
    }
    guard let authority = snapshot.rego else { return Decision(.policy(decision), access: access) }
    return weigh(decision, request, layers, access, caller, snapshot, at: now, context, authority)
  }

  /// Decides an action that needs no permission and that no policy of IAM can refuse: Rego alone has a say. Nil where
  /// there is none.
  ///
  /// Whoever has signed may, unless Rego denies; with `decide`, Rego has to allow this like anything else.
  public static func decideWithoutPermission(
    _ access: Access, _ caller: Caller, _ snapshot: AuthorizationSnapshot, at now: PolicyDate,
    _ context: some RequestFacts
  ) -> Decision? {
    if let external = snapshot.external, external.mode != .off {
      return ask(
        external, access, caller, snapshot, at: now, context, PolicyDecision(.needsNoPermission),
        iamAllows: external.mode != .decide)
    }
    guard let authority = snapshot.rego, authority.mode != .off else { return nil }
    return ask(
      authority, access, caller, snapshot, at: now, context, PolicyDecision(.needsNoPermission),
      iamAllows: authority.mode != .decide)
  }
}
