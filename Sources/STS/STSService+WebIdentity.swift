public import Authorization
import S3Model

extension STSService {
  /// AssumeRoleWithWebIdentity: a role for somebody whom a provider vouches for, if the role trusts that provider; who
  /// names no role gets what the provider's mapping gives, as with MinIO.
  ///
  /// No identity policy has a say, there is no identity yet: the trust policy alone allows, and Rego beside it.
  /// - Parameter identity: from the verified token.
  public func assumeRole(
    _ input: AssumeRoleWithWebIdentityInput, _ identity: FederatedIdentity, context: some RequestFacts,
    atMilliseconds now: Int64, seed: SessionSeed, decisions: inout STSDecisions
  ) throws(STSError) -> STSResponse {
    let wanted = FederatedRole(
      roleARN: input.roleARN ?? "", sessionName: input.sessionName, durationSeconds: input.durationSeconds,
      policy: input.policy, policyARNs: input.policyARNs, action: input.action)
    let issued =
      input.roleARN == nil
      ? try mappedSession(
        wanted, identity, context: context, atMilliseconds: now, accessKeyID: seed.accessKeyID, decisions: &decisions)
      : try session(
        of: wanted, identity, context: context, atMilliseconds: now, accessKeyID: seed.accessKeyID,
        decisions: &decisions)
    let assumed = try assumedRole(issued, seed)
    decisions.issued = issued
    if input.action == .assumeRoleWithClientGrants {
      return .assumeRoleWithClientGrants(assumed, subject: identity.subject)
    }
    return .assumeRoleWithWebIdentity(
      assumed, subject: identity.subject, audience: identity.audience, provider: identity.providerName)
  }
}
