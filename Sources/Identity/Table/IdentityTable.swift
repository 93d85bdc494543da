public import HashTreeCollections
public import IdentityStore
public import S3Model

/// Every identity record in force, with the indexes that the API and decisions need: immutable, persistent.
///
/// A change makes a new table that shares all but what changed with the old one, however many users there are. What the
/// settings declare goes in first and stays: a stored record under the same key is shadowed by it.
public struct IdentityTable: Sendable {
  public let account: AccountID

  /// By name in lower case.
  public private(set) var users = SortedMap<IdentityEntry<UserRecord>>()
  public private(set) var groups = SortedMap<IdentityEntry<GroupRecord>>()
  public private(set) var roles = SortedMap<IdentityEntry<RoleRecord>>()
  /// The account's own; canned ones are not records.
  public private(set) var policies = SortedMap<IdentityEntry<PolicyRecord>>()
  /// By ``RecordKey/name``.
  public private(set) var mfaDevices = SortedMap<IdentityEntry<MFADeviceRecord>>()
  public private(set) var oidcProviders = SortedMap<IdentityEntry<OIDCProviderRecord>>()
  /// By access key id.
  public private(set) var keys = TreeDictionary<ByteString, IdentityEntry<KeyRecord>>()
  /// By the user's unique id.
  public private(set) var loginProfiles = TreeDictionary<ByteString, IdentityEntry<LoginProfileRecord>>()
  /// By ``RecordKey/name``.
  public private(set) var revocations = TreeDictionary<ByteString, IdentityEntry<RevocationRecord>>()
  public private(set) var accountRecord: IdentityEntry<AccountRecord>?

  private var userNames = TreeDictionary<ByteString, ByteString>()
  private var groupNames = TreeDictionary<ByteString, ByteString>()
  private var roleNames = TreeDictionary<ByteString, ByteString>()
  private var providerURLs = TreeDictionary<ByteString, ByteString>()
  private var keysOfOwner = TreeDictionary<ByteString, [ByteString]>()
  private var devicesOfUser = TreeDictionary<ByteString, [ByteString]>()
  private var membersOfGroup = TreeDictionary<ByteString, TreeSet<ByteString>>()
  private var attachments = TreeDictionary<ByteString, TreeSet<RecordKey>>()
  private var boundaryUses = TreeDictionary<ByteString, TreeSet<RecordKey>>()

  public init(account: AccountID) { self.account = account }

  // MARK: Look-up

  public func user(id: ByteString) -> IdentityEntry<UserRecord>? { userNames[id].flatMap { users[$0] } }
  public func group(id: ByteString) -> IdentityEntry<GroupRecord>? { groupNames[id].flatMap { groups[$0] } }
  public func role(id: ByteString) -> IdentityEntry<RoleRecord>? { roleNames[id].flatMap { roles[$0] } }
  public func oidcProvider(id: ByteString) -> IdentityEntry<OIDCProviderRecord>? {
    providerURLs[id].flatMap { oidcProviders[$0] }
  }

  /// Access key ids that an owner has, service accounts included, in order.
  /// - Parameter owner: see ``ownerID(_:)``.
  public func keys(of owner: ByteString) -> [ByteString] { keysOfOwner[owner] ?? [] }

  /// Names (``RecordKey/name``) of the MFA devices enabled for a user, or for root under the account's digits.
  public func mfaDevices(of userID: ByteString) -> [ByteString] { devicesOfUser[userID] ?? [] }

  /// Names in lower case of a group's members, in no order.
  public func members(ofGroup id: ByteString) -> TreeSet<ByteString> { membersOfGroup[id] ?? [] }

  /// Users, groups and roles that a managed policy is attached to.
  public func attachments(ofPolicy arn: ByteString) -> TreeSet<RecordKey> { attachments[arn] ?? [] }
  /// Users and roles whose permissions boundary it is.
  public func boundaryUses(ofPolicy arn: ByteString) -> TreeSet<RecordKey> { boundaryUses[arn] ?? [] }

  /// Names an owner of keys: a user's unique id, the account's digits for root, provider and subject for a federated
  /// identity.
  public func ownerID(_ owner: KeyRecord.Owner) -> ByteString {
    switch owner {
    case .user(let id): id
    case .root: account.bytes
    case .federated(let parent):
      ByteString(parent.providerID.bytes + [UInt8(ascii: "\n")] + parent.subject.bytes)
    }
  }

  public func arn(_ policy: PolicyRecord) -> ByteString {
    ByteString("arn:aws:iam::\(account):policy\(policy.path)\(policy.name)")
  }

  // MARK: Change

  /// Puts one record in force, or takes it out.
  /// - Parameters:
  ///   - revision: nil for a declared record.
  ///   - value: nil when the record is gone.
  /// - Throws: what cannot be read; nothing is changed then.
  public mutating func apply(
    _ key: RecordKey, _ value: [UInt8]?, revision: StoreRevision?
  ) throws(RecordFault) {
    switch key.kind {
    case .user: try put(key, value, revision, Self.read) { $0.set(user: $1, $2) }
    case .group: try put(key, value, revision, Self.read) { $0.set(group: $1, $2) }
    case .role: try put(key, value, revision, Self.read) { $0.set(role: $1, $2) }
    case .policy:
      try put(key, value, revision, Self.read) { (table, name, entry: IdentityEntry<PolicyRecord>?) in
        if let old = table.policies[name], old.isDeclared { return }
        table.policies[name] = entry
      }
    case .accessKey: try put(key, value, revision, Self.read) { $0.set(key: $1, $2) }
    case .loginProfile:
      try put(key, value, revision, Self.read) { (table, name, entry: IdentityEntry<LoginProfileRecord>?) in
        table.loginProfiles[name] = entry
      }
    case .mfaDevice: try put(key, value, revision, Self.read) { $0.set(mfaDevice: $1, $2) }
    case .oidcProvider: try put(key, value, revision, Self.read) { $0.set(oidcProvider: $1, $2) }
    case .account:
      try put(key, value, revision, Self.read) { (table, _, entry: IdentityEntry<AccountRecord>?) in
        table.accountRecord = entry
      }
    case .revocation:
      try put(key, value, revision, Self.read) { (table, name, entry: IdentityEntry<RevocationRecord>?) in
        table.revocations[name] = entry
      }
    // Read in the store when they are asked for, never held.
    case .mfaUse, .session, .keyUse: break
    }
  }

