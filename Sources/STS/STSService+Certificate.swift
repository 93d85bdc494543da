public import Authorization
import S3Model

extension STSService {
  /// AssumeRoleWithCertificate: for somebody who owns a certificate.
  /// - Parameter identity: as the verified certificate says.
  public func assumeRole(
    _ input: AssumeRoleWithCertificateInput, _ identity: FederatedIdentity, context: some RequestFacts,
    atMilliseconds now: Int64, seed: SessionSeed, decisions: inout STSDecisions
  ) throws(STSError) -> STSResponse {
    let wanted = FederatedRole(
      roleARN: input.roleARN ?? "", sessionName: input.sessionName, durationSeconds: input.durationSeconds,
      policy: input.policy, policyARNs: input.policyARNs, action: .assumeRoleWithCertificate)
    let issued =
      input.roleARN == nil
      ? try mappedSession(
        wanted, identity, context: context, atMilliseconds: now, accessKeyID: seed.accessKeyID, decisions: &decisions)
      : try session(
        of: wanted, identity, context: context, atMilliseconds: now, accessKeyID: seed.accessKeyID,
        decisions: &decisions)
    let assumed = try assumedRole(issued, seed)
    decisions.issued = issued
    return .assumeRoleWithCertificate(assumed)
  }
}
