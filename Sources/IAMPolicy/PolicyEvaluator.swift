public import S3Model

/// One question: may the principal do this to that?
public struct PolicyRequest: Sendable {
  public var principal: Principal
  public var action: Action
  /// The ARN, byte-exact.
  public var resource: ByteString
  /// The account that owns the resource.
  public var resourceAccount: AccountID

  public init(principal: Principal, action: Action, resource: ByteString, resourceAccount: AccountID) {
    self.principal = principal
    self.action = action
    self.resource = resource
    self.resourceAccount = resourceAccount
  }
}

/// AWS's policy evaluation logic, pure.
///
/// An explicit deny anywhere wins. A statement that cannot be evaluated does not allow, and denies if it is a `Deny`.
/// Source: IAM User Guide, "Policy evaluation logic".
public enum PolicyEvaluator {
  public static func decide(
    _ request: PolicyRequest, _ layers: PolicyLayers, _ context: some ConditionContext
  ) -> PolicyDecision {
    var evaluation = Evaluation()
    let resource = request.resource
    resource.bytes.withUnsafeBufferPointer { bytes in
      evaluation.run(request, bytes, layers, context)
    }
    if let denial = evaluation.denial { return PolicyDecision(denial) }
    return evaluation.combine(request, layers)
  }

  /// Whether a statement that is about this principal, action and resource reads the key, in conditions or variables.
  ///
  /// Conditions are not evaluated, so a true answer may turn out not to matter; a false one is final.
  public static func reads(
    _ key: ConditionKey.Name, _ request: PolicyRequest, _ layers: PolicyLayers,
    _ context: some ConditionContext
  ) -> Bool {
    let action = request.action
    let principal = request.principal
    let resource = request.resource
    return resource.bytes.withUnsafeBufferPointer { bytes in
      func reads(_ policy: CompiledPolicy) -> Bool {
        guard policy.keys.contains(key) else { return false }
        var found = false
        policy.forEachStatement(about: action) { statement in
          if statement.keys.contains(key), statement.principalMatch(principal) > .none,
            statement.resourceMatch(bytes, context) != .no
          {
            found = true
          }
          return !found
        }
        return found
      }
      if layers.identity.contains(where: reads) { return true }
      if let policy = layers.resource, reads(policy) { return true }
      if let policies = layers.boundary, policies.contains(where: reads) { return true }
      if let policies = layers.session, policies.contains(where: reads) { return true }
      if let policies = layers.serviceAccount, policies.contains(where: reads) { return true }
      if let levels = layers.scp, levels.contains(where: { $0.contains(where: reads) }) { return true }
      if let levels = layers.rcp, levels.contains(where: { $0.contains(where: reads) }) { return true }
      return false
    }
  }
}

/// What the layers say, before it is combined.
private struct Evaluation {
  struct Grant {
    var policy: CompiledPolicy
    var statement: CompiledStatement
  }

  var denial: PolicyDecision.Reason?
  var identity: Grant?
  var resource: Grant?
  var resourceStrength = PrincipalMatch.none
  var boundary = false
  var session = false
  var serviceAccount = true
  /// Whether every level allows.
  var scp = true
  var rcp = true

  mutating func run(
    _ request: PolicyRequest, _ bytes: UnsafeBufferPointer<UInt8>, _ layers: PolicyLayers,
    _ context: some ConditionContext
  ) {
    let action = request.action
    var grant: Grant?
    for policy in layers.identity {
      guard visit(policy, .identity, action, bytes, context, &grant) else { return }
    }
    identity = grant
    if let policy = layers.resource {
      guard visitResource(policy, request, bytes, context) else { return }
    }
    if let policies = layers.boundary {
      var grant: Grant?
      for policy in policies {
        guard visit(policy, .boundary, action, bytes, context, &grant) else { return }
      }
      boundary = grant != nil
    }
    if let policies = layers.session {
      var grant: Grant?
      for policy in policies {
        guard visit(policy, .session, action, bytes, context, &grant) else { return }
      }
      session = grant != nil
    }
    if let policies = layers.serviceAccount {
      var grant: Grant?
      for policy in policies {
        guard visit(policy, .serviceAccount, action, bytes, context, &grant) else { return }
      }
      serviceAccount = grant != nil
    }
    // Service control policies bind the principals of the organization's accounts, not services or the anonymous.
    if let levels = layers.scp, request.principal.account != nil {
      scp = allows(levels, .scp, action, bytes, context)
      if denial != nil { return }
    }
    if let levels = layers.rcp { rcp = allows(levels, .rcp, action, bytes, context) }
  }

