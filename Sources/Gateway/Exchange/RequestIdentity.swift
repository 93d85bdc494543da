import Authorization
import IAMPolicy
import Identity
import Logging
import S3Model
import STS
import SigV4

/// The key that a request claims, looked up: what its signature is verified with, and who it would be.
struct RequestIdentity {
  let secret: SigningSecret
  let session: OpenedSession?
  fileprivate let credential: AccessKeyRecord?

  /// - Throws: `unknownAccessKey`, `tokenBesideLongLivedKey`, `invalidToken`, `expiredToken`.
  static func look(
    up claim: SignatureClaim, in snapshot: Snapshot, at now: UnixTime, worker: Worker
  ) throws(ExchangeFailure) -> RequestIdentity {
    let credential = snapshot.identities.accessKey(claim.accessKeyID)
    guard let token = claim.sessionToken else {
      guard let credential else { throw .unknownAccessKey }
      return RequestIdentity(secret: credential.secret, session: nil, credential: credential)
    }
    // A token beside a long-lived key is no way to be two people.
    guard credential == nil else { throw .tokenBesideLongLivedKey }
    let ring = snapshot.keyRing
    do throws(SessionTokenError) {
      let session = try worker.sessions.open(
        token.bytes, accessKeyID: claim.accessKeyID, atMilliseconds: now.milliseconds, key: { ring.key($0) })
      return RequestIdentity(secret: session.signingSecret, session: session, credential: nil)
    } catch {
      switch error {
      case .expired: throw .expiredToken
      case .invalid, .packedPolicyTooLarge, .contentOutOfBounds, .cryptography: throw .invalidToken
      }
    }
  }

  /// Who the signature, now verified, stands for: status and revocation as this request's snapshot has them.
  func caller(_ snapshot: Snapshot, worker: Worker) throws(ExchangeFailure) -> Caller {
    if let credential {
      guard credential.isActive else { throw .inactiveAccessKey }
      return credential.caller
    }
    guard let session else { throw .unknownAccessKey }
    if let provider = session.token.providerID, !snapshot.federation.knows(provider) {
      worker.log.info("a session is refused", metadata: ["reason": "its identity provider is gone"])
      throw .revokedToken
    }
    do throws(SessionRefusal) {
      let identities = snapshot.identities
      return try worker.callers.caller(
        for: session, in: snapshot.authorization, revision: snapshot.revision, snapshot.revocations
      ) { identities.accessKey($0)?.isActive ?? false }
    } catch {
      worker.log.info("a session is refused", metadata: ["reason": "\(error)"])
      throw .revokedToken
    }
  }
}
