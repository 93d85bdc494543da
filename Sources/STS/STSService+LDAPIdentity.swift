public import Authorization
import S3Model

extension STSService {
  /// AssumeRoleWithLDAPIdentity: for somebody whose password a directory has taken.
  /// - Parameter identity: as the directory has it.
  public func assumeRole(
    _ input: AssumeRoleWithLDAPIdentityInput, _ identity: FederatedIdentity, context: some RequestFacts,
    atMilliseconds now: Int64, seed: SessionSeed, decisions: inout STSDecisions
  ) throws(STSError) -> STSResponse {
    let wanted = FederatedRole(
      roleARN: input.roleARN ?? "", sessionName: input.sessionName, durationSeconds: input.durationSeconds,
      policy: input.policy, policyARNs: input.policyARNs, action: .assumeRoleWithLDAPIdentity)
    let issued =
      input.roleARN == nil
      ? try mappedSession(
        wanted, identity, context: context, atMilliseconds: now, accessKeyID: seed.accessKeyID, decisions: &decisions)
      : try session(
        of: wanted, identity, context: context, atMilliseconds: now, accessKeyID: seed.accessKeyID,
        decisions: &decisions)
    let assumed = try assumedRole(issued, seed)
    decisions.issued = issued
    return .assumeRoleWithLDAPIdentity(assumed)
  }
}