  /// - Returns: false when a statement denies.
  @inline(__always)
  private mutating func visit(
    _ policy: CompiledPolicy, _ layer: PolicyLayer, _ action: Action, _ bytes: UnsafeBufferPointer<UInt8>,
    _ context: some ConditionContext, _ grant: inout Grant?
  ) -> Bool {
    var reason: PolicyDecision.Reason?
    policy.forEachStatement(about: action) { statement in
      switch statement.effect {
      case .deny:
        reason = Self.denial(statement.holds(bytes, context), statement, policy, layer)
        return reason == nil
      case .allow:
        // Denying statements come first, so the first that allows ends the search.
        if grant != nil { return false }
        if statement.holds(bytes, context) == .yes { grant = Grant(policy: policy, statement: statement) }
        return grant == nil
      }
    }
    denial = reason
    return reason == nil
  }

  private mutating func visitResource(
    _ policy: CompiledPolicy, _ request: PolicyRequest, _ bytes: UnsafeBufferPointer<UInt8>,
    _ context: some ConditionContext
  ) -> Bool {
    let principal = request.principal
    var reason: PolicyDecision.Reason?
    var grant = resource
    var strength = resourceStrength
    policy.forEachStatement(about: request.action) { statement in
      let match = statement.principalMatch(principal)
      guard match > .none else { return true }
      switch statement.effect {
      case .deny:
        reason = Self.denial(statement.holds(bytes, context), statement, policy, .resource)
        return reason == nil
      case .allow:
        if match == .indirect, principal.isOutsider { return true }
        if match > strength, statement.holds(bytes, context) == .yes {
          grant = Grant(policy: policy, statement: statement)
          strength = match
        }
        return strength < .direct
      }
    }
    resource = grant
    resourceStrength = strength
    denial = reason
    return reason == nil
  }

  private mutating func allows(
    _ levels: [[CompiledPolicy]], _ layer: PolicyLayer, _ action: Action, _ bytes: UnsafeBufferPointer<UInt8>,
    _ context: some ConditionContext
  ) -> Bool {
    var all = !levels.isEmpty
    for level in levels {
      var grant: Grant?
      for policy in level {
        guard visit(policy, layer, action, bytes, context, &grant) else { return false }
      }
      if grant == nil { all = false }
    }
    return all
  }

  @inline(__always)
  private static func denial(
    _ match: PatternMatch, _ statement: CompiledStatement, _ policy: CompiledPolicy, _ layer: PolicyLayer
  ) -> PolicyDecision.Reason? {
    switch match {
    case .no, .unresolved: nil
    case .yes: .denied(by: DecidingStatement(layer: layer, policy: policy, statement: statement))
    case .error: .deniedByError(in: DecidingStatement(layer: layer, policy: policy, statement: statement))
    }
  }

  /// Nothing denies: who allows, and do the ceilings let it?
  func combine(_ request: PolicyRequest, _ layers: PolicyLayers) -> PolicyDecision {
    if !scp { return PolicyDecision(.notAllowed(layer: .scp)) }
    if !rcp { return PolicyDecision(.notAllowed(layer: .rcp)) }
    if !serviceAccount { return PolicyDecision(.notAllowed(layer: .serviceAccount)) }
    guard let account = request.principal.account else {
      // The anonymous, services and identity providers have no identity policies.
      return granted(resourceStrength > .account ? resource : nil, .resource)
    }
    var isRoot = false
    if case .root = request.principal.kind { isRoot = true }
    let sameAccount = account == request.resourceAccount
    if sameAccount, resourceStrength == .direct, !isRoot, !isLimitedByItsKey(request.principal, layers) {
      return granted(resource, .resource)
    }
    if layers.session != nil, !session { return PolicyDecision(.notAllowed(layer: .session)) }
    // A role trusts nobody by default, not even its own account.
    let needsResource = !sameAccount || layers.resource?.kind == .trust
    if isRoot {
      return needsResource ? granted(resource, .resource) : PolicyDecision(.allowedAsRoot)
    }
    if layers.boundary != nil, !boundary { return PolicyDecision(.notAllowed(layer: .boundary)) }
    if sameAccount, resourceStrength == .indirect { return granted(resource, .resource) }
    guard !needsResource || resource != nil else { return PolicyDecision(.notAllowed(layer: .resource)) }
    return granted(identity, .identity)
  }

  /// A user's key that carries a policy of its own (a service account) stays within it whatever names the user. So does
  /// the session of somebody without a role: its ARN is the person's, not the session's.
  private func isLimitedByItsKey(_ principal: Principal, _ layers: PolicyLayers) -> Bool {
    switch principal.kind {
    case .user, .federatedIdentity: layers.session != nil && !session
    case .anonymous, .root, .role, .roleSession, .federatedUser, .service, .federated: false
    }
  }

  private func granted(_ grant: Grant?, _ layer: PolicyLayer) -> PolicyDecision {
    guard let grant else { return PolicyDecision(.notAllowed(layer: layer)) }
    return PolicyDecision(
      .allowed(by: DecidingStatement(layer: layer, policy: grant.policy, statement: grant.statement)))
  }
}

extension Principal {
  /// Everyone does not mean services and identity providers when it allows; it does when it denies.
  var isOutsider: Bool {
    switch kind {
    case .service, .federated: true
    case .anonymous, .root, .user, .role, .roleSession, .federatedUser, .federatedIdentity: false
    }
  }
}
