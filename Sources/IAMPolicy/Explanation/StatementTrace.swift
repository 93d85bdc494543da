/// How far one statement got with one request.
public struct StatementTrace: Sendable {
  public enum Outcome: Sendable {
    /// Everything matches: it allows or denies.
    case applies
    /// It cannot be evaluated: it denies if it is a `Deny` and does not allow if it is an `Allow`.
    case error
    /// The first element that does not match.
    case mismatch(Mismatch)
  }

  public enum Mismatch: Sendable, Equatable {
    case action, principal, resource
    /// Position in ``conditions``.
    case condition(Int)
  }

  /// One condition, with what the request says.
  public struct Condition: Sendable {
    public let text: StatementText.Condition
    public let value: ConditionValue
    public let holds: Bool
    /// It could not be evaluated: a value of another type, or one that could not be had.
    public let isError: Bool
  }

  public let layer: PolicyLayer
  public let policy: CompiledPolicy
  public let statement: CompiledStatement
  public let outcome: Outcome
  /// Those that were looked at: up to the first that does not hold.
  public let conditions: [Condition]

  /// Whether it weighs in: allows, or denies by matching or by an error.
  public var counts: Bool {
    switch outcome {
    case .applies: true
    case .error: statement.effect == .deny
    case .mismatch: false
    }
  }
}
