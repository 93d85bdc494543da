import Cryptography
import JSON
import Synchronization

/// What a provider has said about tokens, by their SHA-256, and the questions that are under way.
///
/// Whoever asks about a token that somebody is asking about already waits for the same answer. Bounded in answers and in
/// questions; strangers' tokens cannot fill memory or hammer the provider.
final class TokenAnswers: Sendable {
  enum Kind: Hashable, Sendable {
    case introspection
    case userinfo
  }

  struct Key: Hashable, Sendable {
    let kind: Kind
    let token: SHA256Digest
  }

  typealias Answer = Result<JSONObject, OIDCError>

  private struct State {
    var answers: [Key: (answer: Answer, time: ContinuousClock.Instant)] = [:]
    var questions: [Key: Task<Answer, Never>] = [:]
  }

  private static let answersMax = 4096
  private static let questionsMax = 64

  private let ageMax: Duration
  private let state = Mutex(State())

  init(ageMax: Duration) { self.ageMax = ageMax }

  /// The answer kept, or that of `ask`. What the provider could not be asked is not kept.
  func answer(_ key: Key, ask: @escaping @Sendable () async -> Answer) async -> Answer {
    enum Found {
      case answer(Answer)
      case question(Task<Answer, Never>)
    }
    let found = state.withLock { state -> Found in
      if let kept = state.answers[key] {
        if .now - kept.time < ageMax { return .answer(kept.answer) }
        state.answers[key] = nil
      }
      if let question = state.questions[key] { return .question(question) }
      guard state.questions.count < Self.questionsMax else { return .answer(.failure(.provider(.tooManyQuestions))) }
      let question = Task {
        // Its age counts from before it was given.
        let time = ContinuousClock.now
        let answer = await ask()
        self.keep(answer, key, time)
        return answer
      }
      state.questions[key] = question
      return .question(question)
    }
    switch found {
    case .answer(let answer): return answer
    case .question(let question): return await question.value
    }
  }

  private func keep(_ answer: Answer, _ key: Key, _ time: ContinuousClock.Instant) {
    state.withLock { state in
      state.questions[key] = nil
      if case .failure(.provider) = answer { return }
      if state.answers.count >= Self.answersMax { state.answers.removeAll(keepingCapacity: true) }
      state.answers[key] = (answer, time)
    }
  }
}
