import IAMPolicy
import Identity
import IdentityStore
import S3Model
import S3Wire

extension IAMScope {
  func checkTrust(_ document: ByteString, role: ByteString) throws(IAMError) {
    try Self.check(document, name: ByteString("\(role) trust policy"), .trust, .trustPolicySize)
  }
}

struct CreateRole: IAMEditing {
  static let action = IAMAction.createRole
  let name: ByteString
  let path: ByteString
  let trust: ByteString
  let description: ByteString?
  let seconds: Int
  let boundary: ByteString?
  let tags: [IdentityTag]

  init(_ checker: inout ParameterChecker) {
    path = checker.path() ?? "/"
    name = checker.roleName()
    trust = checker.policyDocument("AssumeRolePolicyDocument")
    description = checker.optional("Description", length: 0...1000, .description)
    seconds = checker.integer("MaxSessionDuration", 3600...43_200) ?? 3600
    boundary = checker.boundary()
    tags = checker.identityTags()
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] {
    let access = IAMAccess(Self.action, scope.arn("role", path: path, name: name)).with(boundary: boundary)
    var accesses = [access.with(requestTags: tags)]
    if !tags.isEmpty { accesses.append(IAMAccess(.tagRole, access.resource).with(requestTags: tags)) }
    return accesses
  }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    guard scope.table.roles[name.lowercasedASCII] == nil else { throw .entityAlreadyExists(.role(name)) }
    guard scope.table.roles.count < IAMQuota.roles.value else { throw .limitExceeded(.roles) }
    try scope.checkTrust(trust, role: name)
    if let boundary { try scope.keepBoundary(boundary, &change) }
    let role = RoleRecord(
      name: name, path: path, uniqueID: scope.entropy.uniqueID("AROA"), created: scope.now, description: description,
      trustPolicy: trust, sessionSecondsMax: Int64(seconds), boundary: boundary, tags: tags)
    change.put(role, over: nil)
    return IAMAnswer { writer in
      writer.open("Role")
      writer.role(role, scope)
      writer.close("Role")
    }
  }
}

struct GetRole: IAMReading {
  static let action = IAMAction.getRole
  let name: ByteString

  init(_ checker: inout ParameterChecker) { name = checker.roleName() }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, role: name)] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    let role = try scope.role(name).record
    return IAMAnswer { writer in
      writer.open("Role")
      writer.role(role, scope)
      // When a role was last used is in the audit log; nothing is kept of it here.
      writer.empty("RoleLastUsed")
      writer.close("Role")
    }
  }
}

struct ListRoles: IAMReading {
  static let action = IAMAction.listRoles
  let prefix: ByteString?
  let page: IAMPage

  init(_ checker: inout ParameterChecker) {
    prefix = checker.pathPrefix()
    page = IAMPage(&checker)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, path: "role", prefix)] }

  func read(_ scope: IAMScope) -> IAMAnswer {
    var page = page
    let roles = page.take(scope.table.roles) { $1.record.path.isUnder(prefix) }
    return IAMAnswer { writer in
      writer.list("Roles", roles) { role, writer in writer.role(role.record, scope, isWhole: false) }
      writer.page(page)
    }
  }
}

struct UpdateRole: IAMEditing {
  static let action = IAMAction.updateRole
  let name: ByteString
  let description: ByteString?
  let seconds: Int?

  init(_ checker: inout ParameterChecker) {
    name = checker.roleName()
    description = checker.optional("Description", length: 0...1000, .description)
    seconds = checker.integer("MaxSessionDuration", 3600...43_200)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, role: name)] }

  /// AWS: a description or duration that the request leaves out is set back to its default.
  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try RoleRecord.findEditable(name, scope)
    var role = entry.record
    role.description = description.flatMap { $0.isEmpty ? nil : $0 }
    role.sessionSecondsMax = Int64(seconds ?? 3600)
    change.put(role, over: entry)
    return IAMAnswer { _ in }
  }
}

struct UpdateRoleDescription: IAMEditing {
  static let action = IAMAction.updateRoleDescription
  let name: ByteString
  let description: ByteString

  init(_ checker: inout ParameterChecker) {
    name = checker.roleName()
    description = checker.required("Description", length: 0...1000, .description)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, role: name)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try RoleRecord.findEditable(name, scope)
    var role = entry.record
    role.description = description.isEmpty ? nil : description
    change.put(role, over: entry)
    let changed = role
    return IAMAnswer { writer in
      writer.open("Role")
      writer.role(changed, scope)
      writer.close("Role")
    }
  }
}

struct UpdateAssumeRolePolicy: IAMEditing {
  static let action = IAMAction.updateAssumeRolePolicy
  let name: ByteString
  let document: ByteString

  init(_ checker: inout ParameterChecker) {
    name = checker.roleName()
    document = checker.policyDocument()
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, role: name)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try RoleRecord.findEditable(name, scope)
    try scope.checkTrust(document, role: name)
    var role = entry.record
    role.trustPolicy = document
    change.put(role, over: entry)
    return .none
  }
}

struct DeleteRole: IAMEditing {
  static let action = IAMAction.deleteRole
  let name: ByteString

  init(_ checker: inout ParameterChecker) { name = checker.roleName() }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, role: name)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try RoleRecord.findEditable(name, scope)
    if !entry.record.policies.isEmpty { throw .deleteConflict(.attachedPolicies) }
    if !entry.record.inline.isEmpty { throw .deleteConflict(.inlinePolicies) }
    change.remove(entry)
    return .none
  }
}
