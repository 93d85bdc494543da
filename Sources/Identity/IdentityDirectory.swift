public import Authorization
import Cryptography
import HashTreeCollections
public import IAMPolicy
public import IdentityStore
public import S3Model
public import Settings
import SigV4

/// Everybody who may come: the root user, what the settings declare and what the store holds. Immutable in a snapshot;
/// a changed copy shares all but what changed, however many identities there are.
public struct IdentityDirectory: StoredIdentities {
  /// The records in force.
  public private(set) var table: IdentityTable
  /// Sessions that are over, as ``table`` says it.
  public private(set) var revocations = RevocationRules()
  /// Whether everything is known that there is. Until then nobody can say that a key is none, or that a session was not
  /// revoked.
  public var isComplete = true
  private var compiled = CompiledRecords()
  /// Nil where nobody's secrets are known.
  private let rootKey: RootKey?
  let root: Caller
  let sealing: Sealing
  /// What the settings declare.
  private let declared: [RecordKey: [UInt8]]
  /// The identity providers that the settings declare, by unique id.
  private let providers: [ByteString: FederatedProvider]
  let report: @Sendable (IdentityFault) -> Void

  public var account: AccountID { table.account }

  /// Root and what the settings declare, the secrets and policies read that they name.
  /// - Parameters:
  ///   - sealer: opens the secrets of records.
  ///   - report: told what is wrong with records, whenever it is met; from any thread.
  /// - Throws: `settings` with all mistakes at once.
  public init(
    _ settings: GatewaySettings, root: RootCredentials, sealer: SecretSealer,
    report: @escaping @Sendable (IdentityFault) -> Void = { _ in }
  ) throws(IdentityError) {
    let rootKey = RootKey(root)
    self.init(
      try DeclaredIdentities(settings, secrets: (rootKey, sealer)), rootKey: rootKey, sealer: sealer, report: report)
  }

  private init(
    _ declared: DeclaredIdentities, rootKey: RootKey?, sealer: SecretSealer?,
    report: @escaping @Sendable (IdentityFault) -> Void
  ) {
    table = IdentityTable(account: declared.account)
    self.declared = declared.records
    self.rootKey = rootKey
    providers = declared.providers
    root = Caller(principal: Principal(.root(declared.account)), userID: declared.account.bytes)
    sealing = Sealing(sealer)
    self.report = report
    declare()
  }

  /// Who is declared and what they may do, without their secrets: for deciding about requests that others have verified.
  /// - Throws: `settings` with all mistakes at once.
  public static func authorization(_ settings: GatewaySettings) throws(IdentityError) -> AuthorizationSnapshot {
    let declared = try DeclaredIdentities(settings, secrets: nil)
    return IdentityDirectory(declared, rootKey: nil, sealer: nil, report: { _ in }).authorization
  }

  // MARK: Change

  /// Takes records as the store has them, for the first time.
  public mutating func load(_ records: [StoredRecord]) {
    for record in records { apply(record.key, record.value, revision: record.revision) }
  }

  /// Takes changes, whole transactions of them; a nil value is a removal. Costs by the changes, not by what there is.
  public mutating func apply(_ changes: [RecordChange]) {
    for change in changes { apply(change.key, change.value, revision: change.revision) }
  }

  public var withoutStored: IdentityDirectory {
    var copy = self
    copy.table = IdentityTable(account: account)
    copy.revocations = RevocationRules()
    copy.compiled = CompiledRecords()
    copy.declare()
    return copy
  }

  public func applying(_ changes: [RecordChange]) -> IdentityDirectory {
    var copy = self
    copy.apply(changes)
    return copy
  }

  /// These settings, with the stored records of another directory of the same account.
  public func keepingStored(of other: IdentityDirectory) -> IdentityDirectory {
    var copy = self
    copy.table = other.table
    copy.revocations = other.revocations
    copy.compiled = other.compiled
    copy.isComplete = other.isComplete
    copy.declare()
    return copy
  }

  private mutating func declare() {
    for key in table.declaredKeys where declared[key] == nil { apply(key, nil, revision: nil) }
    for (key, value) in declared { apply(key, value, revision: nil) }
  }

