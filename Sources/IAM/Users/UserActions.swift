import HashTreeCollections
import Identity
import IdentityStore
import S3Model
import S3Wire

struct CreateUser: IAMEditing {
  static let action = IAMAction.createUser
  let name: ByteString
  let path: ByteString
  let boundary: ByteString?
  let tags: [IdentityTag]

  init(_ checker: inout ParameterChecker) {
    name = checker.userName(max: 64)
    path = checker.path() ?? "/"
    boundary = checker.boundary()
    tags = checker.identityTags()
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] {
    let access = IAMAccess(Self.action, scope.arn("user", path: path, name: name)).with(boundary: boundary)
    var accesses = [access.with(requestTags: tags)]
    if !tags.isEmpty {
      accesses.append(IAMAccess(.tagUser, access.resource).with(requestTags: tags))
    }
    return accesses
  }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    try scope.checkNewUserName(name)
    guard scope.table.users.count < IAMQuota.users.value else { throw .limitExceeded(.users) }
    if let boundary { try scope.keepBoundary(boundary, &change) }
    let user = UserRecord(
      name: name, path: path, uniqueID: scope.entropy.uniqueID("AIDA"), created: scope.now, boundary: boundary,
      tags: tags)
    change.put(user, over: nil)
    return IAMAnswer { writer in
      writer.open("User")
      writer.user(user, scope)
      writer.close("User")
    }
  }
}

extension IAMScope {
  /// - Throws: `entityAlreadyExists` for a name that is taken in any case, or is the root user's key.
  func checkNewUserName(_ name: ByteString) throws(IAMError) {
    guard table.users[name.lowercasedASCII] == nil, !isReserved(name) else {
      throw .entityAlreadyExists(.user(name))
    }
  }

  /// A managed policy that is to be a permissions boundary or attached: it must be there and stay there.
  func keepBoundary(_ arn: ByteString, _ change: inout IdentityChange) throws(IAMError) {
    guard let policy = anyPolicy(arn) else { throw .policyNotAttachable(arn) }
    if case .own(let entry) = policy { change.keep(entry) }
  }
}

struct GetUser: IAMReading {
  static let action = IAMAction.getUser
  let name: ByteString?

  init(_ checker: inout ParameterChecker) { name = checker.optionalUserName() }

  func accesses(_ scope: IAMScope) throws(IAMError) -> [IAMAccess] {
    if name == nil, scope.isRoot { return [IAMAccess(Self.action, ARN.root(account: scope.account))] }
    return [scope.access(Self.action, user: try scope.userName(name))]
  }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    if name == nil, scope.isRoot {
      return IAMAnswer { writer in
        writer.open("User")
        writer.element("Path", "/" as StaticString)
        writer.element("UserName", "root" as StaticString)
        writer.element("UserId", scope.account.bytes)
        writer.element("Arn", ARN.root(account: scope.account))
        writer.date("CreateDate", 0)
        writer.close("User")
      }
    }
    let user = try scope.user(try scope.userName(name)).record
    return IAMAnswer { writer in
      writer.open("User")
      writer.user(user, scope)
      writer.close("User")
    }
  }
}

struct ListUsers: IAMReading {
  static let action = IAMAction.listUsers
  let prefix: ByteString?
  let page: IAMPage

  init(_ checker: inout ParameterChecker) {
    prefix = checker.pathPrefix()
    page = IAMPage(&checker)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, path: "user", prefix)] }

  func read(_ scope: IAMScope) -> IAMAnswer {
    var page = page
    let users = page.take(scope.table.users) { $1.record.path.isUnder(prefix) }
    return IAMAnswer { writer in
      writer.list("Users", users) { user, writer in writer.user(user.record, scope, isWhole: false) }
      writer.page(page)
    }
  }
}

struct UpdateUser: IAMEditing {
  static let action = IAMAction.updateUser
  let name: ByteString
  let newName: ByteString?
  let newPath: ByteString?

  init(_ checker: inout ParameterChecker) {
    name = checker.userName()
    newPath = checker.path("NewPath")
    newName = checker.optional("NewUserName", length: 1...64, .entityName)
  }

  /// AWS: permission on the user as it is and as it will be.
  func accesses(_ scope: IAMScope) -> [IAMAccess] {
    let access = scope.access(Self.action, user: name)
    let path = newPath ?? scope.findUser(name)?.record.path ?? "/"
    var target = IAMAccess(
      Self.action, scope.arn("user", path: path, name: newName ?? name), shown: ByteString("user \(newName ?? name)"))
    target.resourceTags = access.resourceTags
    return target.resource == access.resource ? [access] : [access, target]
  }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try UserRecord.findEditable(name, scope)
    var user = entry.record
    if let newName, newName != name {
      // The same name in another case is the same record.
      if newName.lowercasedASCII != name.lowercasedASCII { try scope.checkNewUserName(newName) }
      user.name = newName
    }
    if let newPath { user.path = newPath }
    change.move(entry, to: user)
    return .none
  }
}

struct DeleteUser: IAMEditing {
  static let action = IAMAction.deleteUser
  let name: ByteString

  init(_ checker: inout ParameterChecker) { name = checker.userName() }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, user: name)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try UserRecord.findEditable(name, scope)
    let user = entry.record
    if !user.policies.isEmpty { throw .deleteConflict(.attachedPolicies) }
    if !user.inline.isEmpty { throw .deleteConflict(.inlinePolicies) }
    if !user.groups.isEmpty { throw .deleteConflict(.groups) }
    let keys = scope.table.keys(of: user.uniqueID)
    let isOwn = { (id: ByteString) in scope.table.keys[id]?.record.serviceAccount == nil }
    if keys.contains(where: isOwn) { throw .deleteConflict(.accessKeys) }
    if scope.table.loginProfiles[user.uniqueID] != nil { throw .deleteConflict(.loginProfile) }
    if !scope.table.mfaDevices(of: user.uniqueID).isEmpty { throw .deleteConflict(.mfaDevices) }
    // Service accounts live with their parent and go with it.
    for id in keys { if let key = scope.table.keys[id], !key.isDeclared { change.remove(key) } }
    change.remove(entry)
    return .none
  }
}
