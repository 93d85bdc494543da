import Authorization
import Cryptography
import HashTreeCollections
import Identity
import IdentityStore
import S3Model

/// Everything one IAM action is decided on: the records in force, who asks, and when.
struct IAMScope: Sendable {
  let table: IdentityTable
  let caller: IAMCaller
  /// In seconds since 1970.
  let now: Int64
  /// What no user and no key may be named.
  let isReserved: @Sendable (ByteString) -> Bool
  let sealer: SecretSealer
  /// What is made anew takes its ids and secrets from here, so that deciding twice makes the same.
  let entropy: IAMEntropy
  /// What the settings say.
  let declared: IAMService.Declared

  var federatedSecondsMax: Int64 { declared.federatedSecondsMax }

  var account: AccountID { table.account }

  func arn(_ kind: String, path: ByteString, name: ByteString) -> ByteString {
    ByteString(Array("arn:aws:iam::\(account):\(kind)".utf8) + path.bytes + name.bytes)
  }

  func arn(_ user: UserRecord) -> ByteString { arn("user", path: user.path, name: user.name) }
  func arn(_ group: GroupRecord) -> ByteString { arn("group", path: group.path, name: group.name) }
  func arn(_ role: RoleRecord) -> ByteString { arn("role", path: role.path, name: role.name) }

  // MARK: Look-up. Names are unique without regard to case and found by their exact spelling.

  func findUser(_ name: ByteString) -> IdentityEntry<UserRecord>? {
    table.users[name.lowercasedASCII].flatMap { $0.record.name == name ? $0 : nil }
  }

  func findGroup(_ name: ByteString) -> IdentityEntry<GroupRecord>? {
    table.groups[name.lowercasedASCII].flatMap { $0.record.name == name ? $0 : nil }
  }

  func findRole(_ name: ByteString) -> IdentityEntry<RoleRecord>? {
    table.roles[name.lowercasedASCII].flatMap { $0.record.name == name ? $0 : nil }
  }

  func user(_ name: ByteString) throws(IAMError) -> IdentityEntry<UserRecord> {
    guard let entry = findUser(name) else { throw .noSuchEntity(.user(name)) }
    return entry
  }

  func group(_ name: ByteString) throws(IAMError) -> IdentityEntry<GroupRecord> {
    guard let entry = findGroup(name) else { throw .noSuchEntity(.group(name)) }
    return entry
  }

  func role(_ name: ByteString) throws(IAMError) -> IdentityEntry<RoleRecord> {
    guard let entry = findRole(name) else { throw .noSuchEntity(.role(name)) }
    return entry
  }

  /// One of the account's own policies.
  func findPolicy(_ arn: ByteString) -> IdentityEntry<PolicyRecord>? {
    guard let parsed = ARN(arn), parsed.service.elementsEqual("iam".utf8), parsed.accountID == account,
      let slash = parsed.resource.lastIndex(of: UInt8(ascii: "/")),
      let entry = table.policies[ByteString(parsed.resource[(slash + 1)...]).lowercasedASCII],
      table.arn(entry.record) == arn
    else { return nil }
    return entry
  }

  /// One of the account's own or a canned one.
  func anyPolicy(_ arn: ByteString) -> AnyPolicy? {
    if let entry = findPolicy(arn) { return .own(entry) }
    return CannedPolicy.allCases.first { AnyPolicy.arn($0) == arn }.map(AnyPolicy.canned)
  }

  // MARK: The caller

  /// The user that a request without a user's name is about.
  var callingUser: IdentityEntry<UserRecord>? {
    guard case .user = caller.caller.principal.kind else { return nil }
    return table.user(id: caller.caller.userID)
  }

  /// Root, through whichever of its keys.
  var isRoot: Bool { caller.caller.isRoot }

  /// Root with nothing that limits it, for what is root's alone.
  var isUnlimitedRoot: Bool { caller.caller.isUnlimitedRoot && !isServiceAccount }

  /// The name that a request means: the one it gives, else the caller's own.
  /// - Throws: `userNameNeeded` when the caller is no user.
  func userName(_ given: ByteString?) throws(IAMError) -> ByteString {
    if let given { return given }
    if case .user = caller.caller.principal.kind, let name = callingUser?.record.name ?? caller.caller.userName {
      return name
    }
    throw .userNameNeeded
  }

  /// Whether the caller has a service account's key, which ends at its own time or by its parent's will.
  var isServiceAccount: Bool {
    caller.caller.serviceAccount != nil || table.keys[caller.accessKeyID]?.record.serviceAccount != nil
  }

  /// Service accounts make or change no credentials of whom they belong to: those would go on without them.
  /// - Parameter owner: unique id of a user, or the account's digits for root.
  func checkCredentials(of owner: ByteString) throws(IAMError) {
    if isServiceAccount, owner == caller.caller.userID { throw .limitedCredentials }
  }

  // MARK: Accesses

  func access(_ action: IAMAction, user name: ByteString) -> IAMAccess {
    let record = findUser(name)?.record
    var access = IAMAccess(
      action, record.map(arn) ?? arn("user", path: "/", name: name), shown: ByteString("user \(name)"))
    access.resourceTags = record?.tags ?? []
    return access
  }

