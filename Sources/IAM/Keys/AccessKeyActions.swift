import Authorization
import Cryptography
import HashTreeCollections
import Identity
import IdentityStore
import S3Model
import S3Wire

/// The actions on a user's own access keys. Root's key is none of them: it lives outside the store.
extension IAMScope {
  /// A user's own keys, service accounts left out.
  func ownKeys(of user: UserRecord) -> [IdentityEntry<KeyRecord>] {
    table.keys(of: user.uniqueID).compactMap { table.keys[$0] }.filter { $0.record.serviceAccount == nil }
  }

  /// One of a user's own keys.
  func ownKey(_ id: ByteString, of name: ByteString) throws(IAMError) -> IdentityEntry<KeyRecord> {
    let user = try user(name).record
    guard let key = ownKeys(of: user).first(where: { $0.record.accessKeyID == id }) else {
      throw .noSuchEntity(.accessKey(id))
    }
    return key
  }

  /// Seals a new secret for a key.
  func seal(_ secret: [UInt8], _ owner: RecordKey, member: String = "secret") throws(IAMError) -> SealedSecret {
    do throws(CryptographyError) {
      return try sealer.seal(secret, owner: owner, member: member)
    } catch {
      throw .internalFailure
    }
  }

  /// An access key id that nobody has.
  func newKeyID() throws(IAMError) -> ByteString {
    let id = entropy.accessKeyID
    guard table.keys[id] == nil, !isReserved(id) else { throw .internalFailure }
    return id
  }
}

struct CreateAccessKey: IAMEditing {
  static let action = IAMAction.createAccessKey
  let name: ByteString?

  init(_ checker: inout ParameterChecker) { name = checker.optionalUserName() }

  func accesses(_ scope: IAMScope) throws(IAMError) -> [IAMAccess] {
    [scope.access(Self.action, user: try scope.userName(name))]
  }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let name = try scope.userName(name)
    let entry = try scope.user(name)
    try scope.checkCredentials(of: entry.record.uniqueID)
    guard scope.ownKeys(of: entry.record).count < IAMQuota.accessKeysPerUser.value else {
      throw .limitExceeded(.accessKeysPerUser)
    }
    let id = try scope.newKeyID()
    let secret = scope.entropy.secretAccessKey
    let key = KeyRecord(
      accessKeyID: id, owner: .user(entry.record.uniqueID), secret: try scope.seal(secret, RecordKey(.accessKey, id)),
      created: scope.now)
    change.put(key, over: nil)
    change.keep(entry)
    return IAMAnswer { writer in
      writer.open("AccessKey")
      writer.element("UserName", entry.record.name)
      writer.element("AccessKeyId", id)
      writer.element("Status", "Active" as StaticString)
      writer.element("SecretAccessKey", secret)
      writer.date("CreateDate", scope.now)
      writer.close("AccessKey")
    }
  }
}

struct ListAccessKeys: IAMReading {
  static let action = IAMAction.listAccessKeys
  let name: ByteString?
  let page: IAMPage

  init(_ checker: inout ParameterChecker) {
    name = checker.optionalUserName()
    page = IAMPage(&checker)
  }

  func accesses(_ scope: IAMScope) throws(IAMError) -> [IAMAccess] {
    if name == nil, scope.isRoot { return [IAMAccess(Self.action, ARN.root(account: scope.account))] }
    return [scope.access(Self.action, user: try scope.userName(name))]
  }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    var page = page
    var keys: [KeyRecord] = []
    var owner: ByteString = ""
    if name != nil || !scope.isRoot {
      let user = try scope.user(try scope.userName(name)).record
      owner = user.name
      keys = page.take(scope.ownKeys(of: user).map(\.record)) { $0.accessKeyID }
    }
    return IAMAnswer { writer in
      writer.list("AccessKeyMetadata", keys) { key, writer in
        writer.element("UserName", owner)
        writer.element("AccessKeyId", key.accessKeyID)
        writer.element("Status", key.isActive ? "Active" as StaticString : "Inactive")
        writer.date("CreateDate", key.created)
      }
      writer.page(page)
    }
  }
}

