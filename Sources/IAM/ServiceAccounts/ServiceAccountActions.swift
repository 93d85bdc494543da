import Authorization
import HashTreeCollections
import IAMPolicy
import Identity
import IdentityStore
import S3Model
import S3Wire

/// Service accounts: access keys that belong to a user, root, or somebody whom an identity provider vouched for, with
/// the parent's permissions or less. Martlet's own actions, in AWS's style.
///
/// They are decided on the parent's ARN, as a user's access keys are; root's belong to root alone.
enum ServiceAccountParent: Sendable {
  case user(IdentityEntry<UserRecord>)
  case root
  case federated(FederatedParent)

  var owner: KeyRecord.Owner {
    switch self {
    case .user(let entry): .user(entry.record.uniqueID)
    case .root: .root
    case .federated(let parent): .federated(parent)
    }
  }
}

extension IAMScope {
  /// Whom a request is about: the named user, else the caller.
  func parent(_ name: ByteString?) throws(IAMError) -> ServiceAccountParent {
    if let name { return .user(try user(name)) }
    if isRoot { return .root }
    if let user = callingUser { return .user(user) }
    if let parent = caller.federatedParent { return .federated(parent) }
    throw .userNameNeeded
  }

  func access(_ action: IAMAction, parentOf name: ByteString?) throws(IAMError) -> IAMAccess {
    if let name { return access(action, user: name) }
    if isRoot { return IAMAccess(action, ARN.root(account: account)) }
    if case .user = caller.caller.principal.kind { return access(action, user: try userName(nil)) }
    if let parent = caller.federatedParent { return access(action, ownerOf: .federated(parent), "*") }
    throw .userNameNeeded
  }

  /// The access of an action on one service account: decided on whoever it belongs to.
  func access(_ action: IAMAction, serviceAccount id: ByteString) -> IAMAccess {
    guard let key = table.keys[id]?.record, key.serviceAccount != nil else {
      return IAMAccess(action, "*", shown: ByteString("service account \(id)"))
    }
    var access = access(action, ownerOf: key.owner, id)
    access.shown = ByteString("service account \(id)")
    return access
  }

  private func access(_ action: IAMAction, ownerOf owner: KeyRecord.Owner, _ id: ByteString) -> IAMAccess {
    switch owner {
    case .user(let id):
      guard let user = table.user(id: id)?.record else { return IAMAccess(action, "*") }
      return access(action, user: user.name)
    case .root: return IAMAccess(action, ARN.root(account: account))
    case .federated(let parent):
      if let role = table.role(id: parent.roleID)?.record { return access(action, role: role.name) }
      // Without a role they are named like their sessions; nobody else's ARN is known here.
      if parent.roleID.isEmpty, let own = caller.federatedParent, own.roleID.isEmpty,
        own.providerID == parent.providerID, own.subject == parent.subject
      {
        return IAMAccess(action, self.caller.arn)
      }
      return IAMAccess(action, "*")
    }
  }

  /// A service account that the caller may see at all: root's is root's own, a federated person's is that person's
  /// unless the caller is root.
  func serviceAccount(_ id: ByteString) throws(IAMError) -> IdentityEntry<KeyRecord> {
    guard let entry = table.keys[id], entry.record.serviceAccount != nil else {
      throw .noSuchEntity(.serviceAccount(id))
    }
    switch entry.record.owner {
    case .user: return entry
    case .root: if isUnlimitedRoot || entry.record.accessKeyID == caller.accessKeyID { return entry }
    case .federated(let parent):
      if isUnlimitedRoot { return entry }
      // Whoever may manage the role's people and is no session of it manages all of them.
      guard let own = caller.federatedParent else { return entry }
      if own.providerID == parent.providerID, own.subject == parent.subject { return entry }
    }
    throw .noSuchEntity(.serviceAccount(id))
  }

  /// - Throws: `malformedPolicy`, `limitExceeded`.
  func checkServiceAccountPolicy(_ document: ByteString?) throws(IAMError) {
    guard let document else { return }
    try Self.check(document, name: "service account policy", .session, .policySize)
  }

