public import Authorization
import IAMPolicy
public import S3Model

extension STSService {
  /// The session of a role for somebody whom a provider vouches for, if the role trusts that provider; not sealed yet.
  ///
  /// No identity policy has a say, there is no identity yet: the trust policy alone allows, and Rego beside it.
  /// - Parameters:
  ///   - identity: proved by the provider's verifier.
  ///   - accessKeyID: of the session.
  public func session(
    of wanted: FederatedRole, _ identity: FederatedIdentity, context: some RequestFacts, atMilliseconds now: Int64,
    accessKeyID: ByteString, decisions: inout STSDecisions
  ) throws(STSError) -> IssuedSession {
    guard let arn = ARN(wanted.roleARN), arn.service.elementsEqual("iam".utf8), arn.region.isEmpty,
      arn.resource.starts(with: "role/".utf8)
    else { throw .invalidRoleARN }
    let seconds = wanted.durationSeconds ?? Self.roleSecondsDefault
    let caller = STSCaller(
      Caller(
        principal: Principal(.federated(provider: identity.providerARN)), userID: "",
        tags: identity.tags.map { PrincipalTag(key: $0.key, value: $0.value) },
        session: CallerSession(
          issued: PolicyDate(milliseconds: now), secondFactor: identity.mfaSeconds.map { PolicyDate(seconds: $0) },
          federatedProvider: identity.providerARN, sourceIdentity: identity.sourceIdentity,
          claims: identity.claims.map { (name: $0.name, values: $0.values) })),
      accessKeyID: "")
    // A role that is not there is refused as one that does not trust the provider.
    guard let role = authorization.role(arn: wanted.roleARN) else { throw .federatedAccessDenied(wanted.action) }
    let conditions = STSConditions(
      base: context, sessionName: wanted.sessionName, sourceIdentity: identity.sourceIdentity,
      durationSeconds: seconds, tags: identity.tags, resourceTags: role.tags, roleARN: role.arn)
    do throws(STSError) {
      try authorize(wanted.action, role.arn, role.trustPolicy, caller, conditions, now, &decisions)
      if !identity.tags.isEmpty {
        try authorize(.tagSession, role.arn, role.trustPolicy, caller, conditions, now, &decisions)
      }
      if identity.sourceIdentity != nil {
        try authorize(.setSourceIdentity, role.arn, role.trustPolicy, caller, conditions, now, &decisions)
      }
    } catch .accessDenied {
      throw .federatedAccessDenied(wanted.action)
    }
    if seconds > role.sessionSecondsMax { throw .durationAboveRoleMaximum }
    // Nothing outlives what it was proved by.
    let end = try Self.end(seconds, identity, now)
    let content = SessionToken(
      kind: .assumedRole, accessKeyID: accessKeyID, principalID: "", roleID: role.uniqueID,
      providerID: identity.providerID, sessionName: wanted.sessionName,
      policy: try sessionPolicy(wanted.policy, wanted.policyARNs), policyARNs: wanted.policyARNs, tags: identity.tags,
      sourceIdentity: identity.sourceIdentity, mfaSeconds: identity.mfaSeconds, claims: identity.claims,
      subject: identity.subject, subjectID: identity.subjectID, issuedMilliseconds: now, expirySeconds: end)
    return IssuedSession(
      token: content, arn: ARN.assumedRole(role.name.text, session: wanted.sessionName.text, account: account))
  }

  /// When a session ends, in seconds since 1970.
  static func end(_ seconds: Int, _ identity: FederatedIdentity, _ now: Int64) throws(STSError) -> Int64 {
    let end = min(now / 1000 + Int64(seconds), identity.endSeconds ?? .max)
    guard end > now / 1000 else { throw .federation(.expiredToken) }
    return end
  }

  /// Seals such a session, with what the client hears of its role, if it has one.
  func assumedRole(_ issued: IssuedSession, _ seed: SessionSeed) throws(STSError) -> STSResponse.AssumedRole {
    let content = issued.token
    let sealed = try seal(content, seed)
    return STSResponse.AssumedRole(
      credentials: STSCredentials(session: sealed, expirySeconds: content.expirySeconds),
      assumedRoleID: content.roleID.map { ByteString($0.bytes + [UInt8(ascii: ":")] + content.sessionName.bytes) },
      arn: issued.arn,
      packedPolicyPercent: sealed.packedPolicyPercent, sourceIdentity: content.sourceIdentity)
  }
}
