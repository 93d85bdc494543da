import Authorization
import IAMPolicy
import IdentityStore
import S3Model

extension FederatedParent {
  /// The session that a service account of a federated identity stands for.
  ///
  /// It counts as issued when the account was made, so that a policy on `aws:TokenIssueTime`, AWS's way of ending a
  /// role's sessions, ends what was made through them too.
  /// - Parameter created: in seconds since 1970.
  func session(created: Int64, provider: OIDCProviderRecord, _ account: AccountID) -> SessionDescription {
    SessionDescription(
      kind: .assumedRole(roleID: roleID), principalID: "", name: sessionName, policy: policy, policyARNs: policyARNs,
      tags: tags.map { PrincipalTag(key: $0.key, value: $0.value) },
      facts: CallerSession(
        issued: PolicyDate(seconds: created),
        federatedProvider: ByteString("arn:aws:iam::\(account):oidc-provider/\(provider.url)"),
        claims: claims.map { (name: $0.name, values: $0.values) }))
  }
}
