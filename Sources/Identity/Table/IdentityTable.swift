public import HashTreeCollections
public import IdentityStore
public import S3Model

/// Every identity record in force, with the indexes that the API and decisions need: immutable, persistent.
///
/// A change makes a new table that shares all but what changed with the old one, however many users there are. A record
/// that settings declare hides a stored one under the same key for as long as it is declared.
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
  /// Records that are there and cannot be read: out of force, until they are written anew or removed.
  public private(set) var unreadable = TreeDictionary<RecordKey, RecordFault>()

  private var userNames = TreeDictionary<ByteString, ByteString>()
  private var groupNames = TreeDictionary<ByteString, ByteString>()
  private var roleNames = TreeDictionary<ByteString, ByteString>()
  private var providerURLs = TreeDictionary<ByteString, ByteString>()
  /// Ids of keys that belong to somebody whom a provider vouched for.
  public private(set) var federatedKeys = TreeSet<ByteString>()
  private var keysOfOwner = TreeDictionary<ByteString, [ByteString]>()
  private var devicesOfUser = TreeDictionary<ByteString, [ByteString]>()
  private var membersOfGroup = TreeDictionary<ByteString, TreeSet<ByteString>>()
  private var attachments = TreeDictionary<ByteString, TreeSet<RecordKey>>()
  private var boundaryUses = TreeDictionary<ByteString, TreeSet<RecordKey>>()
  private var declared = TreeSet<RecordKey>()
  /// Stored records that declared ones hide.
  private var hidden = TreeDictionary<RecordKey, StoredRecord>()

  public init(account: AccountID) { self.account = account }

  // MARK: Look-up

  public func user(id: ByteString) -> IdentityEntry<UserRecord>? { userNames[id].flatMap { users[$0] } }
  public func group(id: ByteString) -> IdentityEntry<GroupRecord>? { groupNames[id].flatMap { groups[$0] } }
  public func role(id: ByteString) -> IdentityEntry<RoleRecord>? { roleNames[id].flatMap { roles[$0] } }
  /// - Parameter url: without `https://`, to the letter.
  public func openIDProvider(url: ByteString) -> OIDCProviderRecord? {
    oidcProviders[url].flatMap { $0.record.url == url ? $0.record : nil }
  }
  public func hasOpenIDProvider(id: ByteString) -> Bool { providerURLs[id] != nil }
  public var hasOpenIDProviders: Bool { !oidcProviders.isEmpty }
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
  /// - Throws: what cannot be read. The record that was in force is not any longer: see ``unreadable``.
  public mutating func apply(
    _ key: RecordKey, _ value: [UInt8]?, revision: StoreRevision?
  ) throws(RecordFault) {
    if let revision, declared.contains(key) {
      hidden[key] = value.map { StoredRecord(key: key, value: $0, revision: revision) }
      return
    }
    guard revision == nil else { return try set(key, value, revision) }
    if let value {
      if declared.insert(key).inserted, let (stored, revision) = stored(key) {
        hidden[key] = StoredRecord(key: key, value: stored, revision: revision)
      }
      try set(key, value, nil)
    } else if declared.remove(key) != nil {
      let stored = hidden.removeValue(forKey: key)
      try set(key, stored?.value, stored?.revision)
    } else {
      try set(key, nil, nil)
    }
  }

  /// Whether settings declare the record that is in force under a key.
  public func isDeclared(_ key: RecordKey) -> Bool { declared.contains(key) }

  /// Keys of all declared records.
  var declaredKeys: TreeSet<RecordKey> { declared }

  /// The stored record in force under a key; only kinds that can be declared.
  private func stored(_ key: RecordKey) -> (value: [UInt8], revision: StoreRevision)? {
    func record<Record>(_ entry: IdentityEntry<Record>?) -> ([UInt8], StoreRevision)? {
      guard let entry, let revision = entry.revision else { return nil }
      return (entry.record.value, revision)
    }
    switch key.kind {
    case .user: return record(users[key.name])
    case .group: return record(groups[key.name])
    case .role: return record(roles[key.name])
    case .policy: return record(policies[key.name])
    case .accessKey: return record(keys[key.name])
    case .oidcProvider: return record(oidcProviders[key.name])
    case .loginProfile, .mfaDevice, .mfaUse, .account, .revocation, .session, .keyUse: return nil
    }
  }

  private mutating func set(_ key: RecordKey, _ value: [UInt8]?, _ revision: StoreRevision?) throws(RecordFault) {
    if !unreadable.isEmpty { unreadable[key] = nil }
    do throws(RecordFault) {
      try put(key, value, revision)
    } catch {
      try put(key, nil, revision)
      unreadable[key] = error
      throw error
    }
  }

  private mutating func put(_ key: RecordKey, _ value: [UInt8]?, _ revision: StoreRevision?) throws(RecordFault) {
    switch key.kind {
    case .user: set(user: key.name, try Self.read(key, value, revision))
    case .group: set(group: key.name, try Self.read(key, value, revision))
    case .role: set(role: key.name, try Self.read(key, value, revision))
    case .policy: policies[key.name] = try Self.read(key, value, revision)
    case .accessKey: set(key: key.name, try readKey(key, value, revision))
    case .loginProfile: loginProfiles[key.name] = try Self.read(key, value, revision)
    case .mfaDevice: set(mfaDevice: key.name, try Self.read(key, value, revision))
    case .oidcProvider: set(oidcProvider: key.name, try Self.read(key, value, revision))
    case .account: accountRecord = try Self.read(key, value, revision)
    case .revocation: revocations[key.name] = try Self.read(key, value, revision)
    // Read in the store when they are asked for, never held.
    case .mfaUse, .session, .keyUse: break
    }
  }

  private static func read<Record: IdentityRecord>(
    _ key: RecordKey, _ value: [UInt8]?, _ revision: StoreRevision?
  ) throws(RecordFault) -> IdentityEntry<Record>? {
    guard let value else { return nil }
    let record = try Record(parsing: value)
    // A record that was moved must not become another's.
    guard record.key == key else { throw RecordFault(member: "") }
    return IdentityEntry(record, writtenAs: value, revision: revision, facts: record.facts)
  }

  /// Keys name their owner each; one copy of it is enough.
  private func readKey(
    _ key: RecordKey, _ value: [UInt8]?, _ revision: StoreRevision?
  ) throws(RecordFault) -> (record: KeyRecord, entry: IdentityEntry<KeyRecord>)? {
    guard let value else { return nil }
    let record = try KeyRecord(parsing: value)
    guard record.key == key else { throw RecordFault(member: "") }
    var facts = record.facts
    if let id = facts.userID { facts.userID = shared(id) }
    return (record, IdentityEntry(record, writtenAs: value, revision: revision, facts: facts))
  }

  /// A user's unique id in the memory of one that is there already.
  private func shared(_ id: ByteString) -> ByteString {
    if let index = userNames.index(forKey: id) { return userNames[index].key }
    if let index = keysOfOwner.index(forKey: id) { return keysOfOwner[index].key }
    return id
  }

  private mutating func set(user name: ByteString, _ entry: IdentityEntry<UserRecord>?) {
    let key = RecordKey(.user, name)
    if let old = users[name]?.record {
      Self.forget(old.uniqueID, of: name, &userNames)
      for group in old.groups { Self.remove(name, from: group, &membersOfGroup) }
      detach(key, old.policies, old.boundary)
    }
    users[name] = entry
    guard let user = entry?.record else { return }
    userNames[shared(user.uniqueID)] = name
    for group in user.groups { membersOfGroup[group, default: []].insert(name) }
    attach(key, user.policies, user.boundary)
  }

  private mutating func set(group name: ByteString, _ entry: IdentityEntry<GroupRecord>?) {
    let key = RecordKey(.group, name)
    if let old = groups[name] {
      Self.forget(old.record.uniqueID, of: name, &groupNames)
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
      Self.forget(old.record.uniqueID, of: name, &roleNames)
      detach(key, old.record.policies, old.record.boundary)
    }
    roles[name] = entry
    guard let role = entry?.record else { return }
    roleNames[role.uniqueID] = name
    attach(key, role.policies, role.boundary)
  }

  private mutating func set(key id: ByteString, _ new: (record: KeyRecord, entry: IdentityEntry<KeyRecord>)?) {
    if let old = keys[id] {
      Self.remove(id, from: old.facts.userID ?? ownerID(old.record.owner), &keysOfOwner)
      if old.facts.isFederated { federatedKeys.remove(id) }
    }
    keys[id] = new?.entry
    guard let new else { return }
    Self.insert(id, into: new.entry.facts.userID ?? ownerID(new.record.owner), &keysOfOwner)
    if new.entry.facts.isFederated { federatedKeys.insert(id) }
  }

  private mutating func set(mfaDevice name: ByteString, _ entry: IdentityEntry<MFADeviceRecord>?) {
    if let user = mfaDevices[name]?.record.assignment?.userID { Self.remove(name, from: user, &devicesOfUser) }
    mfaDevices[name] = entry
    if let user = entry?.record.assignment?.userID { Self.insert(name, into: user, &devicesOfUser) }
  }

  private mutating func set(oidcProvider name: ByteString, _ entry: IdentityEntry<OIDCProviderRecord>?) {
    if let old = oidcProviders[name] {
      Self.forget(old.record.uniqueID, of: name, &providerURLs)
    }
    oidcProviders[name] = entry
    if let provider = entry?.record { providerURLs[provider.uniqueID] = name }
  }

  /// A renamed record may have been put under its new name before the old one goes.
  private static func forget(
    _ id: ByteString, of name: ByteString, _ index: inout TreeDictionary<ByteString, ByteString>
  ) {
    if index[id] == name { index[id] = nil }
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