  /// When a service account ends: theirs must who belong to providers that cannot be asked whether they are still there.
  /// - Parameter wanted: nil for no end, as far as that may be.
  func end(of owner: KeyRecord.Owner, _ wanted: Int64?) throws(IAMError) -> Int64? {
    if let wanted, wanted <= now { throw .invalidInput("Expiration must lie in the future.") }
    guard case .federated(let parent) = owner, !declared.isAskedAgain(parent.providerID) else { return wanted }
    let last = now + federatedSecondsMax
    if let wanted, wanted > last {
      throw .invalidInput(
        "Expiration must lie within \(federatedSecondsMax) seconds for service accounts of federated identities.")
    }
    return wanted ?? last
  }

  func serviceAccounts(of parent: ServiceAccountParent) -> [IdentityEntry<KeyRecord>] {
    table.keys(of: table.ownerID(parent.owner)).compactMap { table.keys[$0] }
      .filter { $0.record.serviceAccount != nil }
  }
}

extension ParameterChecker {
  fileprivate mutating func serviceAccountName() -> ByteString? {
    optional("Name", length: 0...64, .description)
  }

  fileprivate mutating func serviceAccountDescription() -> ByteString? {
    optional("Description", length: 0...256, .description)
  }

  /// ISO 8601 or seconds since 1970.
  fileprivate mutating func expiration() -> Int64? {
    guard let text = optional("Expiration", length: 0...64, .text), !text.isEmpty else { return nil }
    guard let date = PolicyDate(parsing: text.bytes) else {
      refuse(.invalidParameterValue, "Expiration is no date.")
      return nil
    }
    return date.milliseconds / 1000
  }

  fileprivate mutating func serviceAccountPolicy() -> ByteString? {
    optional("Policy", length: 0...131_072, .text)
  }
}

extension XMLWriter {
  /// - Parameter withPolicy: lists leave it out.
  fileprivate mutating func serviceAccount(_ key: KeyRecord, _ scope: IAMScope, withPolicy: Bool) {
    element("AccessKeyId", key.accessKeyID)
    switch key.owner {
    case .user(let id):
      optional("ParentUser", scope.table.user(id: id)?.record.name)
    case .root: element("ParentArn", ARN.root(account: scope.account))
    case .federated(let parent):
      element("ParentSubject", parent.subject)
      optional("ParentRole", scope.table.role(id: parent.roleID)?.record.name)
    }
    element("Status", key.isActive ? "Active" as StaticString : "Inactive")
    optional("Name", key.serviceAccount?.name)
    optional("Description", key.serviceAccount?.description)
    date("CreateDate", key.created)
    optionalDate("Expiration", key.expires)
    element("ImpliedPolicy", key.serviceAccount?.policy == nil)
    if withPolicy, let policy = key.serviceAccount?.policy { document("Policy", policy) }
  }
}

struct CreateServiceAccount: IAMEditing {
  static let action = IAMAction.createServiceAccount
  let user: ByteString?
  let name: ByteString?
  let description: ByteString?
  let policy: ByteString?
  let expires: Int64?

  init(_ checker: inout ParameterChecker) {
    user = checker.optionalUserName()
    name = checker.serviceAccountName()
    description = checker.serviceAccountDescription()
    let policy = checker.serviceAccountPolicy()
    self.policy = policy.flatMap { $0.isEmpty ? nil : $0 }
    expires = checker.expiration()
  }

  /// A federated session's policies go into the parent and stay ceilings; nobody else's would.
  func endsWithCredentials(_ scope: IAMScope) -> Bool {
    user == nil && scope.caller.federatedParent != nil && !scope.isServiceAccount
  }

  func accesses(_ scope: IAMScope) throws(IAMError) -> [IAMAccess] { [try scope.access(Self.action, parentOf: user)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let parent = try scope.parent(user)
    switch parent {
    case .user(let entry): try scope.checkCredentials(of: entry.record.uniqueID)
    case .root: try scope.checkCredentials(of: scope.account.bytes)
    case .federated: if scope.isServiceAccount { throw .limitedCredentials }
    }
    try scope.checkServiceAccountPolicy(policy)
    guard scope.serviceAccounts(of: parent).count < IAMQuota.serviceAccountsPerParent.value else {
      throw .limitExceeded(.serviceAccountsPerParent)
    }
    let expires = try scope.end(of: parent.owner, expires)
    let id = try scope.newKeyID()
    let secret = scope.entropy.secretAccessKey
    let key = KeyRecord(
      accessKeyID: id, owner: parent.owner, secret: try scope.seal(secret, RecordKey(.accessKey, id)),
      created: scope.now, expires: expires,
      serviceAccount: KeyRecord.ServiceAccount(name: name, description: description, policy: policy))
    change.put(key, over: nil)
    switch parent {
    case .user(let entry): change.keep(entry)
    case .root: break
    case .federated(let parent):
      if parent.roleID.isEmpty { break }
      guard let role = scope.table.role(id: parent.roleID) else { throw .internalFailure }
      change.keep(role)
    }
    return IAMAnswer { writer in
      writer.open("ServiceAccount")
      writer.serviceAccount(key, scope, withPolicy: false)
      writer.element("SecretAccessKey", secret)
      writer.close("ServiceAccount")
    }
  }
}

struct ListServiceAccounts: IAMReading {
  static let action = IAMAction.listServiceAccounts
  let user: ByteString?
  let page: IAMPage

