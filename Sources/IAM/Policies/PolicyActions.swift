import Authorization
import IAMPolicy
import Identity
import IdentityStore
import S3Model
import S3Wire

extension IAMScope {
  /// Checks a managed policy's document.
  func checkPolicy(_ document: ByteString, name: ByteString) throws(IAMError) {
    try Self.check(document, name: name, .identity, .policySize)
  }

  static func check(
    _ document: ByteString, name: ByteString, _ kind: PolicyKind, _ quota: IAMQuota
  ) throws(IAMError) {
    do throws(PolicyError) {
      _ = try CompiledPolicy(
        parsing: document.bytes, name: name.text, kind: kind,
        limits: PolicyLimits(bytesMax: quota.value, countsWhiteSpace: false))
    } catch .tooLarge {
      throw .limitExceeded(quota)
    } catch {
      throw .malformedPolicy(error)
    }
  }
}

struct CreatePolicy: IAMEditing {
  static let action = IAMAction.createPolicy
  let name: ByteString
  let path: ByteString
  let document: ByteString
  let description: ByteString?
  let tags: [IdentityTag]

  init(_ checker: inout ParameterChecker) {
    name = checker.policyName()
    path = checker.optional("Path", length: 1...512, .policyPath) ?? "/"
    document = checker.policyDocument()
    description = checker.optional("Description", length: 0...1000, .text)
    tags = checker.identityTags()
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] {
    let arn = scope.arn("policy", path: path, name: name)
    var accesses = [IAMAccess(Self.action, arn).with(requestTags: tags)]
    if !tags.isEmpty { accesses.append(IAMAccess(.tagPolicy, arn).with(requestTags: tags)) }
    return accesses
  }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    // A canned policy's name keeps its meaning, whatever the account part of the ARN.
    let folded = name.lowercasedASCII
    guard scope.table.policies[folded] == nil,
      !CannedPolicy.allCases.contains(where: { ByteString($0.name).lowercasedASCII == folded })
    else { throw .entityAlreadyExists(.policyName(name)) }
    guard scope.table.policies.count < IAMQuota.policies.value else { throw .limitExceeded(.policies) }
    try scope.checkPolicy(document, name: name)
    let policy = PolicyRecord(
      name: name, path: path, uniqueID: scope.entropy.uniqueID("ANPA"), created: scope.now, updated: scope.now,
      description: description, versions: [PolicyRecord.Version(number: 1, document: document, created: scope.now)],
      tags: tags)
    change.put(policy, over: nil)
    let entry = IdentityEntry(policy, revision: nil)
    return IAMAnswer { writer in
      writer.open("Policy")
      writer.policy(.own(entry), scope)
      writer.close("Policy")
    }
  }
}

struct GetPolicy: IAMReading {
  static let action = IAMAction.getPolicy
  let arn: ByteString

  init(_ checker: inout ParameterChecker) { arn = checker.policyARN() }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, policy: arn)] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    guard let policy = scope.anyPolicy(arn) else { throw .noSuchEntity(.policy(arn: arn)) }
    return IAMAnswer { writer in
      writer.open("Policy")
      writer.policy(policy, scope)
      writer.close("Policy")
    }
  }
}

struct DeletePolicy: IAMEditing {
  static let action = IAMAction.deletePolicy
  let arn: ByteString

  init(_ checker: inout ParameterChecker) { arn = checker.policyARN() }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, policy: arn)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try PolicyRecord.findEditable(arn, scope)
    if scope.table.attachments(ofPolicy: arn).count > 0 { throw .deleteConflict(.attachedPolicy) }
    if scope.table.boundaryUses(ofPolicy: arn).count > 0 { throw .deleteConflict(.boundaryInUse) }
    if entry.record.versions.count > 1 { throw .deleteConflict(.severalVersions) }
    change.remove(entry)
    return .none
  }
}

struct ListPolicies: IAMReading {
  static let action = IAMAction.listPolicies

  enum Scope: String, CaseIterable {
    case all = "All"
    case aws = "AWS"
    case local = "Local"
  }

