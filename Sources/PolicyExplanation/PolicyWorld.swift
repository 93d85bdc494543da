public import Authorization
public import Rego
public import S3Model

/// What requests are decided under: identities, policies and a bundle, with what explanations need of them.
public struct PolicyWorld {
  public var snapshot: AuthorizationSnapshot
  /// Of the bundle in ``snapshot``.
  public var rules: [ResolvedRule]
  /// The gateway's first, which unsigned requests have.
  public var region: ByteString

  public init(snapshot: AuthorizationSnapshot, rules: [ResolvedRule], region: ByteString) {
    self.snapshot = snapshot
    self.rules = rules
    self.region = region
  }
}
