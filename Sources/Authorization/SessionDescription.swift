public import IAMPolicy
public import S3Model

/// The content of temporary credentials, as far as decisions need it.
public struct SessionDescription: Sendable {
  public enum Kind: Sendable {
    /// AssumeRole and its like: the role's permissions.
    case assumedRole(roleID: ByteString)
    /// Somebody whom a provider vouched for, without a role: what the provider's mapping gives now.
    case federatedIdentity
    /// GetFederationToken: what both the user's policies and the session policies allow.
    case federatedUser
    /// GetSessionToken: the user's own permissions.
    case userSession
  }

  public var kind: Kind
  /// Unique id of the user, or the account's digits for root, at the start of the chain.
  public var principalID: ByteString
  /// RoleSessionName, or the federated user's name.
  public var name: ByteString
  /// The inline session policy, JSON.
  public var policy: ByteString?
  public var policyARNs: [ByteString]
  public var tags: [PrincipalTag]
  public var facts: CallerSession
  /// The person at a provider where one vouched, be it for a session that this one was made through.
  public var subject: FederatedSubject?

  public init(
    kind: Kind, principalID: ByteString, name: ByteString = "", policy: ByteString? = nil,
    policyARNs: [ByteString] = [], tags: [PrincipalTag] = [], facts: CallerSession,
    subject: FederatedSubject? = nil
  ) {
    self.kind = kind
    self.principalID = principalID
    self.name = name
    self.policy = policy
    self.policyARNs = policyARNs
    self.tags = tags
    self.facts = facts
    self.subject = subject
  }
}

/// Why temporary credentials stand for nobody in this snapshot.
public enum SessionFault: Error, Equatable, Sendable {
  case unknownPrincipal
  case unknownRole
  case unknownProvider
  /// The provider says that there is no such person any more, or another one.
  case identityGone
  /// The provider could not be asked for too long.
  case identityStale
  /// A session policy that no longer exists must not silently widen or empty the session.
  case unknownPolicy(arn: ByteString)
  case policy(PolicyError)
}

extension AuthorizationSnapshot {
  /// The caller that a session stands for. Worth keeping for as long as the snapshot lives: it compiles the policy.
  public func caller(for session: SessionDescription) throws(SessionFault) -> Caller {
    let isRoot = session.principalID == account.bytes
    var session = session
    if let subject = session.subject {
      session.facts.claims = currentClaims(subject, session.facts.claims)
      if let arn = principals.providerARN(id: subject.providerID) { session.facts.federatedProvider = arn }
    }
    switch session.kind {
    case .assumedRole(let roleID):
      guard let role = role(id: roleID) else { throw .unknownRole }
      // An identity provider may have vouched for somebody who is no user here; then there is no id.
      guard session.principalID.isEmpty || isRoot || hasUser(session.principalID) else { throw .unknownPrincipal }
      return Caller(
        principal: Principal(
          .roleSession(
            session: ARN.assumedRole(role.name.text, session: session.name.text, account: account), role: role.arn,
            account)),
        userID: ByteString(role.uniqueID.bytes + [UInt8(ascii: ":")] + session.name.bytes),
        policies: role.policies, sessionPolicies: try sessionPolicies(session, whenNone: nil),
        tags: session.tags + role.tags, session: session.facts, sessionDescription: session)
    case .federatedIdentity: return try federatedIdentity(session)
    case .federatedUser:
      // Root needs no policy, but what it hands out is bounded by the session policies like any other.
      let user =
        isRoot
        ? Caller(
          principal: root.principal, userID: root.userID,
          policies: IdentityPolicies(attached: [CannedPolicy.administratorAccess.compiled]))
        : user(id: session.principalID)
      guard let user else { throw .unknownPrincipal }
      return Caller(
        principal: Principal(
          .federatedUser(
            session: ARN.federatedUser(session.name.text, account: account),
            user: user.principal.arn ?? ARN.root(account: account), account)),
        userID: ByteString(account.bytes.bytes + [UInt8(ascii: ":")] + session.name.bytes),
        policies: user.policies, sessionPolicies: try sessionPolicies(session, whenNone: []),
        tags: session.tags + user.tags, session: session.facts, groups: user.groups, sessionDescription: session)
    case .userSession:
      guard let user = isRoot ? root : user(id: session.principalID) else { throw .unknownPrincipal }
      return Caller(
        principal: user.principal, userID: user.userID, userName: user.userName, policies: user.policies,
        sessionPolicies: try sessionPolicies(session, whenNone: user.sessionPolicies), tags: session.tags + user.tags,
        session: session.facts, groups: user.groups, sessionDescription: session)
    }
  }

  private func federatedIdentity(_ session: SessionDescription) throws(SessionFault) -> Caller {
    guard let subject = session.subject, let provider = federatedProvider(id: subject.providerID) else {
      throw .unknownProvider
    }
    // One that is gone denies: it may have been there to deny.
    let policies = provider.policyNames(session.facts.claims).map { mappedPolicy($0) ?? .denial(name: $0.text) }
    let origin = PolicyOrigin.mapping(provider: provider.name.text)
    return Caller(
      principal: Principal(
        .federatedIdentity(
          arn: ARN.federatedIdentity(subject.subject, provider: provider.name, account: account),
          provider: provider.arn, account)),
      userID: ByteString(provider.id.bytes + [UInt8(ascii: ":")] + subject.subject.bytes),
      policies: IdentityPolicies(attached: policies, origins: policies.map { _ in origin }),
      sessionPolicies: try sessionPolicies(session, whenNone: nil), tags: session.tags, session: session.facts,
      groups: provider.groups(session.facts.claims), sessionDescription: session)
  }

  private func sessionPolicies(
    _ session: SessionDescription, whenNone: [CompiledPolicy]?
  ) throws(SessionFault) -> [CompiledPolicy]? {
    if session.policy == nil, session.policyARNs.isEmpty { return whenNone }
    var policies: [CompiledPolicy] = []
    for arn in session.policyARNs {
      guard let policy = managedPolicy(arn: arn) else { throw .unknownPolicy(arn: arn) }
      policies.append(policy)
    }
    if let document = session.policy {
      do throws(PolicyError) {
        policies.append(try CompiledPolicy(parsing: document.bytes, name: "session policy", kind: .session))
      } catch {
        throw .policy(error)
      }
    }
    return policies
  }
}
