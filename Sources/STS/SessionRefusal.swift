public import Authorization
public import S3Model

/// Why a genuine token that is not expired stands for nobody: facts for log and audit, one answer for clients.
public enum SessionRefusal: Error, Equatable, Sendable {
  /// A revocation rule ends it.
  case revoked
  /// The long-lived key that it was made with is gone or inactive.
  case issuingKeyGone
  /// A role that it was made through is gone.
  case ancestorGone
  /// Its user, role or a session policy is gone.
  case gone(SessionFault)
}

extension SessionToken {
  /// What can change while a token lives, looked up in the request's snapshot: to be called on every request.
  /// - Parameters:
  ///   - now: in milliseconds since 1970.
  ///   - isActiveKey: whether a long-lived access key exists and is active.
  public func checkStatus(
    _ snapshot: AuthorizationSnapshot, _ revocations: RevocationRules, atMilliseconds now: Int64,
    isActiveKey: (ByteString) -> Bool
  ) throws(SessionRefusal) {
    if revocations.revokes(self) { throw .revoked }
    if let issuingKeyID, !isActiveKey(issuingKeyID) { throw .issuingKeyGone }
    if let federatedSubject {
      do throws(SessionFault) {
        try snapshot.checkStanding(federatedSubject, atMilliseconds: now)
      } catch {
        throw .gone(error)
      }
    }
    for ancestor in lineage {
      if let roleID = ancestor.roleID, !snapshot.hasRole(roleID) { throw .ancestorGone }
    }
  }
}
