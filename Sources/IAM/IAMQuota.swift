public import S3Model

/// A quota, with AWS's name and value where AWS has one.
///
/// Source: IAM User Guide, "IAM and AWS STS quotas".
public enum IAMQuota: Hashable, Sendable {
  case accessKeysPerUser
  case groupsPerUser
  case policiesPerUser
  case policiesPerGroup
  case policiesPerRole
  case versionsPerPolicy
  case policySize
  case trustPolicySize
  /// All of a holder's inline policies together.
  case inlinePolicySize(holder: String, name: ByteString)
  case tagsPerResource
  case clientIDsPerProvider
  case thumbprintsPerProvider
  case providersPerAccount
  case devicesPerUser
  case aliasesPerAccount
  case users, groups, roles, policies, devices
  /// Martlet's: of one user, role person or root.
  case serviceAccountsPerParent
  /// Martlet's: reports are bounded.
  case usersPerReport

  /// AWS's default, or its maximum where that can be raised by asking.
  public var value: Int {
    switch self {
    case .accessKeysPerUser: 2
    case .groupsPerUser: 10
    case .policiesPerUser, .policiesPerGroup, .policiesPerRole: 10
    case .versionsPerPolicy: 5
    case .policySize: 6144
    case .trustPolicySize: 4096
    case .inlinePolicySize("user", _): 2048
    case .inlinePolicySize("group", _): 5120
    case .inlinePolicySize: 10_240
    case .tagsPerResource: 50
    case .clientIDsPerProvider: 100
    case .thumbprintsPerProvider: 5
    case .providersPerAccount: 700
    case .devicesPerUser: 8
    case .aliasesPerAccount: 1
    // AWS has 5,000 users; a gateway is made for more.
    case .users: 2_000_000
    case .groups: 10_000
    case .roles: 10_000
    case .policies: 20_000
    case .devices: 4_000_000
    case .serviceAccountsPerParent: 100
    case .usersPerReport: 100_000
    }
  }

  /// The name in AWS's message.
  var name: String {
    switch self {
    case .accessKeysPerUser: "AccessKeysPerUser"
    case .groupsPerUser: "GroupsPerUser"
    case .policiesPerUser: "PoliciesPerUser"
    case .policiesPerGroup: "PoliciesPerGroup"
    case .policiesPerRole: "PoliciesPerRole"
    case .versionsPerPolicy: "VersionsPerPolicy"
    case .policySize: "PolicySize"
    case .trustPolicySize: "ACLSizePerRole"
    case .inlinePolicySize: "InlinePolicySize"
    case .tagsPerResource: "TagsPerResource"
    case .clientIDsPerProvider: "ClientIdsPerOpenIdConnectProvider"
    case .thumbprintsPerProvider: "ThumbprintsPerOpenIdConnectProvider"
    case .providersPerAccount: "OpenIdConnectProvidersPerAccount"
    case .devicesPerUser: "MFADevicesPerUser"
    case .aliasesPerAccount: "AccountAliasesPerAccount"
    case .users: "UsersPerAccount"
    case .groups: "GroupsPerAccount"
    case .roles: "RolesPerAccount"
    case .policies: "PoliciesPerAccount"
    case .devices: "VirtualMFADevicesPerAccount"
    case .serviceAccountsPerParent: "ServiceAccountsPerParent"
    case .usersPerReport: "UsersPerCredentialReport"
    }
  }

  var message: String {
    switch self {
    case .versionsPerPolicy:
      "A managed policy can have up to \(value) versions. Before you create a new version, you must delete an existing "
        + "version."
    case .inlinePolicySize(let holder, let name):
      "Maximum policy size of \(value) bytes exceeded for \(holder) \(name)"
    default: "Cannot exceed quota for \(name): \(value)"
    }
  }
}
