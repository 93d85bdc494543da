import Authorization
import IAM
import IdentityStore
import NIOCore
import S3Model
import S3Wire
import STS
import SigV4

/// IAM: decided on the event loop, performed off it. The exchange waits; when its client is gone, the edit completes
/// all the same.
extension Exchange {
  func manage(
    _ claim: SignatureClaim, _ query: FormParameters, _ form: FormParameters
  ) throws(ExchangeFailure) -> Stage {
    let request: IAMRequest
    do throws(IAMError) {
      request = try IAMRequest(try Self.parameters(query, form))
    } catch {
      throw .iam(error)
    }
    iamAction = request.action
    guard let iam = worker.keeper.iam else { throw .notImplemented("no identity store") }
    if let session, !session.token.mayCall(.iam(request.action)), !request.endsSession(session.token.accessKeyID) {
      throw .iam(.sessionMayNotCall)
    }
    let caller = IAMCaller(
      caller, accessKeyID: claim.accessKeyID, federatedParent: session.flatMap { $0.token.federatedParent })
    try authorize(request, caller, iam)
    return .wait
  }

  private func authorize(
    _ request: IAMRequest, _ caller: IAMCaller, _ iam: IAMService
  ) throws(ExchangeFailure) {
    iamAttempts += 1
    var decisions = IAMDecisions()
    let authorization: IAMService.Authorization
    do throws(IAMError) {
      defer { decision = decisions.decision }
      authorization = try iam.authorize(
        request, caller, snapshot.authorization, context: baseConditions, atMilliseconds: now.milliseconds,
        decisions: &decisions)
    } catch {
      if case .needsAnswer(let question) = error {
        decision = nil
        ask(question) { $0.perform(.query) }
        return
      }
      throw .iam(error)
    }
    try take(decisions.obligations)
    let time = now.milliseconds
    let promise = worker.eventLoop.makePromise(of: IAMResponse.self)
    promise.completeWithTask { try await iam.perform(request, authorization, caller, atMilliseconds: time) }
    promise.futureResult.assumeIsolated().whenComplete { self.finish($0, request, caller, iam) }
  }

  private func finish(
    _ result: Result<IAMResponse, any Error>, _ request: IAMRequest, _ caller: IAMCaller, _ iam: IAMService
  ) {
    guard !response.isOver, failure == nil else { return }
    switch result {
    case .success(let answer):
      respond(status: 200, contentType: "text/xml", body: answer.xml(requestID: ByteString(requestID.text)))
    case .failure(let error):
      let error = error as? IAMError ?? .internalFailure
      guard error == .changedMeanwhile, iamAttempts < IAMService.attemptsMax else { return fail(.iam(error)) }
      do throws(ExchangeFailure) {
        try authorize(request, caller, iam)
      } catch {
        fail(error)
      }
    }
  }

  private static func parameters(_ query: FormParameters, _ form: FormParameters) throws(IAMError) -> QueryParameters {
    do throws(QueryParameterError) {
      return try QueryParameters(query, form)
    } catch {
      throw .parameters(error)
    }
  }
}

extension SessionToken {
  /// Whom a service account made through this session belongs to: somebody whom a provider vouched for.
  fileprivate var federatedParent: FederatedParent? {
    guard kind == .assumedRole || kind == .federatedIdentity, let providerID, let subject else { return nil }
    return FederatedParent(
      subject: subject, subjectID: subjectID, providerID: providerID, roleID: roleID ?? "", sessionName: sessionName,
      policy: policy,
      policyARNs: policyARNs, tags: tags.map { IdentityTag(key: $0.key, value: $0.value) },
      claims: claims.map { FederatedParent.Claim(name: $0.name, values: $0.values) })
  }
}
