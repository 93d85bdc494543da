public import IAMPolicy
public import S3Model

/// Everything decisions depend on, besides the request: immutable, swapped whole.
public struct AuthorizationSnapshot: Sendable {
  /// A bucket's policy. One that cannot be read denies everyone but root, who may replace it.
  public enum BucketPolicy: Sendable {
    case policy(CompiledPolicy)
    case unusable
  }

  /// A user and what its long-lived keys may do.
  public struct User: Sendable {
    public let arn: ByteString
    public let caller: Caller
  }

  public struct Role: Sendable {
    /// Stable: a role made anew under the same name has another.
    public let uniqueID: ByteString
    public let arn: ByteString
    /// Without its path.
    public let name: ByteString
    public let trustPolicy: CompiledPolicy
    public let sessionSecondsMax: Int
    public let policies: IdentityPolicies
    public let tags: [PrincipalTag]
  }

  public let account: AccountID
  /// The root user of ``account``.
  public let root: Caller
  /// Canned and declared, by name.
  public internal(set) var managedPolicies: [String: CompiledPolicy] = [:]
  /// By unique id.
  public internal(set) var users: [ByteString: User] = [:]
  /// By unique id.
  public internal(set) var roles: [ByteString: Role] = [:]
  private var roleIDs: [ByteString: ByteString] = [:]
  /// By bucket.
  public var bucketPolicies: [String: BucketPolicy] = [:]
  /// By bucket.
  public var accessBlocks: [String: PublicAccessBlock] = [:]
  /// Buckets whose policy is for everyone and whose public access block keeps it to their own account.
  public var closedBuckets: Set<String> = []

  init(account: AccountID) {
    self.account = account
    root = Caller(principal: Principal(.root(account)), userID: account.bytes)
  }

  mutating func add(_ role: Role) {
    roles[role.uniqueID] = role
    roleIDs[role.arn] = role.uniqueID
  }

  public func role(arn: ByteString) -> Role? { roleIDs[arn].flatMap { roles[$0] } }

  /// The managed policy of an ARN, `arn:aws:iam::aws:policy/Name` or this account's.
  public func managedPolicy(arn: ByteString) -> CompiledPolicy? {
    guard let parsed = ARN(arn), parsed.service.elementsEqual("iam".utf8),
      parsed.account.elementsEqual("aws".utf8) || parsed.accountID == account,
      parsed.resource.starts(with: "policy/".utf8), let slash = parsed.resource.lastIndex(of: UInt8(ascii: "/"))
    else { return nil }
    return managedPolicies[String(decoding: parsed.resource[(slash + 1)...], as: UTF8.self)]
  }
}
