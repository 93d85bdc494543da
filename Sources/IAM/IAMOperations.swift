import IdentityStore

/// Every action that is served.
enum IAMOperations {
  static let all: [any IAMOperation.Type] =
    users + groups + keys + policies + holder(UserRecord.self) + holder(GroupRecord.self) + holder(RoleRecord.self)
    + bounded(UserRecord.self) + bounded(RoleRecord.self) + roles + tagged(UserRecord.self) + tagged(RoleRecord.self)
    + account + providers + devices + profiles + serviceAccounts + sessions + reports + tagged(PolicyRecord.self)
    + tagged(MFADeviceRecord.self)
    + tagged(OIDCProviderRecord.self)

  private static let users: [any IAMOperation.Type] = [
    CreateUser.self, GetUser.self, ListUsers.self, UpdateUser.self, DeleteUser.self,
  ]

  private static let groups: [any IAMOperation.Type] = [
    CreateGroup.self, GetGroup.self, ListGroups.self, UpdateGroup.self, DeleteGroup.self, AddUserToGroup.self,
    RemoveUserFromGroup.self, ListGroupsForUser.self,
  ]

  private static let keys: [any IAMOperation.Type] = [
    CreateAccessKey.self, ListAccessKeys.self, UpdateAccessKey.self, DeleteAccessKey.self, GetAccessKeyLastUsed.self,
  ]

  private static let policies: [any IAMOperation.Type] = [
    CreatePolicy.self, GetPolicy.self, DeletePolicy.self, ListPolicies.self, CreatePolicyVersion.self,
    GetPolicyVersion.self, ListPolicyVersions.self, SetDefaultPolicyVersion.self, DeletePolicyVersion.self,
    ListEntitiesForPolicy.self,
  ]

  private static let roles: [any IAMOperation.Type] = [
    CreateRole.self, GetRole.self, ListRoles.self, UpdateRole.self, UpdateRoleDescription.self,
    UpdateAssumeRolePolicy.self, DeleteRole.self,
  ]

  private static let account: [any IAMOperation.Type] = [
    CreateAccountAlias.self, ListAccountAliases.self, DeleteAccountAlias.self, UpdateAccountPasswordPolicy.self,
    GetAccountPasswordPolicy.self, DeleteAccountPasswordPolicy.self, GetAccountSummary.self,
    UpdateAccountKeyPolicy.self, GetAccountKeyPolicy.self,
  ]

  private static let providers: [any IAMOperation.Type] = [
    CreateOpenIDConnectProvider.self, GetOpenIDConnectProvider.self, ListOpenIDConnectProviders.self,
    DeleteOpenIDConnectProvider.self, AddClientIDToOpenIDConnectProvider.self,
    RemoveClientIDFromOpenIDConnectProvider.self, UpdateOpenIDConnectProviderThumbprint.self,
  ]

  private static let devices: [any IAMOperation.Type] = [
    CreateVirtualMFADevice.self, EnableMFADevice.self, ResyncMFADevice.self, DeactivateMFADevice.self,
    DeleteVirtualMFADevice.self, ListMFADevices.self, ListVirtualMFADevices.self, GetMFADevice.self,
  ]

  private static let profiles: [any IAMOperation.Type] = [
    CreateLoginProfile.self, GetLoginProfile.self, UpdateLoginProfile.self, DeleteLoginProfile.self,
    ChangePassword.self,
  ]

  private static let serviceAccounts: [any IAMOperation.Type] = [
    CreateServiceAccount.self, ListServiceAccounts.self, GetServiceAccount.self, UpdateServiceAccount.self,
    DeleteServiceAccount.self,
  ]

  private static let sessions: [any IAMOperation.Type] = [ListSessions.self, RevokeSessions.self]

  private static let reports: [any IAMOperation.Type] = [
    GenerateCredentialReport.self, GetCredentialReport.self, GetAccountAuthorizationDetails.self,
    SimulateCustomPolicy.self, SimulatePrincipalPolicy.self, GetContextKeysForCustomPolicy.self,
    GetContextKeysForPrincipalPolicy.self,
  ]

  private static func holder<Holder: PolicyHolder>(_ type: Holder.Type) -> [any IAMOperation.Type] {
    [
      PutInlinePolicy<Holder>.self, GetInlinePolicy<Holder>.self, DeleteInlinePolicy<Holder>.self,
      ListInlinePolicies<Holder>.self, AttachPolicy<Holder>.self, DetachPolicy<Holder>.self,
      ListAttachedPolicies<Holder>.self,
    ]
  }

  private static func bounded<Holder: Bounded>(_ type: Holder.Type) -> [any IAMOperation.Type] {
    [PutBoundary<Holder>.self, DeleteBoundary<Holder>.self]
  }

  private static func tagged<Entity: Tagged>(_ type: Entity.Type) -> [any IAMOperation.Type] {
    [TagEntity<Entity>.self, UntagEntity<Entity>.self, ListEntityTags<Entity>.self]
  }
}
