import Authorization
import Cryptography
import IAMPolicy
import IdentityStore
import S3Model
import Settings

/// What the settings declare, as records.
struct DeclaredIdentities {
  let account: AccountID
  private(set) var records: [RecordKey: [UInt8]] = [:]
  let providers: [ByteString: FederatedProvider]

  private let secrets: (root: RootKey, sealer: SecretSealer)?
  private var errors: [SettingsError] = []
  private var policyARNs: [String: ByteString] = [:]
  private var groupIDs: [String: ByteString] = [:]

  /// - Parameter secrets: nil leaves out access keys.
  /// - Throws: `settings` with all mistakes at once, `authorization` for what does not fit together.
  init(_ settings: GatewaySettings, secrets: (root: RootKey, sealer: SecretSealer)?) throws(IdentityError) {
    guard let account = AccountID(settings.accountID) else {
      throw .settings(
        SettingsErrors([
          SettingsError(
            .malformed(expected: "twelve digits", found: settings.accountID),
            at: SettingsOrigin(keyPath: "account_id"))
        ]))
    }
    self.account = account
    self.secrets = secrets
    providers = Dictionary(
      settings.federatedProviders(account).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for policy in CannedPolicy.allCases { policyARNs[policy.name] = policy.arn }
    let identities = settings.identities
    for policy in identities.policies { try add(policy) }
    for group in identities.groups { try add(group) }
    for user in identities.users { try add(user) }
    for role in identities.roles { try add(role) }
    guard errors.isEmpty else { throw .settings(SettingsErrors(errors)) }
  }

  private mutating func add(_ policy: PolicySettings) throws(IdentityError) {
    let owner = "policy/\(policy.name)"
    guard policyARNs[policy.name] == nil else { throw .authorization(.duplicate(owner: owner)) }
    guard let document = try document(policy, owner) else {
      // Reported; what refers to it is no mistake of its own.
      policyARNs[policy.name] = ""
      return
    }
    let record = PolicyRecord(
      name: ByteString(policy.name), uniqueID: UniqueID.make(.policy, name: policy.name, account: account),
      created: 0, updated: 0, versions: [PolicyRecord.Version(number: 1, document: document, created: 0)])
    policyARNs[policy.name] = ByteString("arn:aws:iam::\(account):policy/\(policy.name)")
    records[record.key] = record.value
  }

  private mutating func add(_ group: GroupSettings) throws(IdentityError) {
    let owner = "group/\(group.name)"
    let record = GroupRecord(
      name: ByteString(group.name), path: ByteString(group.path),
      uniqueID: UniqueID.make(.group, name: group.name, account: account), created: 0,
      policies: try arns(group.policies, owner), inline: try inline(group.inlinePolicies, owner))
    guard groupIDs.updateValue(record.uniqueID, forKey: group.name) == nil else {
      throw .authorization(.duplicate(owner: owner))
    }
    records[record.key] = record.value
  }

  private mutating func add(_ user: UserSettings) throws(IdentityError) {
    let owner = "user/\(user.name)"
    if let root = secrets?.root, root.isReserved(ByteString(user.name)) {
      errors.append(SettingsError(.collision(found: user.name, with: "the root user's access key"), at: user.origin))
    }
    var groups: [ByteString] = []
    for name in user.groups {
      guard let id = groupIDs[name] else { throw .authorization(.unknownGroup(owner: owner, name: name)) }
      groups.append(id)
    }
    let record = UserRecord(
      name: ByteString(user.name), path: ByteString(user.path),
      uniqueID: UniqueID.make(.user, name: user.name, account: account), created: 0, groups: groups,
      policies: try arns(user.policies, owner), inline: try inline(user.inlinePolicies, owner),
      boundary: try user.permissionsBoundary.map { policy throws(IdentityError) in try arn(policy, owner) },
      tags: Self.tags(user.tags))
    guard records.updateValue(record.value, forKey: record.key) == nil else {
      throw .authorization(.duplicate(owner: owner))
    }
    guard let (root, sealer) = secrets else { return }
    for key in user.accessKeys { add(key, of: record.uniqueID, root, sealer) }
  }

  private mutating func add(
    _ key: AccessKeySettings, of user: ByteString, _ root: RootKey, _ sealer: SecretSealer
  ) {
    guard !root.isReserved(ByteString(key.id)) else {
      errors.append(SettingsError(.collision(found: key.id, with: "the root user's access key"), at: key.origin))
      return
    }
    let recordKey = RecordKey(.accessKey, ByteString(key.id))
    do throws(SettingsError) {
      let secret = try key.secret.load()
      guard secret.count >= AccessKeySettings.secretBytesMin else {
        throw SettingsError(
          .malformedSecret(expected: "at least \(AccessKeySettings.secretBytesMin) bytes"), at: key.secret.origin)
      }
      let sealed: SealedSecret
      do throws(CryptographyError) {
        sealed = try sealer.seal(secret.withBytes { Array($0) }, owner: recordKey)
      } catch {
        throw SettingsError(.malformedSecret(expected: "a secret that can be sealed"), at: key.secret.origin)
      }
      records[recordKey] =
        KeyRecord(
          accessKeyID: recordKey.name, owner: .user(user), secret: sealed, isActive: key.isActive, created: 0
        ).value
    } catch {
      errors.append(error)
    }
  }

  private mutating func add(_ role: RoleSettings) throws(IdentityError) {
    let owner = "role/\(role.name)"
    guard let trust = load(role.trustPolicy) else { return }
    try check(trust, "\(role.name) trust policy", .trust, "\(owner)/trust")
    let record = RoleRecord(
      name: ByteString(role.name), path: ByteString(role.path),
      uniqueID: UniqueID.make(.role, name: role.name, account: account), created: 0, trustPolicy: trust,
      sessionSecondsMax: role.maxSessionDuration.components.seconds, policies: try arns(role.policies, owner),
      inline: try inline(role.inlinePolicies, owner),
      boundary: try role.permissionsBoundary.map { policy throws(IdentityError) in try arn(policy, owner) },
      tags: Self.tags(role.tags))
    guard records.updateValue(record.value, forKey: record.key) == nil else {
      throw .authorization(.duplicate(owner: owner))
    }
  }

  // MARK: Parts

  private func arn(_ policy: PolicyReference, _ owner: String) throws(IdentityError) -> ByteString {
    guard let arn = policyARNs[policy.name] else {
      throw .authorization(.unknownPolicy(owner: owner, name: policy.name))
    }
    return arn
  }

  private func arns(_ policies: [PolicyReference], _ owner: String) throws(IdentityError) -> [ByteString] {
    try policies.map { policy throws(IdentityError) in try arn(policy, owner) }
  }

  private mutating func inline(
    _ policies: [PolicySettings], _ owner: String
  ) throws(IdentityError) -> [InlinePolicy] {
    var inline: [InlinePolicy] = []
    for policy in policies {
      guard let document = try document(policy, "\(owner)/\(policy.name)") else { continue }
      inline.append(InlinePolicy(name: ByteString(policy.name), document: document))
    }
    return inline
  }

  /// - Returns: nil when the document cannot be read, which is noted.
  private mutating func document(_ policy: PolicySettings, _ owner: String) throws(IdentityError) -> ByteString? {
    guard let document = load(policy.source) else { return nil }
    try check(document, policy.name, .identity, owner)
    return document
  }

  private mutating func load(_ source: PolicySource) -> ByteString? {
    do throws(SettingsError) {
      return ByteString(try source.load())
    } catch {
      errors.append(error)
      return nil
    }
  }

  /// A declared policy that does not compile is a mistake to mend, not one to live with.
  private func check(_ document: ByteString, _ name: String, _ kind: PolicyKind, _ owner: String) throws(IdentityError)
  {
    do throws(PolicyError) {
      _ = try CompiledPolicy(parsing: document.bytes, name: name, kind: kind)
    } catch {
      throw .authorization(.policy(owner: owner, error))
    }
  }

  private static func tags(_ tags: [TagSetting]) -> [IdentityTag] {
    tags.map { IdentityTag(key: ByteString($0.key), value: ByteString($0.value)) }
  }
}