  private mutating func apply(_ key: RecordKey, _ value: [UInt8]?, revision: StoreRevision?) {
    do throws(RecordFault) {
      try table.apply(key, value, revision: revision)
    } catch {
      report(.unreadable(key, error))
    }
    switch key.kind {
    case .policy, .group, .role: compiled.follow(key, in: table, report)
    case .revocation: follow(revocation: key)
    case .user, .accessKey: if value != nil, isReserved(key.name) { report(.reservedName(key)) }
    case .loginProfile, .mfaDevice, .mfaUse, .oidcProvider, .account, .session, .keyUse: break
    }
  }

  private mutating func follow(revocation key: RecordKey) {
    guard let subject = RevocationRules.Subject(recordName: key.name) else { return }
    if table.unreadable[key] != nil {
      // Whatever it ended must not come back.
      revocations[subject] = .max
    } else {
      revocations[subject] = table.revocations[key.name]?.record.issuedBefore
    }
  }

  // MARK: Look-up

  /// Who may do what. Bucket policies are for the gateway to add.
  public var authorization: AuthorizationSnapshot { AuthorizationSnapshot(account: account, principals: self) }

  /// The key of an id, nil for none.
  ///
  /// One look-up in a hash table whose seed is random. AWS tells clients apart whether an id exists
  /// (`InvalidAccessKeyId`) or its signature is wrong, so there is nothing that its duration could add.
  public func accessKey(_ id: ByteString) -> AccessKey? {
    if let rootKey, rootKey.isReserved(id) {
      return id == rootKey.accessKeyID ? AccessKey(content: .root(rootKey.secret)) : nil
    }
    return table.keys[id].map { AccessKey(content: .recorded($0)) }
  }

  /// Whether nothing may have a name because it is that of the root user's access key, case not counted.
  public func isReserved(_ name: ByteString) -> Bool { rootKey?.isReserved(name) ?? false }

  /// What may change while a key lives, to be asked on every request; whether its owner exists, deriving the caller
  /// tells.
  /// - Parameter now: in seconds since 1970.
  func checkStatus(_ key: IdentityEntry<KeyRecord>, atSeconds now: Int64) throws(KeyRefusal) {
    let facts = key.facts
    guard facts.isActive else { throw .inactive }
    guard now < facts.expires else { throw .expired }
    // Declared keys have no moment of creation, and their age is the operator's matter.
    if !key.isDeclared, let oldest = keyAgeSecondsMax {
      let (end, overflows) = facts.created.addingReportingOverflow(oldest)
      if !overflows, now >= end { throw .tooOld }
    }
    // It stands for a session that began when the account was made.
    if facts.isFederated, !revocations.isEmpty, case .federated(let parent) = key.record.owner,
      isRevoked(.role(parent.roleID), facts.created) || isRevoked(.provider(parent.providerID), facts.created)
    {
      throw .revoked
    }
  }

  private func isRevoked(_ subject: RevocationRules.Subject, _ created: Int64) -> Bool {
    guard let before = revocations[subject] else { return false }
    let (milliseconds, overflows) = created.multipliedReportingOverflow(by: 1000)
    return overflows || milliseconds < before
  }

  /// Nil: keys do not grow too old. What the account says and cannot be read is taken to be the strictest.
  private var keyAgeSecondsMax: Int64? {
    if let record = table.accountRecord?.record { return record.keyAgeSecondsMax }
    return table.unreadable[.account] == nil ? nil : 0
  }

  /// Whether sessions that a key has made still count: it is there, its owner's, and would be let in itself.
  /// - Parameters:
  ///   - owner: unique id of the user, or the account's digits for root.
  ///   - now: in seconds since 1970.
  public func isUsable(issuingKey id: ByteString, of owner: ByteString, atSeconds now: Int64) -> Bool {
    guard let key = accessKey(id) else { return false }
    guard let entry = key.entry else { return owner == account.bytes }
    // Service accounts make no sessions.
    guard entry.facts.userID == owner, !entry.facts.isServiceAccount else { return false }
    do throws(KeyRefusal) {
      try checkStatus(entry, atSeconds: now)
      return true
    } catch {
      return false
    }
  }

  func group(id: ByteString) -> CompiledRecords.Group? {
    table.group(id: id).flatMap { compiled.groups[$0.record.name.lowercasedASCII] }
  }
}

