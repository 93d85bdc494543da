import Identity
import IdentityStore
import S3Model
import S3Wire

struct AttachPolicy<Holder: PolicyHolder>: IAMEditing {
  static var action: IAMAction { Holder.words.attach }
  let holder: ByteString
  let arn: ByteString

  init(_ checker: inout ParameterChecker) {
    holder = Holder.reference(&checker, Self.action)
    arn = checker.policyARN()
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] {
    [Holder.policyAccess(Self.action, holder, scope).with(policyARN: arn)]
  }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try Holder.findEditable(holder, scope)
    guard let policy = scope.anyPolicy(arn) else { throw .policyNotAttachable(arn) }
    var record = entry.record
    if record.policies.contains(arn) { return .none }
    guard record.policies.count < Holder.words.attachmentsMax.value else {
      throw .limitExceeded(Holder.words.attachmentsMax)
    }
    record.policies.append(arn)
    change.put(record, over: entry)
    if case .own(let entry) = policy { change.keep(entry) }
    return .none
  }
}

struct DetachPolicy<Holder: PolicyHolder>: IAMEditing {
  static var action: IAMAction { Holder.words.detach }
  let holder: ByteString
  let arn: ByteString

  init(_ checker: inout ParameterChecker) {
    holder = Holder.reference(&checker, Self.action)
    arn = checker.policyARN()
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] {
    [Holder.policyAccess(Self.action, holder, scope).with(policyARN: arn)]
  }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try Holder.findEditable(holder, scope)
    var record = entry.record
    guard record.policies.contains(arn) else { throw .noSuchEntity(.policy(arn: arn)) }
    record.policies.removeAll { $0 == arn }
    change.put(record, over: entry)
    return .none
  }
}

struct ListAttachedPolicies<Holder: PolicyHolder>: IAMReading {
  static var action: IAMAction { Holder.words.listAttached }
  let holder: ByteString
  let prefix: ByteString?
  let page: IAMPage

  init(_ checker: inout ParameterChecker) {
    holder = Holder.reference(&checker, Self.action)
    prefix = checker.optional("PathPrefix", length: 1...512, .policyPath)
    page = IAMPage(&checker)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [Holder.access(Self.action, holder, scope)] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    var page = page
    let all = try Holder.find(holder, scope).record.policies.filter { arn in
      // `arn:aws:iam::account:policy/path/name`
      ARN(arn).map { ByteString($0.resource.dropFirst("policy".utf8.count)).isUnder(prefix) } ?? false
    }
    let arns = page.take(all) { $0 }
    return IAMAnswer { writer in
      writer.attached(arns)
      writer.page(page)
    }
  }
}

/// Who a managed policy is attached to, or bounds.
struct ListEntitiesForPolicy: IAMReading {
  static let action = IAMAction.listEntitiesForPolicy
  let arn: ByteString
  let filter: EntityKind?
  let prefix: ByteString?
  let usage: ListPolicies.Usage?
  let page: IAMPage

  init(_ checker: inout ParameterChecker) {
    arn = checker.policyARN()
    filter = checker.choice("EntityFilter")
    prefix = checker.optional("PathPrefix", length: 1...512, .path)
    usage = checker.choice("PolicyUsageFilter")
    page = IAMPage(&checker)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, policy: arn)] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    guard scope.anyPolicy(arn) != nil else { throw .noSuchEntity(.policy(arn: arn)) }
    let table = scope.table
    var keys: Set<RecordKey> = []
    if usage != .boundary { keys.formUnion(table.attachments(ofPolicy: arn)) }
    if usage != .permissions { keys.formUnion(table.boundaryUses(ofPolicy: arn)) }
    let wanted = keys.filter { key in
      switch (key.kind, filter) {
      case (.user, nil), (.user, .user?): table.users[key.name]?.record.path.isUnder(prefix) ?? false
      case (.group, nil), (.group, .group?): table.groups[key.name]?.record.path.isUnder(prefix) ?? false
      case (.role, nil), (.role, .role?): table.roles[key.name]?.record.path.isUnder(prefix) ?? false
      default: false
      }
    }
    var page = page
    let found = page.take(Array(wanted)) { $0.text }
    return IAMAnswer { writer in
      writer.list("PolicyGroups", found.compactMap { $0.kind == .group ? table.groups[$0.name]?.record : nil }) {
        $1.element("GroupName", $0.name)
        $1.element("GroupId", $0.uniqueID)
      }
      writer.list("PolicyUsers", found.compactMap { $0.kind == .user ? table.users[$0.name]?.record : nil }) {
        $1.element("UserName", $0.name)
        $1.element("UserId", $0.uniqueID)
      }
      writer.list("PolicyRoles", found.compactMap { $0.kind == .role ? table.roles[$0.name]?.record : nil }) {
        $1.element("RoleName", $0.name)
        $1.element("RoleId", $0.uniqueID)
      }
      writer.page(page)
    }
  }
}

enum EntityKind: String, CaseIterable {
  case user = "User"
  case role = "Role"
  case group = "Group"
  case localPolicy = "LocalManagedPolicy"
  case awsPolicy = "AWSManagedPolicy"
}
