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
  fileprivate let credential: AccessKey?

  /// - Throws: `unknownAccessKey`, `identitiesUnknown`, `inactiveAccessKey` when its secret does not open, `tokenBesideLongLivedKey`, `invalidToken`, `expiredToken`.
  static func look(
    up claim: SignatureClaim, in snapshot: Snapshot, at now: UnixTime, worker: Worker
  ) throws(ExchangeFailure) -> RequestIdentity {
    let credential = snapshot.identities.accessKey(claim.accessKeyID)
    guard let token = claim.sessionToken else {
      guard let credential else {
        throw snapshot.identities.isComplete ? .unknownAccessKey : .identitiesUnknown
      }
      do throws(KeyRefusal) {
        let secret = try worker.accessKeys.signingSecret(of: credential, in: snapshot.identities)
        return RequestIdentity(secret: secret, session: nil, credential: credential)
      } catch {
        throw .inactiveAccessKey
      }
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
  func caller(_ snapshot: Snapshot, at now: UnixTime, worker: Worker) throws(ExchangeFailure) -> Caller {
    let identities = snapshot.identities
    if let credential {
      do throws(KeyRefusal) {
        return try worker.accessKeys.caller(
          of: credential, in: identities, authorization: snapshot.authorization, revision: snapshot.revision,
          atSeconds: now.seconds)
      } catch {
        worker.log.info("an access key is refused", metadata: ["reason": "\(error)"])
        throw .inactiveAccessKey
      }
    }
    guard let session else { throw .unknownAccessKey }
    // Revocations are stored as well.
    guard identities.isComplete else { throw .identitiesUnknown }
    if let provider = session.token.providerID, !snapshot.knows(provider: provider) {
      worker.log.info("a session is refused", metadata: ["reason": "its identity provider is gone"])
      throw .revokedToken
    }
    do throws(SessionRefusal) {
      let owner = session.token.principalID
      return try worker.callers.caller(
        for: session, in: snapshot.authorization, revision: snapshot.revision, identities.revocations,
        atMilliseconds: now.milliseconds
      ) { identities.isUsable(issuingKey: $0, of: owner, atSeconds: now.seconds) }
    } catch {
      worker.log.info("a session is refused", metadata: ["reason": "\(error)"])
      throw .revokedToken
    }
  }
}
