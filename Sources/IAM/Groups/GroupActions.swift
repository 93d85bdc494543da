import Identity
import IdentityStore
import S3Model
import S3Wire

struct CreateGroup: IAMEditing {
  static let action = IAMAction.createGroup
  let name: ByteString
  let path: ByteString

  init(_ checker: inout ParameterChecker) {
    path = checker.path() ?? "/"
    name = checker.groupName()
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] {
    [IAMAccess(Self.action, scope.arn("group", path: path, name: name))]
  }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    guard scope.table.groups[name.lowercasedASCII] == nil else { throw .entityAlreadyExists(.group(name)) }
    guard scope.table.groups.count < IAMQuota.groups.value else { throw .limitExceeded(.groups) }
    let group = GroupRecord(
      name: name, path: path, uniqueID: scope.entropy.uniqueID("AGPA"), created: scope.now)
    change.put(group, over: nil)
    return IAMAnswer { writer in
      writer.open("Group")
      writer.group(group, scope)
      writer.close("Group")
    }
  }
}

struct GetGroup: IAMReading {
  static let action = IAMAction.getGroup
  let name: ByteString
  let page: IAMPage

  init(_ checker: inout ParameterChecker) {
    name = checker.groupName()
    page = IAMPage(&checker)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, group: name)] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    let group = try scope.group(name).record
    var page = page
    let names = page.take(Array(scope.table.members(ofGroup: group.uniqueID))) { $0 }
    let users = names.compactMap { scope.table.users[$0]?.record }
    return IAMAnswer { writer in
      writer.open("Group")
      writer.group(group, scope)
      writer.close("Group")
      writer.list("Users", users) { user, writer in writer.user(user, scope, isWhole: false) }
      writer.page(page)
    }
  }
}

struct ListGroups: IAMReading {
  static let action = IAMAction.listGroups
  let prefix: ByteString?
  let page: IAMPage

  init(_ checker: inout ParameterChecker) {
    prefix = checker.pathPrefix()
    page = IAMPage(&checker)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, path: "group", prefix)] }

  func read(_ scope: IAMScope) -> IAMAnswer {
    var page = page
    let groups = page.take(scope.table.groups) { $1.record.path.isUnder(prefix) }
    return IAMAnswer { writer in
      writer.list("Groups", groups) { group, writer in writer.group(group.record, scope) }
      writer.page(page)
    }
  }
}

struct UpdateGroup: IAMEditing {
  static let action = IAMAction.updateGroup
  let name: ByteString
  let newName: ByteString?
  let newPath: ByteString?

  init(_ checker: inout ParameterChecker) {
    name = checker.groupName()
    newPath = checker.path("NewPath")
    newName = checker.optional("NewGroupName", length: 1...128, .entityName)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] {
    let access = scope.access(Self.action, group: name)
    let path = newPath ?? scope.findGroup(name)?.record.path ?? "/"
    let target = IAMAccess(
      Self.action, scope.arn("group", path: path, name: newName ?? name),
      shown: ByteString("group \(newName ?? name)"))
    return target.resource == access.resource ? [access] : [access, target]
  }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try GroupRecord.findEditable(name, scope)
    var group = entry.record
    if let newName, newName != name {
      if newName.lowercasedASCII != name.lowercasedASCII, scope.table.groups[newName.lowercasedASCII] != nil {
        throw .entityAlreadyExists(.group(newName))
      }
      group.name = newName
    }
    if let newPath { group.path = newPath }
    change.move(entry, to: group)
    return .none
  }
}

struct DeleteGroup: IAMEditing {
  static let action = IAMAction.deleteGroup
  let name: ByteString

  init(_ checker: inout ParameterChecker) { name = checker.groupName() }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, group: name)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try GroupRecord.findEditable(name, scope)
    if scope.table.members(ofGroup: entry.record.uniqueID).count > 0 { throw .deleteConflict(.members) }
    if !entry.record.policies.isEmpty { throw .deleteConflict(.attachedPolicies) }
    if !entry.record.inline.isEmpty { throw .deleteConflict(.inlinePolicies) }
    change.remove(entry)
    return .none
  }
}

struct AddUserToGroup: IAMEditing {
  static let action = IAMAction.addUserToGroup
  let group: ByteString
  let user: ByteString

  init(_ checker: inout ParameterChecker) {
    group = checker.groupName()
    user = checker.userName()
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, group: group)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let group = try scope.group(group)
    let entry = try UserRecord.findEditable(user, scope)
    var user = entry.record
    if user.groups.contains(group.record.uniqueID) { return .none }
    guard user.groups.count < IAMQuota.groupsPerUser.value else { throw .limitExceeded(.groupsPerUser) }
    user.groups.append(group.record.uniqueID)
    change.put(user, over: entry)
    change.keep(group)
    return .none
  }
}

struct RemoveUserFromGroup: IAMEditing {
  static let action = IAMAction.removeUserFromGroup
  let group: ByteString
  let user: ByteString

  init(_ checker: inout ParameterChecker) {
    group = checker.groupName()
    user = checker.userName()
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, group: group)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let id = try scope.group(group).record.uniqueID
    let entry = try UserRecord.findEditable(user, scope)
    var user = entry.record
    guard user.groups.contains(id) else { throw .noSuchEntity(.membership(user: self.user, group: group)) }
    user.groups.removeAll { $0 == id }
    change.put(user, over: entry)
    return .none
  }
}

struct ListGroupsForUser: IAMReading {
  static let action = IAMAction.listGroupsForUser
  let name: ByteString
  let page: IAMPage

  init(_ checker: inout ParameterChecker) {
    name = checker.userName()
    page = IAMPage(&checker)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, user: name)] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    let user = try scope.user(name).record
    var page = page
    let groups = page.take(user.groups.compactMap { scope.table.group(id: $0)?.record }) { $0.name }
    return IAMAnswer { writer in
      writer.list("Groups", groups) { group, writer in writer.group(group, scope) }
      writer.page(page)
    }
  }
}
