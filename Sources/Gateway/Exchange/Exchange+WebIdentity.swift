import Logging
import NIOCore
import S3Model
import STS

/// STS actions whose proof is not a signature: the request waits while the proof is verified.
extension Exchange {
  /// Whether an unsigned query may be one of these; its body says which.
  var takesUnsignedQueries: Bool { snapshot.takesOtherProofs }

  func beginWebIdentity(_ input: AssumeRoleWithWebIdentityInput) {
    let (federation, identities) = (snapshot.federation, snapshot.identities)
    let now = worker.now().milliseconds
    // Signatures of providers take tens of microseconds and their keys may have to be fetched: not on this loop.
    prove { () async throws(FederationRefusal) in
      try await federation.identity(of: input.token, in: identities, atMilliseconds: now)
    } then: { exchange, identity in
      exchange.issue(to: identity) { exchange, decisions throws(STSError) in
        try exchange.snapshot.sts.assumeRole(
          input, identity, context: exchange.baseConditions, atMilliseconds: exchange.worker.now().milliseconds,
          seed: try exchange.worker.sessionSeed(), decisions: &decisions)
      }
    }
  }

  func beginCustomToken(_ input: AssumeRoleWithCustomTokenInput) {
    let federation = snapshot.federation
    let now = worker.now().milliseconds
    prove { () async throws(FederationRefusal) in
      try await federation.identity(ofCustomToken: input.token, provider: input.provider, atMilliseconds: now)
    } then: { exchange, identity in
      exchange.issue(to: identity) { exchange, decisions throws(STSError) in
        try exchange.snapshot.sts.assumeRole(
          input, identity, context: exchange.baseConditions, atMilliseconds: exchange.worker.now().milliseconds,
          seed: try exchange.worker.sessionSeed(), decisions: &decisions)
      }
    }
  }

  func beginLDAPIdentity(_ input: AssumeRoleWithLDAPIdentityInput) {
    let federation = snapshot.federation
    let (now, subscriber) = (worker.now().milliseconds, sourceAddress?.subscriber)
    prove { () async throws(FederationRefusal) in
      try await federation.identity(
        username: input.username, password: input.password, provider: input.provider, from: subscriber,
        atMilliseconds: now)
    } then: { exchange, identity in
      exchange.issue(to: identity) { exchange, decisions throws(STSError) in
        try exchange.snapshot.sts.assumeRole(
          input, identity, context: exchange.baseConditions, atMilliseconds: exchange.worker.now().milliseconds,
          seed: try exchange.worker.sessionSeed(), decisions: &decisions)
      }
    }
  }

  func beginCertificate(_ input: AssumeRoleWithCertificateInput) throws(ExchangeFailure) {
    // Browsers bring certificates without being asked by anybody who sits before them.
    guard !isFromForeignPage else { throw .foreignPage }
    guard let chain = connection?.facts.clientChain, !chain.isEmpty else {
      throw .sts(.federation(.invalidCertificate))
    }
    let federation = snapshot.federation
    let seconds = worker.now().seconds
    var log = worker.log
    log[metadataKey: "request_id"] = .string(requestID.text)
    prove { [log] () async throws(FederationRefusal) in
      try await federation.identity(ofCertificate: chain, provider: input.provider, atSeconds: seconds, log: log)
    } then: { exchange, identity in
      exchange.issue(to: identity) { exchange, decisions throws(STSError) in
        try exchange.snapshot.sts.assumeRole(
          input, identity, context: exchange.baseConditions, atMilliseconds: exchange.worker.now().milliseconds,
          seed: try exchange.worker.sessionSeed(), decisions: &decisions)
      }
    }
  }

  /// Has a proof verified off this loop; the exchange goes on with whom it stands for, or ends.
  private func prove(
    _ verify: @escaping @Sendable () async throws(FederationRefusal) -> FederatedIdentity,
    then: @escaping (Exchange, FederatedIdentity) -> Void
  ) {
    let promise = worker.eventLoop.makePromise(of: Result<FederatedIdentity, FederationRefusal>.self)
    promise.completeWithTask {
      do throws(FederationRefusal) {
        return .success(try await verify())
      } catch {
        return .failure(error)
      }
    }
    let bound = NIOLoopBound((exchange: self, then: then), eventLoop: worker.eventLoop)
    promise.futureResult.whenComplete { result in
      let (exchange, then) = bound.value
      guard !exchange.response.isOver else { return }
      switch result {
      case .success(.success(let identity)): then(exchange, identity)
      case .success(.failure(let refusal)): exchange.fail(.sts(.federation(refusal)))
      case .failure: exchange.fail(.sts(.internalFailure))
      }
    }
  }

  private func issue(
    to identity: FederatedIdentity,
    _ assume: @escaping (Exchange, inout STSDecisions) throws(STSError) -> STSResponse
  ) {
    webIdentity = identity
    do throws(ExchangeFailure) {
      // Verifying may have taken its time, and the provider may be gone.
      guard worker.snapshot.knows(provider: identity.providerID) else { throw .sts(.federation(.invalidToken)) }
      var decisions = STSDecisions()
      let answer: STSResponse
      do throws(STSError) {
        defer { decision = decisions.decision }
        answer = try assume(self, &decisions)
      } catch {
        if case .needsAnswer(let question) = error {
          decision = nil
          ask(question) { $0.issue(to: identity, assume) }
          return
        }
        throw .sts(error)
      }
      try take(decisions.obligations)
      if let issued = decisions.issued { note(issued) }
      respond(status: 200, contentType: "text/xml", body: answer.xml(requestID: ByteString(requestID.text)))
    } catch {
      fail(error)
    }
  }
}
