import Identity
import IdentityStore
import S3Model
import S3Wire

extension IAMScope {
  /// The account's settings, the defaults where nothing was set.
  var accountSettings: AccountRecord { table.accountRecord?.record ?? AccountRecord() }

  func put(_ account: AccountRecord, _ change: inout IdentityChange) { change.put(account, over: table.accountRecord) }
}

struct CreateAccountAlias: IAMEditing {
  static let action = IAMAction.createAccountAlias
  let alias: ByteString

  init(_ checker: inout ParameterChecker) { alias = checker.required("AccountAlias", length: 3...63, .alias) }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [IAMAccess(Self.action, "*")] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    var account = scope.accountSettings
    // Of a second alias AWS says that it replaces the first.
    account.alias = alias
    scope.put(account, &change)
    return .none
  }
}

struct ListAccountAliases: IAMReading {
  static let action = IAMAction.listAccountAliases
  let page: IAMPage

  init(_ checker: inout ParameterChecker) { page = IAMPage(&checker) }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [IAMAccess(Self.action, "*")] }

  func read(_ scope: IAMScope) -> IAMAnswer {
    var page = page
    let aliases = page.take(scope.accountSettings.alias.map { [$0] } ?? []) { $0 }
    return IAMAnswer { writer in
      writer.texts("AccountAliases", aliases)
      writer.page(page)
    }
  }
}

struct DeleteAccountAlias: IAMEditing {
  static let action = IAMAction.deleteAccountAlias
  let alias: ByteString

  init(_ checker: inout ParameterChecker) { alias = checker.required("AccountAlias", length: 3...63, .alias) }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [IAMAccess(Self.action, "*")] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    var account = scope.accountSettings
    guard account.alias == alias else { throw .noSuchEntity(.accountAlias(alias)) }
    account.alias = nil
    scope.put(account, &change)
    return .none
  }
}

/// AWS: what the request leaves out goes back to its default.
struct UpdateAccountPasswordPolicy: IAMEditing {
  static let action = IAMAction.updateAccountPasswordPolicy
  let policy: AccountRecord.PasswordPolicy

  init(_ checker: inout ParameterChecker) {
    var policy = AccountRecord.PasswordPolicy()
    policy.lengthMin = Int64(checker.integer("MinimumPasswordLength", 6...128) ?? 6)
    policy.requiresSymbols = checker.flag("RequireSymbols") ?? false
    policy.requiresNumbers = checker.flag("RequireNumbers") ?? false
    policy.requiresUppercase = checker.flag("RequireUppercaseCharacters") ?? false
    policy.requiresLowercase = checker.flag("RequireLowercaseCharacters") ?? false
    policy.allowsUsersToChange = checker.flag("AllowUsersToChangePassword") ?? false
    policy.ageDaysMax = checker.integer("MaxPasswordAge", 1...1095).map { Int64($0) }
    policy.reusePrevention = checker.integer("PasswordReusePrevention", 1...24).map { Int64($0) }
    policy.hardExpiry = checker.flag("HardExpiry") ?? false
    self.policy = policy
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [IAMAccess(Self.action, "*")] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    var account = scope.accountSettings
    account.passwordPolicy = policy
    scope.put(account, &change)
    return .none
  }
}

struct GetAccountPasswordPolicy: IAMReading {
  static let action = IAMAction.getAccountPasswordPolicy

  init(_ checker: inout ParameterChecker) {}

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [IAMAccess(Self.action, "*")] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    guard let policy = scope.accountSettings.passwordPolicy else { throw .noSuchEntity(.passwordPolicy) }
    return IAMAnswer { writer in
      writer.open("PasswordPolicy")
      writer.element("MinimumPasswordLength", policy.lengthMin)
      writer.element("RequireSymbols", policy.requiresSymbols)
      writer.element("RequireNumbers", policy.requiresNumbers)
      writer.element("RequireUppercaseCharacters", policy.requiresUppercase)
      writer.element("RequireLowercaseCharacters", policy.requiresLowercase)
      writer.element("AllowUsersToChangePassword", policy.allowsUsersToChange)
      writer.element("ExpirePasswords", policy.ageDaysMax != nil)
      if let days = policy.ageDaysMax { writer.element("MaxPasswordAge", days) }
      if let count = policy.reusePrevention { writer.element("PasswordReusePrevention", count) }
      writer.element("HardExpiry", policy.hardExpiry)
      writer.close("PasswordPolicy")
    }
  }
}

