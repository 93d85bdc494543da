import IAMPolicy
public import Rego

/// A compiled policy bundle and how it is asked: part of a snapshot, shared by all event loops.
public final class RegoAuthority: Sendable {
  public let mode: RegoMode
  public let shape: RegoInputShape
  /// Of the bundle, for explanations and audit records.
  public let revision: String
  let policy: Policy
  /// Of `allow`, `deny` and `obligations`, below `data`.
  public let package: [Text]
  let settings: EvaluationSettings
  /// `allow`, `deny` and `obligations`, in one evaluation.
  let entrypoints: EntrypointSet
  let rules: DecidingRules

  /// - Parameters:
  ///   - package: of the rules `allow`, `deny` and `obligations`, below `data`.
  ///   - settings: the budgets of one decision; the time is set for each.
  public init(
    _ policy: Policy, rules: [ResolvedRule], package: [Text] = ["martlet", "authz"], mode: RegoMode,
    shape: RegoInputShape = .martlet, revision: String = "", settings: EvaluationSettings = EvaluationSettings()
  ) {
    self.policy = policy
    self.package = package
    self.mode = mode
    self.shape = shape
    self.revision = revision
    self.settings = settings
    entrypoints = policy.entrypoints([package + ["allow"], package + ["deny"], package + ["obligations"]])
    self.rules = DecidingRules(policy, rules, package: package)
  }

  /// The budgets of one decision, at its time.
  func settings(at now: PolicyDate) -> EvaluationSettings {
    var settings = settings
    settings.nowNanoseconds = now.milliseconds.multipliedReportingOverflow(by: 1_000_000).partialValue
    return settings
  }

  /// Memory for evaluations on one event loop.
  public func makeSession() -> RegoSession { RegoSession(self) }
}

/// The memory of one event loop for decisions of one policy.
public final class RegoSession {
  let authority: RegoAuthority
  let context: EvaluationContext

  /// Whether this is the memory for decisions of that policy.
  public func isFor(_ authority: RegoAuthority) -> Bool { self.authority === authority }

  init(_ authority: RegoAuthority) {
    self.authority = authority
    context = authority.entrypoints.makeContext(
      schema: authority.shape == .martlet ? InputField.schema : nil)
  }
}

@available(*, unavailable)
extension RegoSession: Sendable {}
