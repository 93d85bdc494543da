public import IAMPolicy
public import Rego
public import S3Model

/// Whether a request may run, and what decided.
public struct Decision: Sendable {
  public enum Outcome: Sendable {
    /// What the policies say about ``Decision/access``.
    case policy(PolicyDecision)
    /// The request asks for nothing that could be allowed.
    case nothingToAllow
    /// The bucket has a policy that cannot be read.
    case unusableBucketPolicy
    /// What Rego says, weighed with what IAM says.
    case rego(RegoDecision, PolicyDecision)
    /// A rule reads the object's tags: they must be fetched, and the decision taken again.
    case needsObjectTags
    /// The policy server must be asked, and the decision taken again.
    case needsAnswer(ExternalQuestion)
    /// The bucket's public access block keeps its policy to the account that owns it.
    case publicAccessBlocked
  }

  public private(set) var outcome: Outcome
  /// The access that decided: the one denied, or the last of those allowed.
  public let access: Access?

  public init(_ outcome: Outcome, access: Access?) {
    self.outcome = outcome
    self.access = access
  }

  public var isAllowed: Bool {
    switch outcome {
    case .policy(let decision): decision.isAllowed
    case .rego(let decision, _): decision.isAllowed
    case .nothingToAllow, .unusableBucketPolicy, .needsObjectTags, .needsAnswer, .publicAccessBlocked: false
    }
  }

  /// Whether nothing can be said before the object's tags are fetched.
  public var needsObjectTags: Bool { if case .needsObjectTags = outcome { true } else { false } }

  /// What the policy server must be asked before anything can be said.
  public var question: ExternalQuestion? { if case .needsAnswer(let question) = outcome { question } else { nil } }

  /// As the policy server names its decision.
  public var externalDecisionID: Text? {
    if case .rego(let decision, _) = outcome { decision.decisionID } else { nil }
  }

  /// What Rego asks of the request; of all accesses together where several were decided.
  public internal(set) var obligations: Obligations {
    get { if case .rego(let decision, _) = outcome { decision.obligations } else { .none } }
    set {
      guard case .rego(var decision, let policy) = outcome else { return }
      decision.obligations = newValue
      outcome = .rego(decision, policy)
    }
  }

  /// The denial that follows when accesses of one request have obligations that cannot be met together.
  public func contradicted(_ error: ObligationError) -> Decision {
    guard case .rego(_, let policy) = outcome else { return self }
    return Decision(.rego(RegoDecision(.obligation(error)), policy), access: access)
  }

  /// The rule of the bundle that decided.
  public var rule: DecidingRule? { if case .rego(let decision, _) = outcome { decision.rule } else { nil } }

  /// Whether a denial came from a denying statement, not from the lack of an allowing one.
  public var isExplicitDeny: Bool {
    switch outcome {
    case .policy(let decision): decision.isExplicitDeny
    case .rego(let decision, _): if case .notAllowed = decision.reason { false } else { !decision.isAllowed }
    case .nothingToAllow, .needsObjectTags, .needsAnswer: false
    case .unusableBucketPolicy, .publicAccessBlocked: true
    }
  }

  /// The IAM statement that decided, or, where Rego only let it pass, allowed.
  public var statement: DecidingStatement? {
    switch outcome {
    case .policy(let decision): decision.statement
    case .rego(let rego, let policy): if case .notDenied = rego.reason { policy.statement } else { nil }
    case .nothingToAllow, .unusableBucketPolicy, .needsObjectTags, .needsAnswer, .publicAccessBlocked: nil
    }
  }
}

extension Decision: CustomStringConvertible {
  /// For audit records, such as `allowed by readers.S1 (identity)`.
  public var description: String {
    switch outcome {
    case .policy(let decision): decision.description
    case .rego(let rego, let policy):
      if case .notDenied = rego.reason { policy.description } else { rego.description }
    case .needsObjectTags: "the object's tags are needed"
    case .needsAnswer: "the policy server's answer is needed"
    case .nothingToAllow: "nothing to allow"
    case .unusableBucketPolicy: "the bucket's policy cannot be read"
    case .publicAccessBlocked: "denied by the bucket's public access block"
    }
  }
}