  init(_ checker: inout ParameterChecker) {
    user = checker.optionalUserName()
    page = IAMPage(&checker)
  }

  func accesses(_ scope: IAMScope) throws(IAMError) -> [IAMAccess] { [try scope.access(Self.action, parentOf: user)] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    var page = page
    let keys = page.take(scope.serviceAccounts(of: try scope.parent(user))) { $0.record.accessKeyID }
    return IAMAnswer { writer in
      writer.list("ServiceAccounts", keys) { key, writer in
        writer.serviceAccount(key.record, scope, withPolicy: false)
      }
      writer.page(page)
    }
  }
}

struct GetServiceAccount: IAMReading {
  static let action = IAMAction.getServiceAccount
  let id: ByteString

  init(_ checker: inout ParameterChecker) { id = checker.accessKeyID() }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, serviceAccount: id)] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    let key = try scope.serviceAccount(id).record
    return IAMAnswer { writer in
      writer.open("ServiceAccount")
      writer.serviceAccount(key, scope, withPolicy: true)
      writer.close("ServiceAccount")
    }
  }
}

/// What the request leaves out stays; an empty name, description, policy or expiration goes.
struct UpdateServiceAccount: IAMEditing {
  static let action = IAMAction.updateServiceAccount
  let id: ByteString
  let status: KeyStatus?
  let name: ByteString?
  let description: ByteString?
  let policy: ByteString?
  let setsExpiration: Bool
  let expires: Int64?

  init(_ checker: inout ParameterChecker) {
    id = checker.accessKeyID()
    status = checker.choice("Status")
    if status == .expired { checker.refuse(.invalidInput, "A key's status can be set to Active or Inactive.") }
    name = checker.serviceAccountName()
    description = checker.serviceAccountDescription()
    policy = checker.serviceAccountPolicy()
    setsExpiration = checker.parameters["Expiration"] != nil
    expires = checker.expiration()
  }

  private var onlyDisables: Bool {
    status == .inactive && name == nil && description == nil && policy == nil && !setsExpiration
  }

  func endsWithCredentials(_ scope: IAMScope) -> Bool { onlyDisables }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, serviceAccount: id)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try scope.serviceAccount(id)
    guard !entry.isDeclared else { throw .declared(.serviceAccount(id)) }
    // A service account loosens neither its own bounds nor those of others of its parent.
    if scope.isServiceAccount, !onlyDisables { throw .limitedCredentials }
    var key = entry.record
    if let status { key.isActive = status == .active }
    if let name { key.serviceAccount?.name = name.isEmpty ? nil : name }
    if let description { key.serviceAccount?.description = description.isEmpty ? nil : description }
    if let policy {
      let document = policy.isEmpty ? nil : policy
      try scope.checkServiceAccountPolicy(document)
      key.serviceAccount?.policy = document
    }
    if setsExpiration {
      key.expires = try scope.end(of: key.owner, expires)
    }
    if key != entry.record { change.put(key, over: entry) }
    return .none
  }
}

struct DeleteServiceAccount: IAMEditing {
  static let action = IAMAction.deleteServiceAccount
  let id: ByteString

  init(_ checker: inout ParameterChecker) { id = checker.accessKeyID() }

  func endsWithCredentials(_ scope: IAMScope) -> Bool { true }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, serviceAccount: id)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try scope.serviceAccount(id)
    guard !entry.isDeclared else { throw .declared(.serviceAccount(id)) }
    change.remove(entry)
    return .none
  }
}
