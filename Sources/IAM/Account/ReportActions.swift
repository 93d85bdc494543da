import Cryptography
import HashTreeCollections
import IAMPolicy
import Identity
import IdentityStore
import S3Model
import S3Wire

/// The report is made when it is fetched, of what is in force then.
struct GenerateCredentialReport: IAMReading {
  static let action = IAMAction.generateCredentialReport

  init(_ checker: inout ParameterChecker) {}

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [IAMAccess(Self.action, "*")] }

  func read(_ scope: IAMScope) -> IAMAnswer {
    IAMAnswer { writer in
      writer.element("State", "COMPLETE" as StaticString)
      writer.element("Description", "The report is made when it is fetched." as StaticString)
    }
  }
}

/// CSV with AWS's columns. Source: IAM User Guide, "Getting credential reports for your AWS account".
struct GetCredentialReport: IAMOperation {
  static let action = IAMAction.getCredentialReport

  init(_ checker: inout ParameterChecker) {}

  func endsWithCredentials(_ scope: IAMScope) -> Bool { true }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [IAMAccess(Self.action, "*")] }

  private static let header =
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    + "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    + "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
    + "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    + "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"

  func run(_ run: IAMRun) async throws -> IAMAnswer {
    let scope = run.scope(run.editor.table)
    try run.confirm(self, scope)
    guard scope.table.users.count <= IAMQuota.usersPerReport.value else {
      throw IAMError.limitExceeded(.usersPerReport)
    }
    let users = scope.table.users.values.map(\.record)
    var uses: [ByteString: KeyUseRecord] = [:]
    let keys = users.flatMap { scope.ownKeys(of: $0).prefix(2).map { RecordKey(.keyUse, $0.record.accessKeyID) } }
    for start in stride(from: 0, to: keys.count, by: 500) {
      for stored in try await run.editor.store.readings(Array(keys[start..<min(start + 500, keys.count)])).records {
        if let use = try? KeyUseRecord(parsing: stored.value) { uses[use.accessKeyID] = use }
      }
    }
    var text = Self.header + "\n"
    let root = !scope.table.mfaDevices(of: scope.account.bytes).isEmpty
    text +=
      "<root_account>,\(ARN.root(account: scope.account)),\(Self.date(0)),not_supported,not_supported,not_supported,"
      + "not_supported,\(root),true,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"
    for user in users { text += Self.line(user, scope, uses) + "\n" }
    let content = Array(text.utf8)
    return IAMAnswer { writer in
      writer.element("Content", Base64.encode(content))
      writer.element("ReportFormat", "text/csv" as StaticString)
      writer.date("GeneratedTime", scope.now)
    }
  }

  /// Names have neither commas nor quotation marks.
  private static func line(_ user: UserRecord, _ scope: IAMScope, _ uses: [ByteString: KeyUseRecord]) -> String {
    var fields = [user.name.text, scope.arn(user).text, date(user.created)]
    if let profile = scope.table.loginProfiles[user.uniqueID]?.record {
      fields += ["true", user.passwordLastUsed.map(date) ?? "no_information", date(profile.changed)]
      fields.append(scope.passwordEnd(profile).map(date) ?? "N/A")
    } else {
      fields += ["false", "N/A", "N/A", "N/A"]
    }
    fields.append(scope.table.mfaDevices(of: user.uniqueID).isEmpty ? "false" : "true")
    let keys = scope.ownKeys(of: user).map(\.record)
    for index in 0..<2 {
      guard index < keys.count else {
        fields += ["false", "N/A", "N/A", "N/A", "N/A"]
        continue
      }
      let use = uses[keys[index].accessKeyID]
      fields += [
        keys[index].isActive ? "true" : "false", date(keys[index].created), use.map { date($0.time) } ?? "N/A",
        use?.region.text ?? "N/A", use?.service.text ?? "N/A",
      ]
    }
    fields += ["false", "N/A", "false", "N/A"]
    return fields.joined(separator: ",")
  }

  /// `2026-01-31T12:00:00+00:00`
  private static func date(_ seconds: Int64) -> String {
    String(PolicyDate(seconds: seconds).bytes.text.dropLast()) + "+00:00"
  }
}

struct GetAccountAuthorizationDetails: IAMReading {
  static let action = IAMAction.getAccountAuthorizationDetails
  let kinds: Set<EntityKind>
  let page: IAMPage

  init(_ checker: inout ParameterChecker) {
    var kinds: Set<EntityKind> = []
    for number in 1..<(checker.count("Filter", 0...5) + 1) {
      guard let value = checker.parameters["Filter.member.\(number)"] else { continue }
      if let kind: EntityKind = checker.choice(value, at: "filter.\(number).member") { kinds.insert(kind) }
    }
    self.kinds = kinds.isEmpty ? Set(EntityKind.allCases) : kinds
    page = IAMPage(&checker)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [IAMAccess(Self.action, "*")] }

  func read(_ scope: IAMScope) -> IAMAnswer {
    let table = scope.table
    var page = page
    let users = kinds.contains(.user) ? page.take(table.users, section: 0x31) : []
    let groups = kinds.contains(.group) ? page.take(table.groups, section: 0x32) : []
    let roles = kinds.contains(.role) ? page.take(table.roles, section: 0x33) : []
    let own = kinds.contains(.localPolicy) ? page.take(table.policies, section: 0x34) : []
    var canned = SortedMap<AnyPolicy>()
    if kinds.contains(.awsPolicy) {
      for policy in AnyPolicy.allCanned where !table.attachments(ofPolicy: policy.arn(table)).isEmpty {
        canned[policy.name] = policy
      }
    }
    let policies = own.map(AnyPolicy.own) + page.take(canned, section: 0x35)
    return IAMAnswer { writer in
      writer.list("UserDetailList", users) { entry, writer in
        let user = entry.record
        writer.user(user, scope)
        writer.inline("UserPolicyList", user.inline)
        writer.texts("GroupList", user.groups.compactMap { table.group(id: $0)?.record.name })
        writer.list("AttachedManagedPolicies", user.policies) { $1.attachedPolicy($0) }
      }
      writer.list("GroupDetailList", groups) { entry, writer in
        writer.group(entry.record, scope)
        writer.inline("GroupPolicyList", entry.record.inline)
        writer.list("AttachedManagedPolicies", entry.record.policies) { $1.attachedPolicy($0) }
      }
      writer.list("RoleDetailList", roles) { entry, writer in
        writer.role(entry.record, scope)
        writer.texts("InstanceProfileList", [])
        writer.inline("RolePolicyList", entry.record.inline)
        writer.list("AttachedManagedPolicies", entry.record.policies) { $1.attachedPolicy($0) }
      }
      writer.list("Policies", policies) { policy, writer in
        writer.policy(policy, scope)
        writer.versions(policy, "PolicyVersionList", withDocuments: true)
      }
      writer.page(page)
    }
  }
}

extension XMLWriter {
  fileprivate mutating func inline(_ name: StaticString, _ policies: [InlinePolicy]) {
    list(name, policies) { policy, writer in
      writer.element("PolicyName", policy.name)
      writer.document("PolicyDocument", policy.document)
    }
  }
}