enum KeyStatus: String, CaseIterable {
  case active = "Active"
  case inactive = "Inactive"
  /// AWS's model has it; nobody can set it.
  case expired = "Expired"
}

struct UpdateAccessKey: IAMEditing {
  static let action = IAMAction.updateAccessKey
  let name: ByteString?
  let id: ByteString
  let status: KeyStatus?

  init(_ checker: inout ParameterChecker) {
    name = checker.optionalUserName()
    id = checker.accessKeyID()
    status = checker.requiredChoice("Status")
    if status == .expired { checker.refuse(.invalidInput, "A key's status can be set to Active or Inactive.") }
  }

  func endsWithCredentials(_ scope: IAMScope) -> Bool { status == .inactive }

  func accesses(_ scope: IAMScope) throws(IAMError) -> [IAMAccess] {
    [scope.access(Self.action, user: try scope.userName(name))]
  }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try scope.ownKey(id, of: try scope.userName(name))
    guard !entry.isDeclared else { throw .declared(.accessKey(id)) }
    var key = entry.record
    if status == .active, case .user(let owner) = key.owner { try scope.checkCredentials(of: owner) }
    key.isActive = status == .active
    if key.isActive != entry.record.isActive { change.put(key, over: entry) }
    return .none
  }
}

struct DeleteAccessKey: IAMEditing {
  static let action = IAMAction.deleteAccessKey
  let name: ByteString?
  let id: ByteString

  init(_ checker: inout ParameterChecker) {
    name = checker.optionalUserName()
    id = checker.accessKeyID()
  }

  func endsWithCredentials(_ scope: IAMScope) -> Bool { true }

  func accesses(_ scope: IAMScope) throws(IAMError) -> [IAMAccess] {
    [scope.access(Self.action, user: try scope.userName(name))]
  }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try scope.ownKey(id, of: try scope.userName(name))
    guard !entry.isDeclared else { throw .declared(.accessKey(id)) }
    change.remove(entry)
    return .none
  }
}

/// When a key was last used, which the store knows and the table does not.
struct GetAccessKeyLastUsed: IAMOperation {
  static let action = IAMAction.getAccessKeyLastUsed
  let id: ByteString

  init(_ checker: inout ParameterChecker) { id = checker.accessKeyID() }

  func endsWithCredentials(_ scope: IAMScope) -> Bool { true }

  private func owner(_ scope: IAMScope) -> UserRecord? {
    guard case .user(let owner)? = scope.table.keys[id]?.record.owner else { return nil }
    return scope.table.user(id: owner)?.record
  }

  /// A key that nobody has is decided like any: whoever may ask of all users learns that it is not there.
  func accesses(_ scope: IAMScope) -> [IAMAccess] {
    guard let owner = owner(scope) else { return [IAMAccess(Self.action, "*", shown: ByteString("access key \(id)"))] }
    var access = scope.access(Self.action, user: owner.name)
    access.shown = ByteString("access key \(id)")
    return [access]
  }

  func run(_ run: IAMRun) async throws -> IAMAnswer {
    let scope = run.scope(run.editor.table)
    try run.confirm(self, scope)
    guard let owner = owner(scope) else { throw IAMError.noSuchEntity(.accessKey(id)) }
    let use = try await run.read(KeyUseRecord.self, RecordKey(.keyUse, id))
    return IAMAnswer { writer in
      writer.element("UserName", owner.name)
      writer.open("AccessKeyLastUsed")
      writer.optionalDate("LastUsedDate", use?.time)
      writer.element("ServiceName", use?.service ?? "N/A")
      writer.element("Region", use?.region ?? "N/A")
      writer.close("AccessKeyLastUsed")
    }
  }
}

extension IAMRun {
  /// A record that is only in the store.
  func read<Record: IdentityRecord>(_ type: Record.Type, _ key: RecordKey) async throws -> Record? {
    guard let stored = try await editor.store.readings([key]).records.first(where: { $0.key == key }) else {
      return nil
    }
    do throws(RecordFault) {
      return try Record(parsing: stored.value)
    } catch {
      throw IAMError.store(.corrupt(key: key, reason: error.member))
    }
  }
}
