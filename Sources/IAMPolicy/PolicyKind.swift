public import S3Model

/// What a policy document is attached to, which decides what may stand in it.
public enum PolicyKind: Hashable, Sendable {
  /// Of a user, group or role.
  case identity
  /// Of a resource. With a bucket, the rules of PutBucketPolicy apply: its statements are about that bucket, and every
  /// action exists and applies to one of the statement's resources.
  case resource(bucket: ByteString?)
  /// Who may assume a role.
  case trust
  /// A permissions boundary.
  case boundary
  /// Passed when a session is made.
  case session
  /// A service control policy.
  case scp
  /// A resource control policy.
  case rcp
}

/// The bounds of one document.
///
/// Source: IAM User Guide, "IAM and AWS STS quotas"; Amazon S3 User Guide, "Bucket policies".
public struct PolicyLimits: Sendable {
  public var bytesMax: Int
  /// IAM leaves white space outside strings out of its count.
  public var countsWhiteSpace: Bool
  public var statementsMax: Int

  public init(bytesMax: Int, countsWhiteSpace: Bool = true, statementsMax: Int = 1000) {
    self.bytesMax = bytesMax
    self.countsWhiteSpace = countsWhiteSpace
    self.statementsMax = statementsMax
  }

  /// AWS's quota for the kind.
  public static func standard(_ kind: PolicyKind) -> PolicyLimits {
    switch kind {
    case .identity, .boundary: PolicyLimits(bytesMax: 6144, countsWhiteSpace: false)
    case .resource: PolicyLimits(bytesMax: 20 * 1024)
    case .trust: PolicyLimits(bytesMax: 4096, countsWhiteSpace: false)
    case .session: PolicyLimits(bytesMax: 2048)
    case .scp, .rcp: PolicyLimits(bytesMax: 5120, countsWhiteSpace: false)
    }
  }
}
