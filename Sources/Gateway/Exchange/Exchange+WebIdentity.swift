import NIOCore
import S3Model
import STS

/// STS actions whose proof is not a signature: the request waits while the proof is verified.
extension Exchange {
  /// Whether an unsigned query may be one of these; its body says which.
  var takesUnsignedQueries: Bool { !snapshot.federation.isEmpty }

  func beginWebIdentity(_ input: AssumeRoleWithWebIdentityInput) {
    let federation = snapshot.federation
    let now = worker.now().milliseconds
    let promise = worker.eventLoop.makePromise(of: Result<FederatedIdentity, FederationRefusal>.self)
    let token = input.token
    // Signatures of providers take tens of microseconds and their keys may have to be fetched: not on this loop.
    promise.completeWithTask {
      do throws(FederationRefusal) {
        return .success(try await federation.identity(of: token, atMilliseconds: now))
      } catch {
        return .failure(error)
      }
    }
    let bound = NIOLoopBound(self, eventLoop: worker.eventLoop)
    promise.futureResult.whenComplete { result in
      let exchange = bound.value
      guard !exchange.response.isOver else { return }
      switch result {
      case .success(.success(let identity)): exchange.finishWebIdentity(input, identity)
      case .success(.failure(let refusal)): exchange.fail(.sts(.federation(refusal)))
      case .failure: exchange.fail(.sts(.internalFailure))
      }
    }
  }

  private func finishWebIdentity(_ input: AssumeRoleWithWebIdentityInput, _ identity: FederatedIdentity) {
    webIdentity = identity
    do throws(ExchangeFailure) {
      // Verifying may have taken its time, and the provider may be gone.
      guard worker.snapshot.federation.knows(identity.providerID) else { throw .sts(.federation(.invalidToken)) }
      var decisions = STSDecisions()
      let answer: STSResponse
      do throws(STSError) {
        defer { decision = decisions.decision }
        answer = try snapshot.sts.assumeRole(
          input, identity, context: baseConditions, atMilliseconds: worker.now().milliseconds,
          seed: try worker.sessionSeed(), decisions: &decisions)
      } catch {
        if case .needsAnswer(let question) = error {
          decision = nil
          ask(question) { $0.finishWebIdentity(input, identity) }
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
