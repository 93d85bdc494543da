import IAMPolicy
import Rego
import S3Model

extension Authorizer {
  /// ``weigh(_:_:_:_:_:_:at:_:_:)-`` with a policy server in the place of the embedded engine.
  static func weigh(
    _ policy: PolicyDecision, _ request: PolicyRequest, _ layers: PolicyLayers, _ access: Access, _ caller: Caller,
    _ snapshot: AuthorizationSnapshot, at now: PolicyDate, _ facts: some RequestFacts, _ authority: ExternalAuthority
  ) -> Decision {
    if let decided = decidedByIAM(policy, request, layers, access, caller, at: now, facts, authority.mode) {
      return decided
    }
    let iamAllows = policy.isAllowed && (authority.mode == .grant || authority.mode == .restrict)
    return ask(authority, access, caller, snapshot, at: now, facts, policy, iamAllows: iamAllows)
  }

  /// What the policy server says about an access that IAM does not forbid.
  static func ask(
    _ authority: ExternalAuthority, _ access: Access, _ caller: Caller, _ snapshot: AuthorizationSnapshot,
    at now: PolicyDate, _ facts: some RequestFacts, _ policy: PolicyDecision, iamAllows: Bool
  ) -> Decision {
    if authority.readsObjectTags, access.key != nil {
      switch facts.objectTags {
      case .notFetched: return Decision(.needsObjectTags, access: access)
      case .unavailable: return Decision(.rego(RegoDecision(.tagsUnavailable), policy), access: access)
      case .none, .tags: break
      }
    }
    guard let answer = facts.externalAnswer(access) else {
      let input = AccessInput(access, caller, account: snapshot.account, now: now, facts, authority.shape)
      input.leavesOutTags = !authority.readsObjectTags
      return Decision(.needsAnswer(ExternalQuestion(access: access, input: input.document())), access: access)
    }
    var decision = answer.decide(caller, access, at: now, facts, authority, iamAllows: iamAllows)
    decision.decisionID = answer.decisionID
    return Decision(.rego(decision, policy), access: access)
  }
}

extension ExternalAnswer {
  /// - Parameter iamAllows: IAM's allow stands, so the server need not allow, only not deny.
  fileprivate func decide(
    _ caller: Caller, _ access: Access, at now: PolicyDate, _ facts: some RequestFacts, _ authority: ExternalAuthority,
    iamAllows: Bool
  ) -> RegoDecision {
    let result: Value
    switch content {
    case .failed(let reason): return RegoDecision(.unanswered(reason))
    case .result(let value): result = value
    }
    switch result {
    case .boolean(let allow): return verdict(allow, authority, iamAllows: iamAllows)
    case .object(let members):
      let allow = members["allow"]
      let allows: Bool
      switch allow {
      case .undefined: allows = false
      case .boolean(let flag): allows = flag
      default: return RegoDecision(.malformed("`allow` is no boolean but \(allow.typeName)"))
      }
      guard authority.shape == .martlet, !members["deny"].isUndefined else {
        // Nothing that denies is there, so `allow` is the whole verdict, and has to be.
        guard !allow.isUndefined else { return RegoDecision(.malformed("the result has no `allow`")) }
        guard authority.shape == .martlet else { return verdict(allows, authority, iamAllows: iamAllows) }
        return obliging(
          verdict(allows, authority, iamAllows: iamAllows), members["obligations"], caller, access, at: now, facts)
      }
      guard case .array(let messages) = members["deny"] else {
        return RegoDecision(.malformed("`deny` is no list but \(members["deny"].typeName)"))
      }
      if !messages.elements.isEmpty { return RegoDecision(.denied(messages.elements.map(Self.message))) }
      let verdict = RegoDecision(iamAllows ? .notDenied : allows ? .allowed : .notAllowed)
      return obliging(verdict, members["obligations"], caller, access, at: now, facts)
    case .undefined: return RegoDecision(.malformed("the policy has no result"))
    default: return RegoDecision(.malformed("the result is neither boolean nor object but \(result.typeName)"))
    }
  }

  /// Of a policy that only says yes or no: where IAM's allow needs no other (`grant`) a no adds nothing to what IAM
  /// says, and where it may be restricted (`restrict`) it is the restriction.
  private func verdict(_ allow: Bool, _ authority: ExternalAuthority, iamAllows: Bool) -> RegoDecision {
    if allow { return RegoDecision(iamAllows ? .notDenied : .allowed) }
    return RegoDecision(iamAllows && authority.mode == .grant ? .notDenied : .notAllowed)
  }

  private func obliging(
    _ decision: RegoDecision, _ obligations: Value, _ caller: Caller, _ access: Access, at now: PolicyDate,
    _ facts: some RequestFacts
  ) -> RegoDecision {
    guard decision.isAllowed else { return decision }
    do throws(ObligationError) {
      var decision = decision
      decision.obligations = try Obligations(obligations)
      try decision.obligations.check(caller, access, at: now, facts)
      return decision
    } catch {
      return RegoDecision(.obligation(error))
    }
  }

  private static func message(_ value: Value) -> Text {
    if case .string(let text) = value { text } else { value.jsonText }
  }
}
