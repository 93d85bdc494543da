import Authorization
import Backend
import HTTPClient
import HTTPWire
import IAMPolicy
import Logging
import NIOCore
import S3Model
import Telemetry

/// An external policy server: the exchange waits for its word and is decided again with it.
extension Exchange {
  /// Asks about one access.
  /// - Parameter then: called later on the event loop, unless the exchange has ended meanwhile.
  func ask(_ question: ExternalQuestion, then: @escaping (Exchange) -> Void) {
    let access = question.access
    guard let server = snapshot.policyServer else {
      inquiries.answers[access] = ExternalAnswer(failed: "no policy server")
      return worker.eventLoop.assumeIsolated().execute { if !self.response.isOver { then(self) } }
    }
    let started = NIODeadline.now()
    let (answer, call) = server.ask(question, on: worker.eventLoop)
    inquiries.calls[access] = call
    answer.assumeIsolated().whenComplete { [weak self] result in
      guard let self, self.inquiries.calls.removeValue(forKey: access) != nil, !self.response.isOver,
        self.failure == nil
      else { return }
      self.worker.metrics.policyServerAnswered(
        microseconds: UInt64(max(0, (NIODeadline.now() - started).nanoseconds / 1000)))
      self.inquiries.answers[access] = self.answer(from: result)
      then(self)
    }
  }

  /// Nobody waits for the answers any more.
  func cancelInquiries() {
    // Cancelling comes back here at once: nothing may be under way on what it looks at.
    let calls = inquiries.calls
    inquiries.calls = [:]
    for call in calls.values { call.cancel() }
  }

  private func answer(from result: Result<HTTPClientAnswer, any Error>) -> ExternalAnswer {
    let (label, reason): (PolicyServerErrorLabel, String)
    switch result {
    case .success(let answer) where answer.status == 200:
      let answer = ExternalAnswer(body: Array(answer.body.readableBytesView))
      if answer.isFailure { worker.metrics.policyServerFailed(.malformed) }
      return answer
    case .success(let answer): (label, reason) = (.status, "status \(answer.status)")
    case .failure(let error as HTTPClientError): (label, reason) = (Self.label(error), "\(error)")
    case .failure(let error): (label, reason) = (.unavailable, "\(error)")
    }
    worker.metrics.policyServerFailed(label)
    worker.log.warning(
      "the policy server gave no decision",
      metadata: ["request_id": .string(requestID.text), "reason": .string(reason)])
    return ExternalAnswer(failed: reason)
  }

  private static func label(_ error: HTTPClientError) -> PolicyServerErrorLabel {
    switch error {
    case .timedOut: .timedOut
    case .malformed, .unexpectedBytes, .answerWithoutLength, .answerTooLarge: .malformed
    case .invalidTarget, .invalidField, .unusableTLS, .connectFailed, .addressRefused, .backingOff, .queueFull,
      .connectionClosed, .connectionFailed, .cancelled, .shutDown:
      .unavailable
    }
  }

  /// Asks whether the caller may know that a key is not there, where nobody has asked yet.
  /// - Returns: whether the failure must wait.
  func asksWhetherHidden(_ failure: BackendFailure) -> Bool {
    guard snapshot.authorization.external != nil, let access = accessThatShows(failure) else { return false }
    let decision = Authorizer.decide(
      access, caller, snapshot.authorization, at: PolicyDate(milliseconds: now.milliseconds), conditions(access))
    guard let question = decision.question else { return false }
    ask(question) { $0.backendDidFail(failure) }
    return true
  }
}
