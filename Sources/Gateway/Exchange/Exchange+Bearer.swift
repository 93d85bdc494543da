import Authorization
import Cryptography
import HTTPWire
import Identity
import Logging
import NIOCore
import S3Model
import S3Wire
import STS
import SigV4

/// `Authorization: Bearer` on S3 requests (RFC 6750): a provider's token in place of a signature.
///
/// The body is held to what an anonymous request's is: nothing is signed, but digests and checksums that are sent must
/// be right. Browsers send the header only for pages that a preflight has allowed, so no page can use somebody's token
/// behind their back.
extension Exchange {
  /// Token to caller: the first of the provider's roles that trusts whom it is about.
  /// - Returns: the stage to wait in; nil when the caller is known.
  func identifyByBearer() throws(ExchangeFailure) -> Stage? {
    guard bringsBearer, !isIdentifiedByBearer else { return nil }
    let now = worker.now().milliseconds
    if let bearerEntry { return try identify(bearerEntry, atMilliseconds: now) }
    // A signature, or a part of one, beside the token would be a second caller.
    guard let request, request.operation != .postObject, request.hoisted.isEmpty,
      !head.fields.contains(.xAmzSecurityToken), !head.fields.contains(.xAmzDate)
    else { throw .signature(.severalMechanisms) }
    guard let token = bearerToken else { throw .bearerRefused(.invalidToken) }
    let digest = token.withUnsafeBytes { worker.hasher.digest(of: $0) }
    guard let entry = worker.bearers.entry(digest, snapshot.federation, atMilliseconds: now) else {
      verifyBearer(token, digest)
      return .wait
    }
    bearerEntry = entry
    return try identify(entry, atMilliseconds: now)
  }

  private func identify(_ entry: BearerCache.Entry, atMilliseconds now: Int64) throws(ExchangeFailure) -> Stage? {
    let proof = entry.proof
    // Of the snapshot that decides, whatever verified it.
    guard snapshot.federation.upholds(proof) else { throw .bearerRefused(.invalidToken) }
    guard now < proof.expiryMilliseconds else { throw .expiredToken }
    var decisions = STSDecisions()
    let issued: IssuedSession
    do throws(STSError) {
      defer { decision = decisions.decision }
      let wanted = FederatedRole(roleARN: "", sessionName: proof.sessionName, action: .assumeRoleWithWebIdentity)
      issued = try snapshot.sts.firstSession(
        of: proof.roles, wanted, proof.identity, context: baseConditions, atMilliseconds: now, accessKeyID: "",
        decisions: &decisions)
    } catch {
      switch error {
      case .needsAnswer(let question):
        decision = nil
        ask(question) { $0.perform(.identify) }
        return .wait
      case .federatedAccessDenied: throw .bearerRefused(.rejected)
      case .federation(let refusal): throw .bearerRefused(refusal)
      default: throw .sts(error)
      }
    }
    ticketObligations = decisions.obligations
    caller = try caller(entry, issued.token, atMilliseconds: now)
    decision = nil
    bearer = proof
    isIdentifiedByBearer = true
    return nil
  }

  /// Status and revocation as this request's snapshot has them.
  private func caller(
    _ entry: BearerCache.Entry, _ issued: SessionToken, atMilliseconds now: Int64
  ) throws(ExchangeFailure) -> Caller {
    var token = issued
    token.issuedMilliseconds = min(issued.issuedMilliseconds, entry.proof.issuedMilliseconds)
    do throws(SessionRefusal) {
      if let known = entry.caller, known.revision == snapshot.revision, known.roleID == token.roleID {
        try token.checkStatus(
          snapshot.authorization, snapshot.identities.revocations, atMilliseconds: now
        ) { _ in false }
        return known.caller
      }
      let caller = try token.caller(
        snapshot.authorization, snapshot.identities.revocations, atMilliseconds: now)
      entry.caller = (snapshot.revision, token.roleID, caller)
      return caller
    } catch {
      worker.log.info("a bearer token's role is refused", metadata: ["reason": "\(error)"])
      throw .revokedToken
    }
  }

  /// RFC 6750 section 2.1: one space, then characters of which none needs quoting.
  private var bearerToken: [UInt8]? {
    guard let value = head.fields.first(.authorization) else { return nil }
    return head.fields.withBytes(value) { bytes in
      guard let space = bytes.firstIndex(of: 0x20) else { return nil }
      let token = bytes[(space + 1)...].drop { $0 == 0x20 }
      guard !token.isEmpty, token.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
      return Array(token)
    }
  }

  /// Has the token verified off this loop; the exchange goes on with it, or ends. The body stays unread meanwhile.
  private func verifyBearer(_ token: [UInt8], _ digest: SHA256Digest) {
    let federation = snapshot.federation
    let now = worker.now().milliseconds
    let promise = worker.eventLoop.makePromise(of: Result<BearerProof, FederationRefusal>.self)
    promise.completeWithTask {
      do throws(FederationRefusal) {
        return .success(try await federation.bearer(of: token, atMilliseconds: now))
      } catch {
        return .failure(error)
      }
    }
    let bound = NIOLoopBound(self, eventLoop: worker.eventLoop)
    promise.futureResult.whenComplete { result in
      let exchange = bound.value
      guard !exchange.response.isOver, exchange.failure == nil else { return }
      switch result {
      case .success(.success(let proof)): exchange.take(proof, digest)
      case .success(.failure(let refusal)): exchange.fail(.bearerRefused(refusal))
      case .failure: exchange.fail(.bearerRefused(.providerUnreachable))
      }
    }
  }

  private func take(_ proof: BearerProof, _ digest: SHA256Digest) {
    // Verifying may have taken its time, and the provider may be gone.
    guard worker.snapshot.federation.upholds(proof) else { return fail(.bearerRefused(.invalidToken)) }
    let entry = BearerCache.Entry(proof)
    worker.bearers.insert(entry, digest)
    bearerEntry = entry
    perform(.identify)
  }
}
