import IAMPolicy
import Rego
import S3Model

extension Authorizer {
  /// Weighs what IAM says with what Rego says, by the mode. Source: `policies/README.md`.
  static func weigh(
    _ policy: PolicyDecision, _ request: PolicyRequest, _ layers: PolicyLayers, _ access: Access, _ caller: Caller,
    _ snapshot: AuthorizationSnapshot, at now: PolicyDate, _ facts: some RequestFacts, _ authority: RegoAuthority
  ) -> Decision {
    if let decided = decidedByIAM(policy, request, layers, access, caller, at: now, facts, authority.mode) {
      return decided
    }
    let iamAllows = authority.mode == .grant && policy.isAllowed || authority.mode == .restrict
    return ask(authority, access, caller, snapshot, at: now, facts, policy, iamAllows: iamAllows)
  }

  /// What Rego says about an access that IAM does not forbid.
  static func ask(
    _ authority: RegoAuthority, _ access: Access, _ caller: Caller, _ snapshot: AuthorizationSnapshot,
    at now: PolicyDate, _ facts: some RequestFacts, _ policy: PolicyDecision, iamAllows: Bool
  ) -> Decision {
    // The memory of another policy would answer for that one.
    guard let session = facts.regoSession(authority), session.authority === authority else {
      return Decision(.rego(RegoDecision(.noEvaluator), policy), access: access)
    }
    let input = AccessInput(access, caller, account: snapshot.account, now: now, facts, authority.shape)
    let decision = session.decide(input, caller, access, at: now, facts, iamAllows: iamAllows)
    if input.waitsForTags { return Decision(.needsObjectTags, access: access) }
    if input.lacksCondition { return Decision(.rego(RegoDecision(.conditionUnavailable), policy), access: access) }
    if input.lacksTags { return Decision(.rego(RegoDecision(.tagsUnavailable), policy), access: access) }
    return Decision(.rego(decision, policy), access: access)
  }

  /// The decision where IAM's word is the last; nil where Rego has a say.
  static func decidedByIAM(
    _ policy: PolicyDecision, _ request: PolicyRequest, _ layers: PolicyLayers, _ access: Access, _ caller: Caller,
    at now: PolicyDate, _ facts: some RequestFacts, _ mode: RegoMode
  ) -> Decision? {
    if policy.isExplicitDeny { return Decision(.policy(policy), access: access) }
    switch mode {
    case .off: return Decision(.policy(policy), access: access)
    case .restrict: return policy.isAllowed ? nil : Decision(.policy(policy), access: access)
    case .grant, .decide:
      // Whatever Rego allows, boundaries and session policies stay ceilings.
      guard !policy.isAllowed || mode == .decide,
        let ceiling = ceiling(request, layers, DecisionContext(caller: caller, now: now, request: facts))
      else { return nil }
      return Decision(.policy(ceiling), access: access)
    }
  }

  /// The decision of the ceiling that is in the way; nil when none is.
  ///
  /// What identity and bucket policies allow is put aside by a policy that allows everything; what anything denies is not.
  private static func ceiling(
    _ request: PolicyRequest, _ layers: PolicyLayers, _ context: some ConditionContext
  ) -> PolicyDecision? {
    // Nothing but a bucket's policy is about the anonymous, and it does not deny.
    guard request.principal.account != nil else { return nil }
    var layers = layers
    layers.identity.append(Self.everything)
    // A trust policy is no bucket policy: a role is assumed by those it trusts and nobody else.
    if case .sts = request.action {} else { layers.resource = nil }
    let decision = PolicyEvaluator.decide(request, layers, context)
    return decision.isAllowed ? nil : decision
  }

  private static let everything: CompiledPolicy = {
    do throws(PolicyError) {
      return try CompiledPolicy(
        parsing: CannedPolicy.administratorAccess.document, name: "Rego", kind: .identity)
    } catch {
      preconditionFailure("a canned policy does not parse: \(error)")
    }
  }()
}

extension RegoSession {
  /// - Parameter iamAllows: IAM's allow stands, so `allow` is not needed.
  fileprivate func decide<Facts: RequestFacts>(
    _ input: AccessInput<Facts>, _ caller: Caller, _ access: Access, at now: PolicyDate, _ facts: Facts,
    iamAllows: Bool
  ) -> RegoDecision {
    let settings = authority.settings(at: now)
    let values: [Value]
    do throws(EvaluationError) {
      values = try authority.entrypoints.evaluate(
        input: .lazy(input), settings: settings, in: context, skippingFirst: iamAllows)
    } catch {
      return RegoDecision(.failed(error))
    }
    let (allow, deny, obligations) = (values[0], values[1], values[2])
    switch deny {
    case .undefined: break
    case .set(let set) where set.isEmpty: break
    case .set(let set):
      return RegoDecision(
        .denied(set.elements.map(Self.message)),
        rule: authority.rules.deciding("deny", input, settings, authority.shape))
    default: return RegoDecision(.malformed("`deny` is no set but \(deny.typeName)"))
    }
    var rule: DecidingRule?
    if !iamAllows {
      switch allow {
      case .boolean(true): rule = authority.rules.deciding("allow", input, settings, authority.shape)
      case .undefined, .boolean(false): return RegoDecision(.notAllowed)
      default: return RegoDecision(.malformed("`allow` is no boolean but \(allow.typeName)"))
      }
    }
    do throws(ObligationError) {
      let obligations = try Obligations(obligations)
      try obligations.check(caller, access, at: now, facts)
      return RegoDecision(iamAllows ? .notDenied : .allowed, rule: rule, obligations: obligations)
    } catch {
      return RegoDecision(.obligation(error))
    }
  }

  private static func message(_ value: Value) -> Text {
    if case .string(let text) = value { text } else { value.jsonText }
  }
}

extension Obligations {
  /// What can be told before the request runs.
  func check(
    _ caller: Caller, _ access: Access, at now: PolicyDate, _ facts: some RequestFacts
  ) throws(ObligationError) {
    if let secondFactorSecondsMax {
      guard let used = caller.secondFactor ?? caller.session?.secondFactor,
        (now.milliseconds - used.milliseconds) / 1000 <= secondFactorSecondsMax
      else { throw .notMet("require_mfa") }
    }
    if let listPrefixes {
      switch access.action {
      case .s3(.listBucket), .s3(.listBucketVersions), .s3(.listBucketMultipartUploads):
        guard case .text(let prefix) = facts.value(for: ConditionKey(.prefix)),
          listPrefixes.contains(where: { prefix.bytes.starts(with: $0.bytes) })
        else { throw .notMet("list_prefixes") }
      default: break
      }
    }
  }
}
