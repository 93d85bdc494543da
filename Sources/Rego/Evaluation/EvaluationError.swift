/// Why an evaluation gave no answer. Source: OPA v1/topdown/errors.go.
public struct EvaluationError: Error, Sendable, Equatable {
  public enum Code: String, Sendable {
    case conflict = "eval_conflict_error"
    case builtin = "eval_builtin_error"
    case type = "eval_type_error"
    case withMerge = "eval_with_merge_error"
    case `internal` = "eval_internal_error"
    /// A budget is used up.
    case cancelled = "eval_cancel_error"
  }

  public var code: Code
  /// OPA's words where OPA has them.
  public var message: String
  public var location: SourceLocation

  public init(_ code: Code, _ message: String, _ location: SourceLocation = .none) {
    self.code = code
    self.message = message
    self.location = location
  }
}
