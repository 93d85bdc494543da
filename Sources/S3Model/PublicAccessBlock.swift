/// What a bucket's owner rules out, whatever policies and ACLs say.
/// Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage".
public struct PublicAccessBlock: Hashable, Sendable {
  /// `BlockPublicAcls`: requests that would set an ACL for everyone are refused.
  public var refusesPublicACLs: Bool
  /// `IgnorePublicAcls`: ACLs give nobody access. Always so here: decisions know policies only.
  public var ignoresPublicACLs: Bool
  /// `BlockPublicPolicy`: policies for everyone are refused.
  public var refusesPublicPolicies: Bool
  /// `RestrictPublicBuckets`: where the policy is for everyone, it serves the bucket's own account only.
  public var restrictsPublicBuckets: Bool

  public init(
    refusesPublicACLs: Bool = false, ignoresPublicACLs: Bool = false, refusesPublicPolicies: Bool = false,
    restrictsPublicBuckets: Bool = false
  ) {
    self.refusesPublicACLs = refusesPublicACLs
    self.ignoresPublicACLs = ignoresPublicACLs
    self.refusesPublicPolicies = refusesPublicPolicies
    self.restrictsPublicBuckets = restrictsPublicBuckets
  }

  /// Everything ruled out: what stands for a block that cannot be read.
  public static let everything = PublicAccessBlock(
    refusesPublicACLs: true, ignoresPublicACLs: true, refusesPublicPolicies: true, restrictsPublicBuckets: true)
}