struct DeleteAccountPasswordPolicy: IAMEditing {
  static let action = IAMAction.deleteAccountPasswordPolicy

  init(_ checker: inout ParameterChecker) {}

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [IAMAccess(Self.action, "*")] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    var account = scope.accountSettings
    guard account.passwordPolicy != nil else { throw .noSuchEntity(.passwordPolicy) }
    account.passwordPolicy = nil
    scope.put(account, &change)
    return .none
  }
}

struct GetAccountSummary: IAMReading {
  static let action = IAMAction.getAccountSummary

  init(_ checker: inout ParameterChecker) {}

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [IAMAccess(Self.action, "*")] }

  func read(_ scope: IAMScope) -> IAMAnswer {
    let table = scope.table
    var inUse = 0
    var versions = 0
    table.mfaDevices.forEach { _, device in
      if device.record.assignment != nil { inUse += 1 }
      return true
    }
    table.policies.forEach { _, policy in
      versions += policy.record.versions.count
      return true
    }
    let entries: [(String, Int)] = [
      ("Users", table.users.count), ("UsersQuota", IAMQuota.users.value), ("Groups", table.groups.count),
      ("GroupsQuota", IAMQuota.groups.value), ("Roles", table.roles.count), ("RolesQuota", IAMQuota.roles.value),
      ("Policies", table.policies.count), ("PoliciesQuota", IAMQuota.policies.value),
      ("PolicyVersionsInUse", versions), ("PolicySizeQuota", IAMQuota.policySize.value),
      ("VersionsPerPolicyQuota", IAMQuota.versionsPerPolicy.value),
      ("AssumeRolePolicySizeQuota", IAMQuota.trustPolicySize.value),
      ("UserPolicySizeQuota", IAMQuota.inlinePolicySize(holder: "user", name: "").value),
      ("GroupPolicySizeQuota", IAMQuota.inlinePolicySize(holder: "group", name: "").value),
      ("RolePolicySizeQuota", IAMQuota.inlinePolicySize(holder: "role", name: "").value),
      ("AttachedPoliciesPerUserQuota", IAMQuota.policiesPerUser.value),
      ("AttachedPoliciesPerGroupQuota", IAMQuota.policiesPerGroup.value),
      ("AttachedPoliciesPerRoleQuota", IAMQuota.policiesPerRole.value),
      ("GroupsPerUserQuota", IAMQuota.groupsPerUser.value),
      ("AccessKeysPerUserQuota", IAMQuota.accessKeysPerUser.value), ("Providers", table.oidcProviders.count),
      ("MFADevices", table.mfaDevices.count), ("MFADevicesInUse", inUse),
      ("AccountMFAEnabled", table.mfaDevices(of: scope.account.bytes).isEmpty ? 0 : 1),
      ("AccountAccessKeysPresent", 1), ("AccountSigningCertificatesPresent", 0),
    ]
    return IAMAnswer { writer in
      writer.open("SummaryMap")
      for (key, value) in entries {
        writer.open("entry")
        writer.element("key", key)
        writer.element("value", value)
        writer.close("entry")
      }
      writer.close("SummaryMap")
    }
  }
}

/// Martlet's own: how long an access key counts after it was made.
struct UpdateAccountKeyPolicy: IAMEditing {
  static let action = IAMAction.updateAccountKeyPolicy
  /// Nil: for ever.
  let days: Int?

  init(_ checker: inout ParameterChecker) { days = checker.integer("MaxKeyAge", 1...3650) }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [IAMAccess(Self.action, "*")] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    var account = scope.accountSettings
    account.keyAgeSecondsMax = days.map { Int64($0) * 86_400 }
    scope.put(account, &change)
    return .none
  }
}

struct GetAccountKeyPolicy: IAMReading {
  static let action = IAMAction.getAccountKeyPolicy

  init(_ checker: inout ParameterChecker) {}

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [IAMAccess(Self.action, "*")] }

  func read(_ scope: IAMScope) -> IAMAnswer {
    let seconds = scope.accountSettings.keyAgeSecondsMax
    return IAMAnswer { writer in
      writer.open("KeyPolicy")
      writer.element("ExpireKeys", seconds != nil)
      if let seconds { writer.element("MaxKeyAge", seconds / 86_400) }
      writer.close("KeyPolicy")
    }
  }
}