  func access(_ action: IAMAction, group name: ByteString) -> IAMAccess {
    let record = findGroup(name)?.record
    return IAMAccess(
      action, record.map(arn) ?? arn("group", path: "/", name: name), shown: ByteString("group \(name)"))
  }

  func access(_ action: IAMAction, role name: ByteString) -> IAMAccess {
    let record = findRole(name)?.record
    var access = IAMAccess(
      action, record.map(arn) ?? arn("role", path: "/", name: name), shown: ByteString("role \(name)"))
    access.resourceTags = record?.tags ?? []
    return access
  }

  func access(_ action: IAMAction, policy arn: ByteString) -> IAMAccess {
    var access = IAMAccess(action, arn, shown: ByteString("policy \(arn)"))
    access.resourceTags = findPolicy(arn)?.record.tags ?? []
    return access
  }

  func access(_ action: IAMAction, device serial: ByteString) -> IAMAccess {
    var access = IAMAccess(action, serial)
    access.resourceTags = findDevice(serial)?.record.tags ?? []
    return access
  }

  func access(_ action: IAMAction, provider arn: ByteString) -> IAMAccess {
    var access = IAMAccess(action, arn)
    access.resourceTags = findProvider(arn)?.record.tags ?? []
    return access
  }

  /// Of an action that is about no entity, such as ListUsers: AWS decides it on the ARN of the path.
  func access(_ action: IAMAction, path kind: String, _ prefix: ByteString?) -> IAMAccess {
    IAMAccess(action, arn(kind, path: prefix ?? "/", name: ""))
  }

  // MARK: Devices and providers

  /// `arn:aws:iam::account:mfa/path/name`
  func findDevice(_ serial: ByteString) -> IdentityEntry<MFADeviceRecord>? {
    let prefix = Array("arn:aws:iam::\(account):mfa/".utf8)
    guard serial.bytes.starts(with: prefix) else { return nil }
    // The slash belongs to the path.
    let name = ByteString(serial.bytes[(prefix.count - 1)...])
    guard let entry = table.mfaDevices[name.lowercasedASCII], self.serial(entry.record) == serial else { return nil }
    return entry
  }

  func serial(_ device: MFADeviceRecord) -> ByteString { arn("mfa", path: device.path, name: device.name) }

  func device(_ serial: ByteString) throws(IAMError) -> IdentityEntry<MFADeviceRecord> {
    guard let entry = findDevice(serial) else { throw .noSuchEntity(.mfaDevice(serial: serial)) }
    return entry
  }

  func findProvider(_ arn: ByteString) -> IdentityEntry<OIDCProviderRecord>? {
    let prefix = Array("arn:aws:iam::\(account):oidc-provider/".utf8)
    guard arn.bytes.starts(with: prefix) else { return nil }
    return table.oidcProviders[ByteString(arn.bytes[prefix.count...])]
  }

  func provider(_ arn: ByteString) throws(IAMError) -> IdentityEntry<OIDCProviderRecord> {
    guard let entry = findProvider(arn) else { throw .noSuchEntity(.oidcProvider(arn)) }
    return entry
  }

  func arn(_ provider: OIDCProviderRecord) -> ByteString { arn("oidc-provider/", path: "", name: provider.url) }
}

/// A managed policy, canned or the account's own.
enum AnyPolicy: Sendable {
  case own(IdentityEntry<PolicyRecord>)
  case canned(CannedPolicy)

  static var allCanned: [AnyPolicy] { CannedPolicy.allCases.map(AnyPolicy.canned) }

  static func arn(_ policy: CannedPolicy) -> ByteString { ByteString("arn:aws:iam::aws:policy/\(policy.name)") }

  func arn(_ table: IdentityTable) -> ByteString {
    switch self {
    case .own(let entry): table.arn(entry.record)
    case .canned(let policy): Self.arn(policy)
    }
  }

  var name: ByteString {
    switch self {
    case .own(let entry): entry.record.name
    case .canned(let policy): ByteString(policy.name)
    }
  }

  var document: ByteString {
    switch self {
    case .own(let entry): entry.record.document ?? ""
    case .canned(let policy): ByteString(policy.document)
    }
  }
}

/// The randomness of one request.
struct IAMEntropy: Sendable {
  private let bytes: [UInt8]

  init() throws(IAMError) {
    do throws(CryptographyError) {
      bytes = try SecureRandom.bytes(96)
    } catch {
      throw .internalFailure
    }
  }

  /// `AIDA` and its like with 17 characters: 85 random bits. Source: IAM User Guide, "IAM identifiers".
  func uniqueID(_ prefix: String) -> ByteString {
    ByteString(Array(prefix.utf8) + bytes[0..<17].map { Self.base32[Int($0 & 31)] })
  }

  /// `AKIA` with 16 characters.
  var accessKeyID: ByteString { ByteString(Array("AKIA".utf8) + bytes[17..<33].map { Self.base32[Int($0 & 31)] }) }

  /// 40 characters, as AWS's: 30 bytes in base 64.
  var secretAccessKey: [UInt8] { Array(Base64.encode(Array(bytes[33..<63])).utf8) }

  /// Of a TOTP device: 160 bits, as RFC 4226 section 4 recommends.
  var seed: [UInt8] { Array(bytes[63..<83]) }

  static let base32 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
}
