/// What one rule came to in one evaluation, and where its body stopped.
public struct RuleTrace: Sendable {
  public enum Outcome: Sendable {
    /// What the body yields, at most ``RuleTracer/valuesMax`` of it.
    case yields([Value])
    /// An expression of the body, by position in ``steps``, does not hold.
    case fails(at: Int)
    /// All of the body holds, and the value is undefined.
    case undefinedValue
    case error(EvaluationError)
    /// An `else` that was not reached: a branch before it holds.
    case skipped
  }

  /// One expression of a body, in the order of evaluation.
  public struct Step: Sendable {
    public let location: SourceLocation
    /// As written, on one line.
    public let text: String
    /// Why it is undefined, where a builtin gave up.
    public let error: EvaluationError?
  }

  /// Such as `data.martlet.authz.deny`, with arguments where it is a function.
  public let name: String
  public let isDefault: Bool
  public let location: SourceLocation
  public let file: String
  public let outcome: Outcome
  public let steps: [Step]
  /// How far from the document that was asked for: 0 for its own rules.
  public let depth: Int
}