extension IdentityDirectory: PrincipalDirectory {
  public func hasUser(_ id: ByteString) -> Bool { userEntry(id) != nil }
  public func hasRole(_ id: ByteString) -> Bool { table.role(id: id) != nil }

  public func user(id: ByteString) -> Caller? { userEntry(id).map(caller) }

  public func user(named name: ByteString) -> Caller? {
    isReserved(name) ? nil : table.users[name.lowercasedASCII].map(caller)
  }

  public func role(named name: ByteString) -> AuthorizationSnapshot.Role? {
    compiled.roles[name.lowercasedASCII].map(role)
  }

  public func role(id: ByteString) -> AuthorizationSnapshot.Role? {
    table.role(id: id).flatMap { compiled.roles[$0.record.name.lowercasedASCII] }.map(role)
  }

  public func role(arn: ByteString) -> AuthorizationSnapshot.Role? {
    guard let role = compiled.roles[Self.name(ofARN: arn)], role.arn == arn else { return nil }
    return self.role(role)
  }

  public func managedPolicy(arn: ByteString) -> CompiledPolicy? {
    if let canned = CannedPolicy.compiled(arn: arn) { return canned }
    guard let managed = compiled.managed[Self.name(ofARN: arn)], managed.arn == arn else { return nil }
    return managed.policy
  }

  public func managedPolicy(named name: ByteString) -> CompiledPolicy? {
    CannedPolicy.compiled(named: name) ?? compiled.managed[name.lowercasedASCII]?.policy
  }

  public func federatedProvider(id: ByteString) -> FederatedProvider? { providers[id] }

  /// The unique id of a provider that the settings declare.
  public func declaredProviderID(arn: ByteString) -> ByteString? { providers.values.first { $0.arn == arn }?.id }

  /// The people of a provider, by its unique id, whose service accounts live here.
  public func serviceAccountSubjects(ofProvider id: ByteString) -> Set<ByteString> {
    var subjects: Set<ByteString> = []
    for key in table.federatedKeys {
      guard case .federated(let parent) = table.keys[key]?.record.owner, parent.providerID == id else { continue }
      subjects.insert(parent.subject)
    }
    return subjects
  }

  /// The ARN of a provider that the settings declare or the store has.
  public func providerARN(id: ByteString) -> ByteString? {
    if let declared = providers[id] { return declared.arn }
    return table.oidcProvider(id: id).map { ByteString("arn:aws:iam::\(account):oidc-provider/\($0.record.url)") }
  }

  /// A user's record, unless its name makes it nobody.
  func userEntry(_ id: ByteString) -> IdentityEntry<UserRecord>? {
    guard let entry = table.user(id: id), !isReserved(entry.record.name) else { return nil }
    return entry
  }

  private func caller(_ entry: IdentityEntry<UserRecord>) -> Caller {
    let record = entry.record
    return caller(record, inline: CompiledRecords.compile(record.inline, of: record.key, report))
  }

  /// - Parameter inline: of the user itself, compiled.
  func caller(_ user: UserRecord, inline: [CompiledPolicy]) -> Caller {
    let key = user.key
    var attached = attached(user.policies, inline, of: key)
    var groups: [ByteString] = []
    for id in user.groups {
      guard let group = group(id: id) else {
        // A group that is gone has no members. One that cannot be read has, and denies.
        if isAnyGroupUnreadable { attached.append((.denial(name: id.text), .group(id.text, isInline: false))) }
        continue
      }
      let record = group.entry.record
      groups.append(record.name)
      attached += self.attached(record.policies, group.inline, of: record.key).map { policy, origin in
        (policy, .group(record.name.text, isInline: origin == .inline))
      }
    }
    attached = Self.distinct(attached)
    return Caller(
      principal: Principal(.user(arn: ARN.user(user.name.text, path: user.path.text, account: account), account)),
      userID: user.uniqueID, userName: user.name,
      policies: IdentityPolicies(
        attached: attached.map(\.policy), origins: attached.map(\.origin),
        boundary: user.boundary.map { managed($0, of: key) }),
      tags: user.tags.map { PrincipalTag(key: $0.key, value: $0.value) }, groups: groups)
  }

