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

  private struct Fields {
    let account: AccountID
    let root: Caller
    var managedPolicies: [String: CompiledPolicy] = [:]
    var users: [ByteString: User] = [:]
    var roles: [ByteString: Role] = [:]
    var roleIDs: [ByteString: ByteString] = [:]
    var bucketPolicies: [String: BucketPolicy] = [:]
    var accessBlocks: [String: PublicAccessBlock] = [:]
    var closedBuckets: Set<String> = []
  }

  /// Every decision is handed the snapshot, so a copy is one reference instead of six.
  ///
  /// Unchecked: changed only while one snapshot alone refers to it, see ``unique``.
  private final class Content: @unchecked Sendable {
    var fields: Fields

    init(_ fields: Fields) { self.fields = fields }
  }

  private var content: Content

  /// Asked beside IAM; nil where `authorization.rego` is `off`.
  public var rego: RegoAuthority?
  /// Asked instead of ``rego``; nil for none.
  public var external: ExternalAuthority?

  init(account: AccountID) {
    content = Content(
      Fields(account: account, root: Caller(principal: Principal(.root(account)), userID: account.bytes)))
  }

  /// The content, for changing it: its own from here on.
  private var unique: Content {
    mutating get {
      if !isKnownUniquelyReferenced(&content) { content = Content(content.fields) }
      return content
    }
  }

  public var account: AccountID { content.fields.account }
  /// The root user of ``account``.
  public var root: Caller { content.fields.root }

  /// Canned and declared, by name.
  public internal(set) var managedPolicies: [String: CompiledPolicy] {
    _read { yield content.fields.managedPolicies }
    _modify { yield &unique.fields.managedPolicies }
  }

  /// By unique id.
  public internal(set) var users: [ByteString: User] {
    _read { yield content.fields.users }
    _modify { yield &unique.fields.users }
  }

  /// By unique id.
  public internal(set) var roles: [ByteString: Role] {
    _read { yield content.fields.roles }
    _modify { yield &unique.fields.roles }
  }

  /// By bucket.
  public var bucketPolicies: [String: BucketPolicy] {
    _read { yield content.fields.bucketPolicies }
    _modify { yield &unique.fields.bucketPolicies }
  }

  /// By bucket.
  public var accessBlocks: [String: PublicAccessBlock] {
    _read { yield content.fields.accessBlocks }
    _modify { yield &unique.fields.accessBlocks }
  }

  /// Buckets whose policy is for everyone and whose public access block keeps it to their own account.
  public var closedBuckets: Set<String> {
    _read { yield content.fields.closedBuckets }
    _modify { yield &unique.fields.closedBuckets }
  }

  mutating func add(_ role: Role) {
    let content = unique
    content.fields.roles[role.uniqueID] = role
    content.fields.roleIDs[role.arn] = role.uniqueID
  }

  public func role(arn: ByteString) -> Role? { content.fields.roleIDs[arn].flatMap { roles[$0] } }

  /// The managed policy of an ARN, `arn:aws:iam::aws:policy/Name` or this account's.
  public func managedPolicy(arn: ByteString) -> CompiledPolicy? {
    guard let parsed = ARN(arn), parsed.service.elementsEqual("iam".utf8),
      parsed.account.elementsEqual("aws".utf8) || parsed.accountID == account,
      parsed.resource.starts(with: "policy/".utf8), let slash = parsed.resource.lastIndex(of: UInt8(ascii: "/"))
    else { return nil }
    return managedPolicies[String(decoding: parsed.resource[(slash + 1)...], as: UTF8.self)]
  }
}
