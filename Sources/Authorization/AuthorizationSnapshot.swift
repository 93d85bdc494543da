public import IAMPolicy
public import S3Model

/// Everything decisions depend on, besides the request: immutable, swapped whole.
public struct AuthorizationSnapshot: Sendable {
  /// A bucket's policy. One that cannot be read denies everyone but root, who may replace it.
  public enum BucketPolicy: Sendable {
    case policy(CompiledPolicy)
    case unusable
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

    public init(
      uniqueID: ByteString, arn: ByteString, name: ByteString, trustPolicy: CompiledPolicy, sessionSecondsMax: Int,
      policies: IdentityPolicies, tags: [PrincipalTag]
    ) {
      self.uniqueID = uniqueID
      self.arn = arn
      self.name = name
      self.trustPolicy = trustPolicy
      self.sessionSecondsMax = sessionSecondsMax
      self.policies = policies
      self.tags = tags
    }
  }

  private struct Fields {
    let account: AccountID
    let root: Caller
    var principals: any PrincipalDirectory
    var bucketPolicies: [String: BucketPolicy] = [:]
    var accessBlocks: [String: PublicAccessBlock] = [:]
    var closedBuckets: Set<String> = []
    var standings = FederatedStandings()
  }

  /// Every decision is handed the snapshot, so a copy is one reference instead of many.
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

  /// - Parameter principals: of the account; none but root when nil.
  public init(account: AccountID, principals: (any PrincipalDirectory)? = nil) {
    content = Content(
      Fields(
        account: account, root: Caller(principal: Principal(.root(account)), userID: account.bytes),
        principals: principals ?? NoPrincipals()))
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

  /// The users, roles and managed policies of ``account``.
  public var principals: any PrincipalDirectory {
    get { content.fields.principals }
    set { unique.fields.principals = newValue }
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

  /// What providers have said last about people with living sessions.
  public var standings: FederatedStandings {
    get { content.fields.standings }
    set { unique.fields.standings = newValue }
  }

  public func hasUser(_ id: ByteString) -> Bool { content.fields.principals.hasUser(id) }
  public func hasRole(_ id: ByteString) -> Bool { content.fields.principals.hasRole(id) }
  /// See ``PrincipalDirectory/user(id:)``.
  public func user(id: ByteString) -> Caller? { content.fields.principals.user(id: id) }
  /// See ``PrincipalDirectory/role(id:)``.
  public func role(id: ByteString) -> Role? { content.fields.principals.role(id: id) }
  /// See ``PrincipalDirectory/role(arn:)``.
  public func role(arn: ByteString) -> Role? { content.fields.principals.role(arn: arn) }
  /// See ``PrincipalDirectory/managedPolicy(arn:)``.
  public func managedPolicy(arn: ByteString) -> CompiledPolicy? { content.fields.principals.managedPolicy(arn: arn) }
  /// See ``PrincipalDirectory/federatedProvider(id:)``.
  public func federatedProvider(id: ByteString) -> FederatedProvider? {
    content.fields.principals.federatedProvider(id: id)
  }

  /// The managed policy that a mapping names, by ARN or name.
  public func mappedPolicy(_ name: ByteString) -> CompiledPolicy? {
    name.bytes.contains(UInt8(ascii: ":"))
      ? managedPolicy(arn: name) : content.fields.principals.managedPolicy(named: name)
  }
}