  enum Usage: String, CaseIterable {
    case permissions = "PermissionsPolicy"
    case boundary = "PermissionsBoundary"
  }

  let scope: Scope
  let onlyAttached: Bool
  let prefix: ByteString?
  let usage: Usage?
  let page: IAMPage

  init(_ checker: inout ParameterChecker) {
    scope = checker.choice("Scope") ?? .all
    onlyAttached = checker.flag("OnlyAttached") ?? false
    prefix = checker.optional("PathPrefix", length: 1...512, .policyPath)
    usage = checker.choice("PolicyUsageFilter")
    page = IAMPage(&checker)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] {
    var access = scope.access(Self.action, path: "policy", prefix)
    access.shown = ByteString("policy path \(prefix ?? "/")")
    return [access]
  }

  func read(_ scope: IAMScope) -> IAMAnswer {
    let table = scope.table
    func isWanted(_ policy: AnyPolicy, path: ByteString) -> Bool {
      guard path.isUnder(prefix) else { return false }
      let arn = policy.arn(table)
      let uses = table.attachments(ofPolicy: arn).count > 0
      let boundaries = table.boundaryUses(ofPolicy: arn).count > 0
      switch usage {
      case nil: return !onlyAttached || uses
      case .permissions: return uses
      case .boundary: return boundaries
      }
    }
    // Canned ones first, under keys that no name has.
    var all = SortedMap<AnyPolicy>()
    if self.scope != .local {
      for policy in CannedPolicy.allCases { all[ByteString("\u{1}\(policy.name)")] = .canned(policy) }
    }
    var page = page
    var policies: [AnyPolicy] = []
    if self.scope != .aws {
      // One page cannot need more than the page's items of either kind, but paths and uses leave some out.
      table.policies.forEach { name, entry in
        all[name] = .own(entry)
        return true
      }
    }
    policies = page.take(all) { _, policy in
      switch policy {
      case .own(let entry): isWanted(policy, path: entry.record.path)
      case .canned: isWanted(policy, path: "/")
      }
    }
    return IAMAnswer { writer in
      writer.list("Policies", policies) { policy, writer in writer.policy(policy, scope, isWhole: false) }
      writer.page(page)
    }
  }
}

/// `v12`; nil for what no version is called.
func versionNumber(_ text: ByteString) -> Int64? {
  guard text.bytes.first == UInt8(ascii: "v") else { return nil }
  return Int64(ByteString(text.bytes.dropFirst()).text)
}

extension ParameterChecker {
  fileprivate mutating func versionID() -> ByteString { required("VersionId", length: 0...32, .versionID) }
}

extension XMLWriter {
  fileprivate mutating func version(_ version: PolicyRecord.Version, isDefault: Bool, withDocument: Bool) {
    if withDocument { document("Document", version.document) }
    element("VersionId", "v\(version.number)")
    element("IsDefaultVersion", isDefault)
    date("CreateDate", version.created)
  }

  /// `PolicyVersionList` of GetAccountAuthorizationDetails.
  mutating func versions(_ policy: AnyPolicy, _ name: StaticString, withDocuments: Bool) {
    list(name, policy.versions) { item, writer in
      writer.version(item.version, isDefault: item.isDefault, withDocument: withDocuments)
    }
  }
}

extension AnyPolicy {
  /// Newest first, as AWS lists them.
  var versions: [(version: PolicyRecord.Version, isDefault: Bool)] {
    switch self {
    case .own(let entry):
      entry.record.versions.reversed().map { ($0, $0.number == entry.record.defaultVersion) }
    case .canned: [(PolicyRecord.Version(number: 1, document: document, created: 0), true)]
    }
  }
}

struct CreatePolicyVersion: IAMEditing {
  static let action = IAMAction.createPolicyVersion
  let arn: ByteString
  let document: ByteString
  let setsDefault: Bool

  init(_ checker: inout ParameterChecker) {
    arn = checker.policyARN()
    document = checker.policyDocument()
    setsDefault = checker.flag("SetAsDefault") ?? false
  }

