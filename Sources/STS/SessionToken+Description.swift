public import Authorization
import IAMPolicy
import S3Model

extension SessionToken {
  /// What decisions need of the session.
  public var sessionDescription: SessionDescription {
    let kind: SessionDescription.Kind =
      switch kind {
      // The decoder lets no role session through without its role; an unknown one is refused by the snapshot.
      case .assumedRole: .assumedRole(roleID: roleID ?? "")
      case .federatedIdentity: .federatedIdentity
      case .federatedUser: .federatedUser
      case .userSession: .userSession
      }
    return SessionDescription(
      kind: kind, principalID: principalID, name: sessionName, policy: policy, policyARNs: policyARNs,
      tags: tags.map { PrincipalTag(key: $0.key, value: $0.value) },
      facts: CallerSession(
        issued: PolicyDate(milliseconds: issuedMilliseconds), secondFactor: mfaSeconds.map { PolicyDate(seconds: $0) },
        sourceIdentity: sourceIdentity, claims: claims.map { (name: $0.name, values: $0.values) }),
      subject: federatedSubject)
  }

  /// Whom a provider vouched for, be it at the start of a chain of sessions.
  public var federatedSubject: FederatedSubject? {
    guard let providerID, let subject else { return nil }
    return FederatedSubject(
      providerID: providerID, subject: subject, subjectID: subjectID,
      vouchedMilliseconds: lineage.first?.issuedMilliseconds ?? issuedMilliseconds)
  }
}
