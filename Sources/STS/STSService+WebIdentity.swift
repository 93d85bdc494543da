public import Authorization
import IAMPolicy
import S3Model

extension STSService {
  /// AssumeRoleWithWebIdentity: a role for somebody whom a provider vouches for, if the role trusts that provider.
  ///
  /// No identity policy has a say, there is no identity yet: the trust policy alone allows, and Rego beside it.
  /// - Parameter identity: from the verified token.
  public func assumeRole(
    _ input: AssumeRoleWithWebIdentityInput, _ identity: FederatedIdentity, context: some RequestFacts,
    atMilliseconds now: Int64, seed: SessionSeed, decisions: inout STSDecisions
  ) throws(STSError) -> STSResponse {
    guard let arn = ARN(input.roleARN), arn.service.elementsEqual("iam".utf8), arn.region.isEmpty,
      arn.resource.starts(with: "role/".utf8)
    else { throw .invalidRoleARN }
    let seconds = input.durationSeconds ?? Self.roleSecondsDefault
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
    guard let role = authorization.role(arn: input.roleARN) else { throw .federatedAccessDenied }
    let conditions = STSConditions(
      base: context, sessionName: input.sessionName, sourceIdentity: identity.sourceIdentity,
      durationSeconds: seconds, tags: identity.tags, resourceTags: role.tags, roleARN: role.arn)
    do throws(STSError) {
      try authorize(.assumeRoleWithWebIdentity, role.arn, role.trustPolicy, caller, conditions, now, &decisions)
      if !identity.tags.isEmpty {
        try authorize(.tagSession, role.arn, role.trustPolicy, caller, conditions, now, &decisions)
      }
      if identity.sourceIdentity != nil {
        try authorize(.setSourceIdentity, role.arn, role.trustPolicy, caller, conditions, now, &decisions)
      }
    } catch .accessDenied {
      throw .federatedAccessDenied
    }
    if seconds > role.sessionSecondsMax { throw .durationAboveRoleMaximum }
    let content = SessionToken(
      kind: .assumedRole, accessKeyID: seed.accessKeyID, principalID: "", roleID: role.uniqueID,
      providerID: identity.providerID, sessionName: input.sessionName,
      policy: try sessionPolicy(input.policy, input.policyARNs), policyARNs: input.policyARNs, tags: identity.tags,
      sourceIdentity: identity.sourceIdentity, mfaSeconds: identity.mfaSeconds, claims: identity.claims,
      issuedMilliseconds: now, expirySeconds: now / 1000 + Int64(seconds))
    let sealed = try seal(content, seed)
    let assumed = STSResponse.AssumedRole(
      credentials: STSCredentials(session: sealed, expirySeconds: content.expirySeconds),
      assumedRoleID: ByteString(role.uniqueID.bytes + [UInt8(ascii: ":")] + input.sessionName.bytes),
      arn: ARN.assumedRole(role.name.text, session: input.sessionName.text, account: account),
      packedPolicyPercent: sealed.packedPolicyPercent, sourceIdentity: identity.sourceIdentity)
    return .assumeRoleWithWebIdentity(
      assumed, subject: identity.subject, audience: identity.audience, provider: identity.providerName)
  }
}