  private static func read<Record: IdentityRecord>(
    _ key: RecordKey, _ value: [UInt8], _ revision: StoreRevision?
  ) throws(RecordFault) -> IdentityEntry<Record> {
    let record = try Record(parsing: value)
    // A record that was moved must not become another's.
    guard record.key == key else { throw RecordFault(member: "") }
    return IdentityEntry(record, revision: revision)
  }

  private mutating func put<Record: IdentityRecord>(
    _ key: RecordKey, _ value: [UInt8]?, _ revision: StoreRevision?,
    _ read: (RecordKey, [UInt8], StoreRevision?) throws(RecordFault) -> IdentityEntry<Record>,
    _ set: (inout IdentityTable, ByteString, IdentityEntry<Record>?) -> Void
  ) throws(RecordFault) {
    guard let value else { return set(&self, key.name, nil) }
    set(&self, key.name, try read(key, value, revision))
  }

  private mutating func set(user name: ByteString, _ entry: IdentityEntry<UserRecord>?) {
    let key = RecordKey(.user, name)
    if let old = users[name] {
      if old.isDeclared { return }
      userNames[old.record.uniqueID] = nil
      for group in old.record.groups { Self.remove(name, from: group, &membersOfGroup) }
      detach(key, old.record.policies, old.record.boundary)
    }
    users[name] = entry
    guard let user = entry?.record else { return }
    userNames[user.uniqueID] = name
    for group in user.groups { membersOfGroup[group, default: []].insert(name) }
    attach(key, user.policies, user.boundary)
  }

  private mutating func set(group name: ByteString, _ entry: IdentityEntry<GroupRecord>?) {
    let key = RecordKey(.group, name)
    if let old = groups[name] {
      if old.isDeclared { return }
      groupNames[old.record.uniqueID] = nil
      detach(key, old.record.policies, nil)
    }
    groups[name] = entry
    guard let group = entry?.record else { return }
    groupNames[group.uniqueID] = name
    attach(key, group.policies, nil)
  }

  private mutating func set(role name: ByteString, _ entry: IdentityEntry<RoleRecord>?) {
    let key = RecordKey(.role, name)
    if let old = roles[name] {
      if old.isDeclared { return }
      roleNames[old.record.uniqueID] = nil
      detach(key, old.record.policies, old.record.boundary)
    }
    roles[name] = entry
    guard let role = entry?.record else { return }
    roleNames[role.uniqueID] = name
    attach(key, role.policies, role.boundary)
  }

  private mutating func set(key id: ByteString, _ entry: IdentityEntry<KeyRecord>?) {
    if let old = keys[id] {
      if old.isDeclared { return }
      Self.remove(id, from: ownerID(old.record.owner), &keysOfOwner)
    }
    keys[id] = entry
    if let record = entry?.record { Self.insert(id, into: ownerID(record.owner), &keysOfOwner) }
  }

  private mutating func set(mfaDevice name: ByteString, _ entry: IdentityEntry<MFADeviceRecord>?) {
    if let user = mfaDevices[name]?.record.assignment?.userID { Self.remove(name, from: user, &devicesOfUser) }
    mfaDevices[name] = entry
    if let user = entry?.record.assignment?.userID { Self.insert(name, into: user, &devicesOfUser) }
  }

  private mutating func set(oidcProvider name: ByteString, _ entry: IdentityEntry<OIDCProviderRecord>?) {
    if let old = oidcProviders[name] {
      if old.isDeclared { return }
      providerURLs[old.record.uniqueID] = nil
    }
    oidcProviders[name] = entry
    if let provider = entry?.record { providerURLs[provider.uniqueID] = name }
  }

  private mutating func attach(_ key: RecordKey, _ policies: [ByteString], _ boundary: ByteString?) {
    for arn in policies { attachments[arn, default: []].insert(key) }
    if let boundary { boundaryUses[boundary, default: []].insert(key) }
  }

  private mutating func detach(_ key: RecordKey, _ policies: [ByteString], _ boundary: ByteString?) {
    for arn in policies { Self.remove(key, from: arn, &attachments) }
    if let boundary { Self.remove(key, from: boundary, &boundaryUses) }
  }

  private static func remove<Element>(
    _ element: Element, from key: ByteString, _ index: inout TreeDictionary<ByteString, TreeSet<Element>>
  ) {
    guard var set = index.removeValue(forKey: key) else { return }
    set.remove(element)
    if !set.isEmpty { index[key] = set }
  }

  private static func insert(
    _ element: ByteString, into key: ByteString, _ index: inout TreeDictionary<ByteString, [ByteString]>
  ) {
    var list = index[key] ?? []
    list.insert(element, at: list.firstIndex { element < $0 } ?? list.count)
    index[key] = list
  }

  private static func remove(
    _ element: ByteString, from key: ByteString, _ index: inout TreeDictionary<ByteString, [ByteString]>
  ) {
    guard var list = index[key] else { return }
    list.removeAll { $0 == element }
    index[key] = list.isEmpty ? nil : list
  }
}