  /// AWS asks for CreatePolicyVersion alone, also where the version takes effect at once.
  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, policy: arn)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try PolicyRecord.findEditable(arn, scope)
    var policy = entry.record
    guard policy.versions.count < IAMQuota.versionsPerPolicy.value else { throw .limitExceeded(.versionsPerPolicy) }
    try scope.checkPolicy(document, name: policy.name)
    let version = PolicyRecord.Version(number: policy.nextVersion, document: document, created: scope.now)
    policy.versions.append(version)
    policy.nextVersion += 1
    policy.updated = scope.now
    if setsDefault { policy.defaultVersion = version.number }
    change.put(policy, over: entry)
    return IAMAnswer { writer in
      writer.open("PolicyVersion")
      writer.version(version, isDefault: setsDefault, withDocument: false)
      writer.close("PolicyVersion")
    }
  }
}

struct GetPolicyVersion: IAMReading {
  static let action = IAMAction.getPolicyVersion
  let arn: ByteString
  let version: ByteString

  init(_ checker: inout ParameterChecker) {
    arn = checker.policyARN()
    version = checker.versionID()
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, policy: arn)] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    guard let policy = scope.anyPolicy(arn) else { throw .noSuchEntity(.policy(arn: arn)) }
    guard let found = policy.versions.first(where: { $0.version.number == versionNumber(version) }) else {
      throw .noSuchEntity(.policyVersion(arn: arn, version))
    }
    return IAMAnswer { writer in
      writer.open("PolicyVersion")
      writer.version(found.version, isDefault: found.isDefault, withDocument: true)
      writer.close("PolicyVersion")
    }
  }
}

struct ListPolicyVersions: IAMReading {
  static let action = IAMAction.listPolicyVersions
  let arn: ByteString
  let page: IAMPage

  init(_ checker: inout ParameterChecker) {
    arn = checker.policyARN()
    page = IAMPage(&checker)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, policy: arn)] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    guard let policy = scope.anyPolicy(arn) else { throw .noSuchEntity(.policy(arn: arn)) }
    var page = page
    // Newest first: the later the number, the smaller the key. Numbers stay far below ten digits.
    let versions = page.take(policy.versions) { ByteString(String(9_999_999_999 - $0.version.number)) }
    return IAMAnswer { writer in
      writer.list("Versions", versions) { item, writer in
        writer.version(item.version, isDefault: item.isDefault, withDocument: false)
      }
      writer.page(page)
    }
  }
}

struct SetDefaultPolicyVersion: IAMEditing {
  static let action = IAMAction.setDefaultPolicyVersion
  let arn: ByteString
  let version: ByteString

  init(_ checker: inout ParameterChecker) {
    arn = checker.policyARN()
    version = checker.versionID()
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, policy: arn)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try PolicyRecord.findEditable(arn, scope)
    var policy = entry.record
    guard let number = versionNumber(version), policy.versions.contains(where: { $0.number == number }) else {
      throw .noSuchEntity(.policyVersion(arn: arn, version))
    }
    policy.defaultVersion = number
    policy.updated = scope.now
    change.put(policy, over: entry)
    return .none
  }
}

struct DeletePolicyVersion: IAMEditing {
  static let action = IAMAction.deletePolicyVersion
  let arn: ByteString
  let version: ByteString

  init(_ checker: inout ParameterChecker) {
    arn = checker.policyARN()
    version = checker.versionID()
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, policy: arn)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try PolicyRecord.findEditable(arn, scope)
    var policy = entry.record
    guard let number = versionNumber(version), policy.versions.contains(where: { $0.number == number }) else {
      throw .noSuchEntity(.policyVersion(arn: arn, version))
    }
    guard number != policy.defaultVersion else { throw .deleteConflict(.defaultVersion) }
    policy.versions.removeAll { $0.number == number }
    policy.updated = scope.now
    change.put(policy, over: entry)
    return .none
  }
}
