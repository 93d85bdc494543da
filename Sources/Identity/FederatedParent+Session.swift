import Authorization
import IAMPolicy
import IdentityStore
import S3Model

extension FederatedParent {
  /// Who it is at the provider, as a session that began when the account was made.
  /// - Parameter created: in seconds since 1970.
  func person(created: Int64) -> FederatedSubject {
    let (milliseconds, overflows) = created.multipliedReportingOverflow(by: 1000)
    return FederatedSubject(
      providerID: providerID, subject: subject, subjectID: subjectID,
      vouchedMilliseconds: overflows ? .min : milliseconds)
  }

  /// The session that a service account of a federated identity stands for.
  ///
  /// It counts as issued when the account was made, so that a policy on `aws:TokenIssueTime`, AWS's way of ending a
  /// role's sessions, ends what was made through them too.
  /// - Parameters:
  ///   - created: in seconds since 1970.
  ///   - provider: its ARN.
  func session(created: Int64, provider: ByteString) -> SessionDescription {
    SessionDescription(
      kind: roleID.isEmpty ? .federatedIdentity : .assumedRole(roleID: roleID), principalID: "", name: sessionName,
      policy: policy, policyARNs: policyARNs, tags: tags.map { PrincipalTag(key: $0.key, value: $0.value) },
      facts: CallerSession(
        issued: PolicyDate(seconds: created), federatedProvider: provider,
        claims: claims.map { (name: $0.name, values: $0.values) }), subject: person(created: created))
  }
}
