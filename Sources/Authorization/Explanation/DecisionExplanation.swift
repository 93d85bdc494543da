public import IAMPolicy
public import Rego
public import S3Model

/// A decision with everything that was tried for it.
public struct DecisionExplanation: Sendable {
  /// A statement and where its policy comes from.
  public struct Statement: Sendable {
    /// Such as `managed policy` or `bucket policy`.
    public let origin: String
    public let trace: StatementTrace
  }

  /// What the bundle says, and whether it was asked.
  public struct Bundle: Sendable {
    public let mode: RegoMode
    /// Whether the mode left something for Rego to say after IAM.
    public let isAsked: Bool
    /// Such as `data.martlet.authz`.
    public let package: String
    /// Undefined where it is.
    public let allow: Value
    public let deny: Value
    public let obligations: Value
    /// Why there are no values.
    public let error: EvaluationError?
    /// The rules `deny`, `allow` and `obligations`, each followed by what they reach.
    public let rules: [RuleTrace]
    /// What decisions read of the request, as one document.
    public let input: Value
  }

  public let access: Access
  public let decision: Decision
  /// Empty where the state of the bucket decides before any statement.
  public let statements: [Statement]
  /// Nil where `authorization.rego` is `off` or there is no bundle.
  public let bundle: Bundle?
}
