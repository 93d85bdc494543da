public import IAMPolicy

/// What limits and allows one user or role: computed once when a snapshot is built, shared by all of its callers.
public final class IdentityPolicies: Sendable {
  /// Managed and inline policies, those of a user's groups included.
  public let attached: [CompiledPolicy]
  /// Where each of ``attached`` comes from, for explanations; empty where nobody said.
  public let origins: [PolicyOrigin]
  /// The permissions boundary.
  public let boundary: [CompiledPolicy]?

  public init(attached: [CompiledPolicy] = [], origins: [PolicyOrigin] = [], boundary: CompiledPolicy? = nil) {
    self.attached = attached
    self.origins = origins
    self.boundary = boundary.map { [$0] }
  }

  public static let none = IdentityPolicies()
}
