public import IAMPolicy
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
    /// The bucket's public access block keeps its policy to the account that owns it.
    case publicAccessBlocked
  }

  public let outcome: Outcome
  /// The access that decided: the one denied, or the last of those allowed.
  public let access: Access?

  public init(_ outcome: Outcome, access: Access?) {
    self.outcome = outcome
    self.access = access
  }

  public var isAllowed: Bool { if case .policy(let decision) = outcome { decision.isAllowed } else { false } }

  /// Whether a denial came from a denying statement, not from the lack of an allowing one.
  public var isExplicitDeny: Bool {
    switch outcome {
    case .policy(let decision): decision.isExplicitDeny
    case .nothingToAllow: false
    case .unusableBucketPolicy, .publicAccessBlocked: true
    }
  }

  public var statement: DecidingStatement? {
    if case .policy(let decision) = outcome { decision.statement } else { nil }
  }
}

extension Decision: CustomStringConvertible {
  /// For audit records, such as `allowed by readers.S1 (identity)`.
  public var description: String {
    switch outcome {
    case .policy(let decision): decision.description
    case .nothingToAllow: "nothing to allow"
    case .unusableBucketPolicy: "the bucket's policy cannot be read"
    case .publicAccessBlocked: "denied by the bucket's public access block"
    }
  }
}
