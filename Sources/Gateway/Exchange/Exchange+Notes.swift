import Identity
import IdentityStore
import S3Model
import STS
import SigV4

/// What is noted of requests in the identity store, later and in batches: no request waits for it.
extension Exchange {
  func note(_ issued: IssuedSession) {
    guard let notes = worker.notes else { return }
    let token = issued.token
    let kind: SessionRecord.Kind =
      switch token.kind {
      case .assumedRole: .assumedRole
      case .federatedUser: .federatedUser
      case .userSession: .userSession
      case .federatedIdentity: .federatedIdentity
      }
    notes.add(
      SessionRecord(
        accessKeyID: token.accessKeyID, kind: kind, arn: issued.arn, principalID: token.principalID,
        roleID: token.roleID, providerID: token.providerID, subject: token.subject, issuingKeyID: token.issuingKeyID,
        sessionName: token.sessionName, sourceIdentity: token.sourceIdentity,
        sourceAddress: ByteString(remoteText), issued: token.issuedMilliseconds,
        expires: token.expirySeconds))
  }

  /// The use of a long-lived key whose signature is good.
  func noteUse(_ claim: SignatureClaim, at time: UnixTime) {
    guard session == nil, worker.isUseNews(claim.accessKeyID, atSeconds: time.seconds), let notes = worker.notes else {
      return
    }
    notes.add(
      use: KeyUseRecord(
        accessKeyID: claim.accessKeyID, time: time.seconds, service: ByteString(claim.scope.service),
        region: ByteString(claim.scope.region)))
  }
}
