public import Authorization
public import IAMPolicy
public import S3Model

/// Builds a snapshot for a test: policies first, then groups, then users and roles.
public struct AuthorizationSnapshotBuilder {
  /// A policy document under a name.
  public struct Document: Sendable {
    public var name: String
    /// JSON.
    public var document: [UInt8]

    public init(name: String, document: [UInt8]) {
      self.name = name
      self.document = document
    }
  }

  private let account: AccountID
  private var principals: PrincipalList
  private var managedPolicies: [String: CompiledPolicy] = [:]
  private var groups: [String: [Attached]] = [:]

  private typealias Attached = (policy: CompiledPolicy, origin: PolicyOrigin)

  private let limits: PolicyLimits?

  /// - Parameter limits: of identity policies; AWS's when nil.
  public init(account: AccountID, limits: PolicyLimits? = nil) throws(AuthorizationError) {
    self.account = account
    self.limits = limits
    principals = PrincipalList()
    for policy in CannedPolicy.allCases {
      managedPolicies[policy.name] = policy.compiled
      principals.policies[policy.arn] = policy.compiled
    }
  }

  public var snapshot: AuthorizationSnapshot { AuthorizationSnapshot(account: account, principals: principals) }

  /// A managed policy. One named like a canned policy is refused: the name must keep its meaning.
  public mutating func add(policy: Document) throws(AuthorizationError) {
    let owner = "policy/\(policy.name)"
    guard managedPolicies[policy.name] == nil else { throw .duplicate(owner: owner) }
    let compiled = try Self.compile(policy.document, policy.name, .identity, limits, owner)
    managedPolicies[policy.name] = compiled
    principals.policies[ByteString("arn:aws:iam::\(account):policy/\(policy.name)")] = compiled
  }

  public mutating func add(provider: FederatedProvider) { principals.providers[provider.id] = provider }

  public mutating func add(
    group name: String, policies: [String], inline: [Document] = []
  ) throws(AuthorizationError) {
    let owner = "group/\(name)"
    guard groups[name] == nil else { throw .duplicate(owner: owner) }
    groups[name] = try attached(policies, inline, owner).map { policy, origin in
      (policy, .group(name, isInline: origin == .inline))
    }
  }

  public mutating func add(
    user name: String, uniqueID: ByteString, path: String = "/", groups names: [String] = [],
    policies: [String] = [], inline: [Document] = [], boundary: String? = nil, tags: [PrincipalTag] = []
  ) throws(AuthorizationError) {
    let owner = "user/\(name)"
    guard principals.users[uniqueID] == nil else { throw .duplicate(owner: owner) }
    var attached = try attached(policies, inline, owner)
    for group in names {
      guard let policies = groups[group] else { throw .unknownGroup(owner: owner, name: group) }
      attached += policies
    }
    attached = Self.distinct(attached)
    let arn = ARN.user(name, path: path, account: account)
    principals.users[uniqueID] = Caller(
      principal: Principal(.user(arn: arn, account)), userID: uniqueID, userName: ByteString(name),
      policies: IdentityPolicies(
        attached: attached.map(\.policy), origins: attached.map(\.origin),
        boundary: try boundary.map { name throws(AuthorizationError) in try managed(name, owner) }),
      tags: tags, groups: names.map { ByteString($0) })
  }

  public mutating func add(
    role name: String, uniqueID: ByteString, path: String = "/", trustPolicy: [UInt8], policies: [String] = [],
    inline: [Document] = [], boundary: String? = nil, sessionSecondsMax: Int = 3600, tags: [PrincipalTag] = []
  ) throws(AuthorizationError) {
    let owner = "role/\(name)"
    guard principals.roles[uniqueID] == nil else { throw .duplicate(owner: owner) }
    let attached = Self.distinct(try attached(policies, inline, owner))
    principals.roles[uniqueID] = AuthorizationSnapshot.Role(
      uniqueID: uniqueID, arn: ARN.role(name, path: path, account: account), name: ByteString(name),
      trustPolicy: try Self.compile(trustPolicy, "\(name) trust policy", .trust, nil, "\(owner)/trust"),
      sessionSecondsMax: sessionSecondsMax,
      policies: IdentityPolicies(
        attached: attached.map(\.policy), origins: attached.map(\.origin),
        boundary: try boundary.map { name throws(AuthorizationError) in try managed(name, owner) }),
      tags: tags)
  }

  private func attached(
    _ names: [String], _ inline: [Document], _ owner: String
  ) throws(AuthorizationError) -> [Attached] {
    var policies: [Attached] = []
    for name in names { policies.append((try managed(name, owner), .managed)) }
    for document in inline {
      let policy = try Self.compile(
        document.document, document.name, .identity, limits, "\(owner)/\(document.name)")
      policies.append((policy, .inline))
    }
    return policies
  }

  private func managed(_ name: String, _ owner: String) throws(AuthorizationError) -> CompiledPolicy {
    guard let policy = managedPolicies[name] else { throw .unknownPolicy(owner: owner, name: name) }
    return policy
  }

  private static func compile(
    _ document: [UInt8], _ name: String, _ kind: PolicyKind, _ limits: PolicyLimits?, _ owner: String
  ) throws(AuthorizationError) -> CompiledPolicy {
    do throws(PolicyError) {
      return try CompiledPolicy(parsing: document, name: name, kind: kind, limits: limits)
    } catch {
      throw .policy(owner: owner, error)
    }
  }

  /// A policy attached twice, as by two groups, is evaluated once.
  private static func distinct(_ policies: [Attached]) -> [Attached] {
    var seen: Set<ObjectIdentifier> = []
    return policies.filter { seen.insert(ObjectIdentifier($0.policy)).inserted }
  }
}

/// Principals that were compiled beforehand.
private struct PrincipalList: PrincipalDirectory {
  var users: [ByteString: Caller] = [:]
  var roles: [ByteString: AuthorizationSnapshot.Role] = [:]
  var policies: [ByteString: CompiledPolicy] = [:]
  var providers: [ByteString: FederatedProvider] = [:]

  func hasUser(_ id: ByteString) -> Bool { users[id] != nil }
  func hasRole(_ id: ByteString) -> Bool { roles[id] != nil }
  func user(id: ByteString) -> Caller? { users[id] }
  func role(id: ByteString) -> AuthorizationSnapshot.Role? { roles[id] }
  func role(arn: ByteString) -> AuthorizationSnapshot.Role? { roles.values.first { $0.arn == arn } }
  func user(named name: ByteString) -> Caller? { users.values.first { $0.userName == name } }
  func role(named name: ByteString) -> AuthorizationSnapshot.Role? { roles.values.first { $0.name == name } }
  func managedPolicy(arn: ByteString) -> CompiledPolicy? { policies[arn] }
  func managedPolicy(named name: ByteString) -> CompiledPolicy? {
    CannedPolicy.compiled(named: name)
      ?? policies.first { $0.key.bytes.reversed().starts(with: (Array("/".utf8) + name.bytes).reversed()) }?.value
  }
  func federatedProvider(id: ByteString) -> FederatedProvider? { providers[id] }
  func providerARN(id: ByteString) -> ByteString? { providers[id]?.arn }
}
