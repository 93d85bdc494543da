public import Authorization
import Cryptography
public import S3Model
public import Settings
import SigV4

/// Everybody who may come: the root user and what the settings declare. Immutable, part of a snapshot.
public struct IdentityDirectory: Sendable {
  /// Users, roles and managed policies. Bucket policies are for the gateway to add.
  public let authorization: AuthorizationSnapshot
  private let accessKeys: [ByteString: AccessKeyRecord]

  public var account: AccountID { authorization.account }

  /// The key of an id, nil for none.
  ///
  /// One look-up in a hash table whose seed is random. AWS tells clients apart whether an id exists
  /// (`InvalidAccessKeyId`) or its signature is wrong, so there is nothing that its duration could add.
  public func accessKey(_ id: ByteString) -> AccessKeyRecord? { accessKeys[id] }

  /// Reads the secrets and policies that the settings name and puts everything together.
  /// - Throws: `settings` with all mistakes at once.
  public init(_ settings: GatewaySettings, root: RootCredentials) throws(IdentityError) {
    var builder = Builder()
    authorization = try builder.authorization(settings)
    accessKeys = try builder.accessKeys(settings, authorization, root)
  }

  /// Who is declared and what they may do, without their secrets: for deciding about requests that others have verified.
  /// - Throws: `settings` with all mistakes at once.
  public static func authorization(_ settings: GatewaySettings) throws(IdentityError) -> AuthorizationSnapshot {
    var builder = Builder()
    return try builder.authorization(settings)
  }
}

private struct Builder {
  var errors: [SettingsError] = []

  mutating func authorization(_ settings: GatewaySettings) throws(IdentityError) -> AuthorizationSnapshot {
    guard let account = AccountID(settings.accountID) else {
      throw .settings(
        SettingsErrors([
          SettingsError(
            .malformed(expected: "twelve digits", found: settings.accountID),
            at: SettingsOrigin(keyPath: "account_id"))
        ]))
    }
    let identities = settings.identities
    let policies = identities.policies.compactMap { document($0.name, $0.source) }
    let groups = identities.groups.map { documents($0.inlinePolicies) }
    let users = identities.users.map { documents($0.inlinePolicies) }
    let roles = identities.roles.map { documents($0.inlinePolicies) }
    let trusts = identities.roles.map { document($0.name, $0.trustPolicy) }
    guard errors.isEmpty else { throw .settings(SettingsErrors(errors)) }

    do throws(AuthorizationError) {
      var builder = try AuthorizationSnapshotBuilder(account: account)
      for policy in policies { try builder.add(policy: policy) }
      for (group, inline) in zip(identities.groups, groups) {
        try builder.add(group: group.name, policies: group.policies.map(\.name), inline: inline)
      }
      for (user, inline) in zip(identities.users, users) {
        try builder.add(
          user: user.name, uniqueID: UniqueID.make(.user, name: user.name, account: account), path: user.path,
          groups: user.groups, policies: user.policies.map(\.name), inline: inline,
          boundary: user.permissionsBoundary?.name, tags: Self.tags(user.tags))
      }
      for ((role, inline), trust) in zip(zip(identities.roles, roles), trusts) {
        try builder.add(
          role: role.name, uniqueID: UniqueID.make(.role, name: role.name, account: account), path: role.path,
          trustPolicy: trust?.document ?? [], policies: role.policies.map(\.name), inline: inline,
          boundary: role.permissionsBoundary?.name,
          sessionSecondsMax: Int(role.maxSessionDuration.components.seconds), tags: Self.tags(role.tags))
      }
      return builder.snapshot
    } catch {
      throw .authorization(error)
    }
  }

  mutating func accessKeys(
    _ settings: GatewaySettings, _ authorization: AuthorizationSnapshot, _ root: RootCredentials
  ) throws(IdentityError) -> [ByteString: AccessKeyRecord] {
    var records: [ByteString: AccessKeyRecord] = [:]
    func add(_ id: ByteString, _ secret: Secret, _ caller: Caller, isActive: Bool) {
      let bytes = secret.withBytes { Array($0) }
      let signing = SigningSecret(accessKeyID: id, secretAccessKey: bytes, revision: Self.revision(bytes))
      records[id] = AccessKeyRecord(accessKeyID: id, secret: signing, caller: caller, isActive: isActive)
    }
    add(root.accessKeyID, root.secretAccessKey, authorization.root, isActive: true)
    let rootName = root.accessKeyID.text.lowercased()
    for user in settings.identities.users {
      let uniqueID = UniqueID.make(.user, name: user.name, account: authorization.account)
      guard let caller = authorization.users[uniqueID]?.caller else { continue }
      if user.name.lowercased() == rootName {
        errors.append(SettingsError(.collision(found: user.name, with: "the root user's access key"), at: user.origin))
      }
      for key in user.accessKeys {
        guard key.id.lowercased() != rootName else {
          errors.append(SettingsError(.collision(found: key.id, with: "the root user's access key"), at: key.origin))
          continue
        }
        do throws(SettingsError) {
          let secret = try key.secret.load()
          guard secret.count >= AccessKeySettings.secretBytesMin else {
            throw SettingsError(
              .malformedSecret(expected: "at least \(AccessKeySettings.secretBytesMin) bytes"), at: key.secret.origin)
          }
          add(ByteString(key.id), secret, caller, isActive: key.isActive)
        } catch {
          errors.append(error)
        }
      }
    }
    guard errors.isEmpty else { throw .settings(SettingsErrors(errors)) }
    return records
  }

  private mutating func documents(_ policies: [PolicySettings]) -> [AuthorizationSnapshotBuilder.Document] {
    policies.compactMap { document($0.name, $0.source) }
  }

  private mutating func document(_ name: String, _ source: PolicySource) -> AuthorizationSnapshotBuilder.Document? {
    do throws(SettingsError) {
      return AuthorizationSnapshotBuilder.Document(name: name, document: try source.load())
    } catch {
      errors.append(error)
      return nil
    }
  }

  private static func tags(_ tags: [TagSetting]) -> [PrincipalTag] {
    tags.map { PrincipalTag(key: ByteString($0.key), value: ByteString($0.value)) }
  }

  /// Follows from the secret without giving it away: the same for one secret after every reload, else another.
  private static func revision(_ secret: [UInt8]) -> UInt64 {
    let mac = HMACSHA256Key(secret).authenticate(Array("martlet secret revision".utf8))
    return mac.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
