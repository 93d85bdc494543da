public import Authorization

/// What an allowed action answers, and what allowed it.
public struct STSOutcome: Sendable {
  public let response: STSResponse
  /// For the audit record; nil for actions that need no permission. A refusal names its own in ``STSDenial/reason``.
  public let decision: Decision?
}