  private func role(_ role: CompiledRecords.Role) -> AuthorizationSnapshot.Role {
    let record = role.entry.record
    let attached = Self.distinct(attached(record.policies, role.inline, of: record.key))
    return AuthorizationSnapshot.Role(
      uniqueID: record.uniqueID, arn: role.arn, name: record.name, trustPolicy: role.trust,
      sessionSecondsMax: Int(clamping: record.sessionSecondsMax),
      policies: IdentityPolicies(
        attached: attached.map(\.policy), origins: attached.map(\.origin),
        boundary: record.boundary.map { managed($0, of: record.key) }),
      tags: record.tags.map { PrincipalTag(key: $0.key, value: $0.value) })
  }

  /// A policy that a record refers to. One that is gone denies: it may have been there to deny.
  private func managed(_ arn: ByteString, of key: RecordKey) -> CompiledPolicy {
    if let policy = managedPolicy(arn: arn) { return policy }
    report(.unknownPolicy(key, arn: arn))
    return .denial(name: arn.text)
  }

  private var isAnyGroupUnreadable: Bool { table.unreadable.keys.contains { $0.kind == .group } }

  /// What stands behind the last slash, in lower case; whoever finds something under it compares the whole ARN.
  private static func name(ofARN arn: ByteString) -> ByteString {
    ByteString(arn.bytes[((arn.bytes.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...]).lowercasedASCII
  }

  private typealias Attached = (policy: CompiledPolicy, origin: PolicyOrigin)

  private func attached(_ arns: [ByteString], _ inline: [CompiledPolicy], of key: RecordKey) -> [Attached] {
    arns.map { (managed($0, of: key), .managed) } + inline.map { ($0, .inline) }
  }

  /// A policy attached twice, as by two groups, is evaluated once.
  private static func distinct(_ policies: [Attached]) -> [Attached] {
    var seen: Set<ObjectIdentifier> = []
    return policies.filter { seen.insert(ObjectIdentifier($0.policy)).inserted }
  }
}

/// The root user's key, which is no record.
final class RootKey: Sendable {
  let accessKeyID: ByteString
  let secret: SigningSecret

  init(_ root: RootCredentials) {
    accessKeyID = root.accessKeyID
    secret = SigningSecret(accessKeyID: root.accessKeyID, bytes: root.secretAccessKey.withBytes { Array($0) })
  }

  func isReserved(_ name: ByteString) -> Bool {
    name.count == accessKeyID.count
      && zip(name.bytes, accessKeyID.bytes).allSatisfy { Self.folded($0) == Self.folded($1) }
  }

  private static func folded(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }
}

/// What opens secrets; another one, as after a change of the key ring, makes caches forget what was opened.
final class Sealing: Sendable {
  /// Nil where nobody's secrets are known.
  let sealer: SecretSealer?

  init(_ sealer: SecretSealer?) { self.sealer = sealer }
}

extension SigningSecret {
  /// Its revision follows from the secret without giving it away: the same for one secret after every reload and on
  /// every node, else another.
  convenience init(accessKeyID: ByteString, bytes: [UInt8]) {
    let mac = HMACSHA256Key(bytes).authenticate(Array("martlet secret revision".utf8))
    self.init(
      accessKeyID: accessKeyID, secretAccessKey: bytes,
      revision: mac.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
  }
}

extension RevocationRules.Subject {
  /// - Parameter name: ``RecordKey/name`` of a revocation, `subject/id`.
  init?(recordName name: ByteString) {
    guard let slash = name.bytes.firstIndex(of: UInt8(ascii: "/")),
      let subject = RevocationRecord.Subject(rawValue: String(decoding: name.bytes[..<slash], as: UTF8.self))
    else { return nil }
    let id = ByteString(name.bytes[(slash + 1)...])
    switch subject {
    case .session: self = .session(id)
    case .principal: self = .principal(id)
    case .role: self = .role(id)
    case .provider: self = .provider(id)
    case .issuingKey: self = .issuingKey(id)
    }
  }
}

extension KeyRing {
  /// Seals secrets of records with this ring.
  public var sealer: SecretSealer {
    SecretSealer(sealingKeyID: sealing.id, sealingKey: sealing.key) { key($0) }
  }
}
