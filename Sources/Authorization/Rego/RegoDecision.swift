public import Rego

/// What Rego says about one access.
public struct RegoDecision: Sendable {
  public enum Reason: Sendable {
    /// `allow` holds (`grant`, `decide`).
    case allowed
    /// `deny` is empty, and IAM's allow counts.
    case notDenied
    /// What `deny` says.
    case denied([Text])
    /// `allow` does not hold, and nothing else allows.
    case notAllowed
    case failed(EvaluationError)
    /// A value of the wrong type.
    case malformed(String)
    /// An obligation that is unknown, contradicts another or cannot be met.
    case obligation(ObligationError)
    /// The tags of the object could not be had.
    case tagsUnavailable
    /// The request says something that the rules read and that the gateway cannot tell.
    case conditionUnavailable
    /// This event loop has no evaluator for the policy.
    case noEvaluator
    /// The policy server did not decide. The text is for audit records.
    case unanswered(String)
  }

  public let reason: Reason
  public let rule: DecidingRule?
  /// What IAM says, which the mode weighs.
  public var obligations: Obligations
  /// As the policy server names its decision.
  public internal(set) var decisionID: Text?

  init(_ reason: Reason, rule: DecidingRule? = nil, obligations: Obligations = .none) {
    self.reason = reason
    self.rule = rule
    self.obligations = obligations
  }

  public var isAllowed: Bool {
    switch reason {
    case .allowed, .notDenied: true
    case .denied, .notAllowed, .failed, .malformed, .obligation, .tagsUnavailable, .conditionUnavailable,
      .noEvaluator, .unanswered:
      false
    }
  }
}

extension RegoDecision: CustomStringConvertible {
  public var description: String {
    let by = rule.map { " by \($0)" } ?? ""
    return switch reason {
    case .allowed: "allowed\(by)"
    case .notDenied: "not denied"
    case .denied(let messages): "denied\(by): \(messages.map(\.string).joined(separator: "; "))"
    case .notAllowed: "not allowed by Rego"
    case .failed(let error): "denied by an error: \(error.code.rawValue): \(error.message)"
    case .malformed(let what): "denied: \(what)"
    case .obligation(let error): "denied: \(error)"
    case .tagsUnavailable: "denied: the object's tags cannot be had"
    case .conditionUnavailable: "denied: a condition key that is read cannot be told"
    case .noEvaluator: "denied: no evaluator"
    case .unanswered(let reason): "denied: the policy server gave no decision: \(reason)"
    }
  }
}
