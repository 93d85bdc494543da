/// The iam actions of AWS's service authorization reference and, at the end, Martlet's own: service accounts, sessions,
/// the age of keys.
///
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Identity and Access
/// Management (IAM)".
public enum IAMAction: UInt8, CaseIterable, Hashable, Sendable {
  case acceptDelegationRequest
  case addClientIDToOpenIDConnectProvider
  case addRoleToInstanceProfile
  case addUserToGroup
  case associateDelegationRequest
  case attachGroupPolicy
  case attachRolePolicy
  case attachUserPolicy
  case changePassword
  case createAccessKey
  case createAccountAlias
  case createDelegationRequest
  case createGroup
  case createInstanceProfile
  case createLoginProfile
  case createOpenIDConnectProvider
  case createPolicy
  case createPolicyVersion
  case createRole
  case createSAMLProvider
  case createServiceLinkedRole
  case createServiceSpecificCredential
  case createUser
  case createVirtualMFADevice
  case deactivateMFADevice
  case deleteAccessKey
  case deleteAccountAlias
  case deleteAccountPasswordPolicy
  case deleteCloudFrontPublicKey
  case deleteGroup
  case deleteGroupPolicy
  case deleteInstanceProfile
  case deleteLoginProfile
  case deleteOpenIDConnectProvider
  case deletePolicy
  case deletePolicyVersion
  case deleteRole
  case deleteRolePermissionsBoundary
  case deleteRolePolicy
  case deleteSAMLProvider
  case deleteSSHPublicKey
  case deleteServerCertificate
  case deleteServiceLinkedRole
  case deleteServiceSpecificCredential
  case deleteSigningCertificate
  case deleteUser
  case deleteUserPermissionsBoundary
  case deleteUserPolicy
  case deleteVirtualMFADevice
  case detachGroupPolicy
  case detachRolePolicy
  case detachUserPolicy
  case disableOrganizationsRootCredentialsManagement
  case disableOrganizationsRootSessions
  case disableOutboundWebIdentityFederation
  case enableMFADevice
  case enableOrganizationsRootCredentialsManagement
  case enableOrganizationsRootSessions
  case enableOutboundWebIdentityFederation
  case generateCredentialReport
  case generateOrganizationsAccessReport
  case generateServiceLastAccessedDetails
  case getAccessKeyLastUsed
  case getAccountAuthorizationDetails
  case getAccountEmailAddress
  case getAccountName
  case getAccountPasswordPolicy
  case getAccountSummary
  case getCloudFrontPublicKey
  case getContextKeysForCustomPolicy
  case getContextKeysForPrincipalPolicy
  case getCredentialReport
  case getDelegationRequest
  case getGroup
  case getGroupPolicy
  case getHumanReadableSummary
  case getInstanceProfile
  case getLoginProfile
  case getMFADevice
  case getOpenIDConnectProvider
  case getOrganizationsAccessReport
  case getOutboundWebIdentityFederationInfo
  case getPolicy
  case getPolicyVersion
  case getRole
  case getRolePolicy
  case getSAMLProvider
  case getSSHPublicKey
  case getServerCertificate
  case getServiceLastAccessedDetails
  case getServiceLastAccessedDetailsWithEntities
  case getServiceLinkedRoleDeletionStatus
  case getUser
  case getUserPolicy
  case listAccessKeys
  case listAccountAliases
  case listAttachedGroupPolicies
  case listAttachedRolePolicies
  case listAttachedUserPolicies
  case listCloudFrontPublicKeys
  case listDelegationRequests
  case listEntitiesForPolicy
  case listGroupPolicies
  case listGroups
  case listGroupsForUser
  case listInstanceProfileTags
  case listInstanceProfiles
  case listInstanceProfilesForRole
  case listMFADeviceTags
  case listMFADevices
  case listOpenIDConnectProviderTags
  case listOpenIDConnectProviders
  case listOrganizationsFeatures
  case listPolicies
  case listPoliciesGrantingServiceAccess
  case listPolicyTags
  case listPolicyVersions
  case listRolePolicies
  case listRoleTags
  case listRoles
  case listSAMLProviderTags
  case listSAMLProviders
  case listSSHPublicKeys
  case listSTSRegionalEndpointsStatus
  case listServerCertificateTags
  case listServerCertificates
  case listServiceSpecificCredentials
  case listSigningCertificates
  case listUserPolicies
  case listUserTags
  case listUsers
  case listVirtualMFADevices
  case passRole
  case putGroupPolicy
  case putRolePermissionsBoundary
  case putRolePolicy
  case putUserPermissionsBoundary
  case putUserPolicy
  case rejectDelegationRequest
  case removeClientIDFromOpenIDConnectProvider
  case removeRoleFromInstanceProfile
  case removeUserFromGroup
  case resetServiceSpecificCredential
  case resyncMFADevice
  case sendDelegationToken
  case setDefaultPolicyVersion
  case setSTSRegionalEndpointStatus
  case setSecurityTokenServicePreferences
  case simulateCustomPolicy
  case simulatePrincipalPolicy
  case tagInstanceProfile
  case tagMFADevice
  case tagOpenIDConnectProvider
  case tagPolicy
  case tagRole
  case tagSAMLProvider
  case tagServerCertificate
  case tagUser
  case untagInstanceProfile
  case untagMFADevice
  case untagOpenIDConnectProvider
  case untagPolicy
  case untagRole
  case untagSAMLProvider
  case untagServerCertificate
  case untagUser
  case updateAccessKey
  case updateAccountEmailAddress
  case updateAccountName
  case updateAccountPasswordPolicy
  case updateAssumeRolePolicy
  case updateCloudFrontPublicKey
  case updateGroup
  case updateLoginProfile
  case updateOpenIDConnectProviderThumbprint
  case updateRole
  case updateRoleDescription
  case updateSAMLProvider
  case updateSSHPublicKey
  case updateServerCertificate
  case updateServiceSpecificCredential
  case updateSigningCertificate
  case updateUser
  case uploadCloudFrontPublicKey
  case uploadSSHPublicKey
  case uploadServerCertificate
  case uploadSigningCertificate
  case createServiceAccount
  case deleteServiceAccount
  case getServiceAccount
  case listServiceAccounts
  case updateServiceAccount
  case listSessions
  case revokeSessions
  case getAccountKeyPolicy
  case updateAccountKeyPolicy
}

extension IAMAction {
  /// The name as policies write it, such as `iam:CreateUser`.
  public var name: StaticString {
    switch self {
    case .acceptDelegationRequest: "iam:AcceptDelegationRequest"
    case .addClientIDToOpenIDConnectProvider: "iam:AddClientIDToOpenIDConnectProvider"
    case .addRoleToInstanceProfile: "iam:AddRoleToInstanceProfile"
    case .addUserToGroup: "iam:AddUserToGroup"
    case .associateDelegationRequest: "iam:AssociateDelegationRequest"
    case .attachGroupPolicy: "iam:AttachGroupPolicy"
    case .attachRolePolicy: "iam:AttachRolePolicy"
    case .attachUserPolicy: "iam:AttachUserPolicy"
    case .changePassword: "iam:ChangePassword"
    case .createAccessKey: "iam:CreateAccessKey"
    case .createAccountAlias: "iam:CreateAccountAlias"
    case .createDelegationRequest: "iam:CreateDelegationRequest"
    case .createGroup: "iam:CreateGroup"
    case .createInstanceProfile: "iam:CreateInstanceProfile"
    case .createLoginProfile: "iam:CreateLoginProfile"
    case .createOpenIDConnectProvider: "iam:CreateOpenIDConnectProvider"
    case .createPolicy: "iam:CreatePolicy"
    case .createPolicyVersion: "iam:CreatePolicyVersion"
    case .createRole: "iam:CreateRole"
    case .createSAMLProvider: "iam:CreateSAMLProvider"
    case .createServiceLinkedRole: "iam:CreateServiceLinkedRole"
    case .createServiceSpecificCredential: "iam:CreateServiceSpecificCredential"
    case .createUser: "iam:CreateUser"
    case .createVirtualMFADevice: "iam:CreateVirtualMFADevice"
    case .deactivateMFADevice: "iam:DeactivateMFADevice"
    case .deleteAccessKey: "iam:DeleteAccessKey"
    case .deleteAccountAlias: "iam:DeleteAccountAlias"
    case .deleteAccountPasswordPolicy: "iam:DeleteAccountPasswordPolicy"
    case .deleteCloudFrontPublicKey: "iam:DeleteCloudFrontPublicKey"
    case .deleteGroup: "iam:DeleteGroup"
    case .deleteGroupPolicy: "iam:DeleteGroupPolicy"
    case .deleteInstanceProfile: "iam:DeleteInstanceProfile"
    case .deleteLoginProfile: "iam:DeleteLoginProfile"
    case .deleteOpenIDConnectProvider: "iam:DeleteOpenIDConnectProvider"
    case .deletePolicy: "iam:DeletePolicy"
    case .deletePolicyVersion: "iam:DeletePolicyVersion"
    case .deleteRole: "iam:DeleteRole"
    case .deleteRolePermissionsBoundary: "iam:DeleteRolePermissionsBoundary"
    case .deleteRolePolicy: "iam:DeleteRolePolicy"
    case .deleteSAMLProvider: "iam:DeleteSAMLProvider"
    case .deleteSSHPublicKey: "iam:DeleteSSHPublicKey"
    case .deleteServerCertificate: "iam:DeleteServerCertificate"
    case .deleteServiceLinkedRole: "iam:DeleteServiceLinkedRole"
    case .deleteServiceSpecificCredential: "iam:DeleteServiceSpecificCredential"
    case .deleteSigningCertificate: "iam:DeleteSigningCertificate"
    case .deleteUser: "iam:DeleteUser"
    case .deleteUserPermissionsBoundary: "iam:DeleteUserPermissionsBoundary"
    case .deleteUserPolicy: "iam:DeleteUserPolicy"
    case .deleteVirtualMFADevice: "iam:DeleteVirtualMFADevice"
    case .detachGroupPolicy: "iam:DetachGroupPolicy"
    case .detachRolePolicy: "iam:DetachRolePolicy"
    case .detachUserPolicy: "iam:DetachUserPolicy"
    case .disableOrganizationsRootCredentialsManagement: "iam:DisableOrganizationsRootCredentialsManagement"
    case .disableOrganizationsRootSessions: "iam:DisableOrganizationsRootSessions"
    case .disableOutboundWebIdentityFederation: "iam:DisableOutboundWebIdentityFederation"
    case .enableMFADevice: "iam:EnableMFADevice"
    case .enableOrganizationsRootCredentialsManagement: "iam:EnableOrganizationsRootCredentialsManagement"
    case .enableOrganizationsRootSessions: "iam:EnableOrganizationsRootSessions"
    case .enableOutboundWebIdentityFederation: "iam:EnableOutboundWebIdentityFederation"
    case .generateCredentialReport: "iam:GenerateCredentialReport"
    case .generateOrganizationsAccessReport: "iam:GenerateOrganizationsAccessReport"
    case .generateServiceLastAccessedDetails: "iam:GenerateServiceLastAccessedDetails"
    case .getAccessKeyLastUsed: "iam:GetAccessKeyLastUsed"
    case .getAccountAuthorizationDetails: "iam:GetAccountAuthorizationDetails"
    case .getAccountEmailAddress: "iam:GetAccountEmailAddress"
    case .getAccountName: "iam:GetAccountName"
    case .getAccountPasswordPolicy: "iam:GetAccountPasswordPolicy"
    case .getAccountSummary: "iam:GetAccountSummary"
    case .getCloudFrontPublicKey: "iam:GetCloudFrontPublicKey"
    case .getContextKeysForCustomPolicy: "iam:GetContextKeysForCustomPolicy"
    case .getContextKeysForPrincipalPolicy: "iam:GetContextKeysForPrincipalPolicy"
    case .getCredentialReport: "iam:GetCredentialReport"
    case .getDelegationRequest: "iam:GetDelegationRequest"
    case .getGroup: "iam:GetGroup"
    case .getGroupPolicy: "iam:GetGroupPolicy"
    case .getHumanReadableSummary: "iam:GetHumanReadableSummary"
    case .getInstanceProfile: "iam:GetInstanceProfile"
    case .getLoginProfile: "iam:GetLoginProfile"
    case .getMFADevice: "iam:GetMFADevice"
    case .getOpenIDConnectProvider: "iam:GetOpenIDConnectProvider"
    case .getOrganizationsAccessReport: "iam:GetOrganizationsAccessReport"
    case .getOutboundWebIdentityFederationInfo: "iam:GetOutboundWebIdentityFederationInfo"
    case .getPolicy: "iam:GetPolicy"
    case .getPolicyVersion: "iam:GetPolicyVersion"
    case .getRole: "iam:GetRole"
    case .getRolePolicy: "iam:GetRolePolicy"
    case .getSAMLProvider: "iam:GetSAMLProvider"
    case .getSSHPublicKey: "iam:GetSSHPublicKey"
    case .getServerCertificate: "iam:GetServerCertificate"
    case .getServiceLastAccessedDetails: "iam:GetServiceLastAccessedDetails"
    case .getServiceLastAccessedDetailsWithEntities: "iam:GetServiceLastAccessedDetailsWithEntities"
    case .getServiceLinkedRoleDeletionStatus: "iam:GetServiceLinkedRoleDeletionStatus"
    case .getUser: "iam:GetUser"
    case .getUserPolicy: "iam:GetUserPolicy"
    case .listAccessKeys: "iam:ListAccessKeys"
    case .listAccountAliases: "iam:ListAccountAliases"
    case .listAttachedGroupPolicies: "iam:ListAttachedGroupPolicies"
    case .listAttachedRolePolicies: "iam:ListAttachedRolePolicies"
    case .listAttachedUserPolicies: "iam:ListAttachedUserPolicies"
    case .listCloudFrontPublicKeys: "iam:ListCloudFrontPublicKeys"
    case .listDelegationRequests: "iam:ListDelegationRequests"
    case .listEntitiesForPolicy: "iam:ListEntitiesForPolicy"
    case .listGroupPolicies: "iam:ListGroupPolicies"
    case .listGroups: "iam:ListGroups"
    case .listGroupsForUser: "iam:ListGroupsForUser"
    case .listInstanceProfileTags: "iam:ListInstanceProfileTags"
    case .listInstanceProfiles: "iam:ListInstanceProfiles"
    case .listInstanceProfilesForRole: "iam:ListInstanceProfilesForRole"
    case .listMFADeviceTags: "iam:ListMFADeviceTags"
    case .listMFADevices: "iam:ListMFADevices"
    case .listOpenIDConnectProviderTags: "iam:ListOpenIDConnectProviderTags"
    case .listOpenIDConnectProviders: "iam:ListOpenIDConnectProviders"
    case .listOrganizationsFeatures: "iam:ListOrganizationsFeatures"
    case .listPolicies: "iam:ListPolicies"
    case .listPoliciesGrantingServiceAccess: "iam:ListPoliciesGrantingServiceAccess"
    case .listPolicyTags: "iam:ListPolicyTags"
    case .listPolicyVersions: "iam:ListPolicyVersions"
    case .listRolePolicies: "iam:ListRolePolicies"
    case .listRoleTags: "iam:ListRoleTags"
    case .listRoles: "iam:ListRoles"
    case .listSAMLProviderTags: "iam:ListSAMLProviderTags"
    case .listSAMLProviders: "iam:ListSAMLProviders"
    case .listSSHPublicKeys: "iam:ListSSHPublicKeys"
    case .listSTSRegionalEndpointsStatus: "iam:ListSTSRegionalEndpointsStatus"
    case .listServerCertificateTags: "iam:ListServerCertificateTags"
    case .listServerCertificates: "iam:ListServerCertificates"
    case .listServiceSpecificCredentials: "iam:ListServiceSpecificCredentials"
    case .listSigningCertificates: "iam:ListSigningCertificates"
    case .listUserPolicies: "iam:ListUserPolicies"
    case .listUserTags: "iam:ListUserTags"
    case .listUsers: "iam:ListUsers"
    case .listVirtualMFADevices: "iam:ListVirtualMFADevices"
    case .passRole: "iam:PassRole"
    case .putGroupPolicy: "iam:PutGroupPolicy"
    case .putRolePermissionsBoundary: "iam:PutRolePermissionsBoundary"
    case .putRolePolicy: "iam:PutRolePolicy"
    case .putUserPermissionsBoundary: "iam:PutUserPermissionsBoundary"
    case .putUserPolicy: "iam:PutUserPolicy"
    case .rejectDelegationRequest: "iam:RejectDelegationRequest"
    case .removeClientIDFromOpenIDConnectProvider: "iam:RemoveClientIDFromOpenIDConnectProvider"
    case .removeRoleFromInstanceProfile: "iam:RemoveRoleFromInstanceProfile"
    case .removeUserFromGroup: "iam:RemoveUserFromGroup"
    case .resetServiceSpecificCredential: "iam:ResetServiceSpecificCredential"
    case .resyncMFADevice: "iam:ResyncMFADevice"
    case .sendDelegationToken: "iam:SendDelegationToken"
    case .setDefaultPolicyVersion: "iam:SetDefaultPolicyVersion"
    case .setSTSRegionalEndpointStatus: "iam:SetSTSRegionalEndpointStatus"
    case .setSecurityTokenServicePreferences: "iam:SetSecurityTokenServicePreferences"
    case .simulateCustomPolicy: "iam:SimulateCustomPolicy"
    case .simulatePrincipalPolicy: "iam:SimulatePrincipalPolicy"
    case .tagInstanceProfile: "iam:TagInstanceProfile"
    case .tagMFADevice: "iam:TagMFADevice"
    case .tagOpenIDConnectProvider: "iam:TagOpenIDConnectProvider"
    case .tagPolicy: "iam:TagPolicy"
    case .tagRole: "iam:TagRole"
    case .tagSAMLProvider: "iam:TagSAMLProvider"
    case .tagServerCertificate: "iam:TagServerCertificate"
    case .tagUser: "iam:TagUser"
    case .untagInstanceProfile: "iam:UntagInstanceProfile"
    case .untagMFADevice: "iam:UntagMFADevice"
    case .untagOpenIDConnectProvider: "iam:UntagOpenIDConnectProvider"
    case .untagPolicy: "iam:UntagPolicy"
    case .untagRole: "iam:UntagRole"
    case .untagSAMLProvider: "iam:UntagSAMLProvider"
    case .untagServerCertificate: "iam:UntagServerCertificate"
    case .untagUser: "iam:UntagUser"
    case .updateAccessKey: "iam:UpdateAccessKey"
    case .updateAccountEmailAddress: "iam:UpdateAccountEmailAddress"
    case .updateAccountName: "iam:UpdateAccountName"
    case .updateAccountPasswordPolicy: "iam:UpdateAccountPasswordPolicy"
    case .updateAssumeRolePolicy: "iam:UpdateAssumeRolePolicy"
    case .updateCloudFrontPublicKey: "iam:UpdateCloudFrontPublicKey"
    case .updateGroup: "iam:UpdateGroup"
    case .updateLoginProfile: "iam:UpdateLoginProfile"
    case .updateOpenIDConnectProviderThumbprint: "iam:UpdateOpenIDConnectProviderThumbprint"
    case .updateRole: "iam:UpdateRole"
    case .updateRoleDescription: "iam:UpdateRoleDescription"
    case .updateSAMLProvider: "iam:UpdateSAMLProvider"
    case .updateSSHPublicKey: "iam:UpdateSSHPublicKey"
    case .updateServerCertificate: "iam:UpdateServerCertificate"
    case .updateServiceSpecificCredential: "iam:UpdateServiceSpecificCredential"
    case .updateSigningCertificate: "iam:UpdateSigningCertificate"
    case .updateUser: "iam:UpdateUser"
    case .uploadCloudFrontPublicKey: "iam:UploadCloudFrontPublicKey"
    case .uploadSSHPublicKey: "iam:UploadSSHPublicKey"
    case .uploadServerCertificate: "iam:UploadServerCertificate"
    case .uploadSigningCertificate: "iam:UploadSigningCertificate"
    case .createServiceAccount: "iam:CreateServiceAccount"
    case .deleteServiceAccount: "iam:DeleteServiceAccount"
    case .getServiceAccount: "iam:GetServiceAccount"
    case .listServiceAccounts: "iam:ListServiceAccounts"
    case .updateServiceAccount: "iam:UpdateServiceAccount"
    case .listSessions: "iam:ListSessions"
    case .revokeSessions: "iam:RevokeSessions"
    case .getAccountKeyPolicy: "iam:GetAccountKeyPolicy"
    case .updateAccountKeyPolicy: "iam:UpdateAccountKeyPolicy"
    }
  }
}

extension IAMAction {
  /// The name as the `Action` parameter has it, such as `CreateUser`.
  public var operation: StaticString {
    switch self {
    case .acceptDelegationRequest: "AcceptDelegationRequest"
    case .addClientIDToOpenIDConnectProvider: "AddClientIDToOpenIDConnectProvider"
    case .addRoleToInstanceProfile: "AddRoleToInstanceProfile"
    case .addUserToGroup: "AddUserToGroup"
    case .associateDelegationRequest: "AssociateDelegationRequest"
    case .attachGroupPolicy: "AttachGroupPolicy"
    case .attachRolePolicy: "AttachRolePolicy"
    case .attachUserPolicy: "AttachUserPolicy"
    case .changePassword: "ChangePassword"
    case .createAccessKey: "CreateAccessKey"
    case .createAccountAlias: "CreateAccountAlias"
    case .createDelegationRequest: "CreateDelegationRequest"
    case .createGroup: "CreateGroup"
    case .createInstanceProfile: "CreateInstanceProfile"
    case .createLoginProfile: "CreateLoginProfile"
    case .createOpenIDConnectProvider: "CreateOpenIDConnectProvider"
    case .createPolicy: "CreatePolicy"
    case .createPolicyVersion: "CreatePolicyVersion"
    case .createRole: "CreateRole"
    case .createSAMLProvider: "CreateSAMLProvider"
    case .createServiceLinkedRole: "CreateServiceLinkedRole"
    case .createServiceSpecificCredential: "CreateServiceSpecificCredential"
    case .createUser: "CreateUser"
    case .createVirtualMFADevice: "CreateVirtualMFADevice"
    case .deactivateMFADevice: "DeactivateMFADevice"
    case .deleteAccessKey: "DeleteAccessKey"
    case .deleteAccountAlias: "DeleteAccountAlias"
    case .deleteAccountPasswordPolicy: "DeleteAccountPasswordPolicy"
    case .deleteCloudFrontPublicKey: "DeleteCloudFrontPublicKey"
    case .deleteGroup: "DeleteGroup"
    case .deleteGroupPolicy: "DeleteGroupPolicy"
    case .deleteInstanceProfile: "DeleteInstanceProfile"
    case .deleteLoginProfile: "DeleteLoginProfile"
    case .deleteOpenIDConnectProvider: "DeleteOpenIDConnectProvider"
    case .deletePolicy: "DeletePolicy"
    case .deletePolicyVersion: "DeletePolicyVersion"
    case .deleteRole: "DeleteRole"
    case .deleteRolePermissionsBoundary: "DeleteRolePermissionsBoundary"
    case .deleteRolePolicy: "DeleteRolePolicy"
    case .deleteSAMLProvider: "DeleteSAMLProvider"
    case .deleteSSHPublicKey: "DeleteSSHPublicKey"
    case .deleteServerCertificate: "DeleteServerCertificate"
    case .deleteServiceLinkedRole: "DeleteServiceLinkedRole"
    case .deleteServiceSpecificCredential: "DeleteServiceSpecificCredential"
    case .deleteSigningCertificate: "DeleteSigningCertificate"
    case .deleteUser: "DeleteUser"
    case .deleteUserPermissionsBoundary: "DeleteUserPermissionsBoundary"
    case .deleteUserPolicy: "DeleteUserPolicy"
    case .deleteVirtualMFADevice: "DeleteVirtualMFADevice"
    case .detachGroupPolicy: "DetachGroupPolicy"
    case .detachRolePolicy: "DetachRolePolicy"
    case .detachUserPolicy: "DetachUserPolicy"
    case .disableOrganizationsRootCredentialsManagement: "DisableOrganizationsRootCredentialsManagement"
    case .disableOrganizationsRootSessions: "DisableOrganizationsRootSessions"
    case .disableOutboundWebIdentityFederation: "DisableOutboundWebIdentityFederation"
    case .enableMFADevice: "EnableMFADevice"
    case .enableOrganizationsRootCredentialsManagement: "EnableOrganizationsRootCredentialsManagement"
    case .enableOrganizationsRootSessions: "EnableOrganizationsRootSessions"
    case .enableOutboundWebIdentityFederation: "EnableOutboundWebIdentityFederation"
    case .generateCredentialReport: "GenerateCredentialReport"
    case .generateOrganizationsAccessReport: "GenerateOrganizationsAccessReport"
    case .generateServiceLastAccessedDetails: "GenerateServiceLastAccessedDetails"
    case .getAccessKeyLastUsed: "GetAccessKeyLastUsed"
    case .getAccountAuthorizationDetails: "GetAccountAuthorizationDetails"
    case .getAccountEmailAddress: "GetAccountEmailAddress"
    case .getAccountName: "GetAccountName"
    case .getAccountPasswordPolicy: "GetAccountPasswordPolicy"
    case .getAccountSummary: "GetAccountSummary"
    case .getCloudFrontPublicKey: "GetCloudFrontPublicKey"
    case .getContextKeysForCustomPolicy: "GetContextKeysForCustomPolicy"
    case .getContextKeysForPrincipalPolicy: "GetContextKeysForPrincipalPolicy"
    case .getCredentialReport: "GetCredentialReport"
    case .getDelegationRequest: "GetDelegationRequest"
    case .getGroup: "GetGroup"
    case .getGroupPolicy: "GetGroupPolicy"
    case .getHumanReadableSummary: "GetHumanReadableSummary"
    case .getInstanceProfile: "GetInstanceProfile"
    case .getLoginProfile: "GetLoginProfile"
    case .getMFADevice: "GetMFADevice"
    case .getOpenIDConnectProvider: "GetOpenIDConnectProvider"
    case .getOrganizationsAccessReport: "GetOrganizationsAccessReport"
    case .getOutboundWebIdentityFederationInfo: "GetOutboundWebIdentityFederationInfo"
    case .getPolicy: "GetPolicy"
    case .getPolicyVersion: "GetPolicyVersion"
    case .getRole: "GetRole"
    case .getRolePolicy: "GetRolePolicy"
    case .getSAMLProvider: "GetSAMLProvider"
    case .getSSHPublicKey: "GetSSHPublicKey"
    case .getServerCertificate: "GetServerCertificate"
    case .getServiceLastAccessedDetails: "GetServiceLastAccessedDetails"
    case .getServiceLastAccessedDetailsWithEntities: "GetServiceLastAccessedDetailsWithEntities"
    case .getServiceLinkedRoleDeletionStatus: "GetServiceLinkedRoleDeletionStatus"
    case .getUser: "GetUser"
    case .getUserPolicy: "GetUserPolicy"
    case .listAccessKeys: "ListAccessKeys"
    case .listAccountAliases: "ListAccountAliases"
    case .listAttachedGroupPolicies: "ListAttachedGroupPolicies"
    case .listAttachedRolePolicies: "ListAttachedRolePolicies"
    case .listAttachedUserPolicies: "ListAttachedUserPolicies"
    case .listCloudFrontPublicKeys: "ListCloudFrontPublicKeys"
    case .listDelegationRequests: "ListDelegationRequests"
    case .listEntitiesForPolicy: "ListEntitiesForPolicy"
    case .listGroupPolicies: "ListGroupPolicies"
    case .listGroups: "ListGroups"
    case .listGroupsForUser: "ListGroupsForUser"
    case .listInstanceProfileTags: "ListInstanceProfileTags"
    case .listInstanceProfiles: "ListInstanceProfiles"
    case .listInstanceProfilesForRole: "ListInstanceProfilesForRole"
    case .listMFADeviceTags: "ListMFADeviceTags"
    case .listMFADevices: "ListMFADevices"
    case .listOpenIDConnectProviderTags: "ListOpenIDConnectProviderTags"
    case .listOpenIDConnectProviders: "ListOpenIDConnectProviders"
    case .listOrganizationsFeatures: "ListOrganizationsFeatures"
    case .listPolicies: "ListPolicies"
    case .listPoliciesGrantingServiceAccess: "ListPoliciesGrantingServiceAccess"
    case .listPolicyTags: "ListPolicyTags"
    case .listPolicyVersions: "ListPolicyVersions"
    case .listRolePolicies: "ListRolePolicies"
    case .listRoleTags: "ListRoleTags"
    case .listRoles: "ListRoles"
    case .listSAMLProviderTags: "ListSAMLProviderTags"
    case .listSAMLProviders: "ListSAMLProviders"
    case .listSSHPublicKeys: "ListSSHPublicKeys"
    case .listSTSRegionalEndpointsStatus: "ListSTSRegionalEndpointsStatus"
    case .listServerCertificateTags: "ListServerCertificateTags"
    case .listServerCertificates: "ListServerCertificates"
    case .listServiceSpecificCredentials: "ListServiceSpecificCredentials"
    case .listSigningCertificates: "ListSigningCertificates"
    case .listUserPolicies: "ListUserPolicies"
    case .listUserTags: "ListUserTags"
    case .listUsers: "ListUsers"
    case .listVirtualMFADevices: "ListVirtualMFADevices"
    case .passRole: "PassRole"
    case .putGroupPolicy: "PutGroupPolicy"
    case .putRolePermissionsBoundary: "PutRolePermissionsBoundary"
    case .putRolePolicy: "PutRolePolicy"
    case .putUserPermissionsBoundary: "PutUserPermissionsBoundary"
    case .putUserPolicy: "PutUserPolicy"
    case .rejectDelegationRequest: "RejectDelegationRequest"
    case .removeClientIDFromOpenIDConnectProvider: "RemoveClientIDFromOpenIDConnectProvider"
    case .removeRoleFromInstanceProfile: "RemoveRoleFromInstanceProfile"
    case .removeUserFromGroup: "RemoveUserFromGroup"
    case .resetServiceSpecificCredential: "ResetServiceSpecificCredential"
    case .resyncMFADevice: "ResyncMFADevice"
    case .sendDelegationToken: "SendDelegationToken"
    case .setDefaultPolicyVersion: "SetDefaultPolicyVersion"
    case .setSTSRegionalEndpointStatus: "SetSTSRegionalEndpointStatus"
    case .setSecurityTokenServicePreferences: "SetSecurityTokenServicePreferences"
    case .simulateCustomPolicy: "SimulateCustomPolicy"
    case .simulatePrincipalPolicy: "SimulatePrincipalPolicy"
    case .tagInstanceProfile: "TagInstanceProfile"
    case .tagMFADevice: "TagMFADevice"
    case .tagOpenIDConnectProvider: "TagOpenIDConnectProvider"
    case .tagPolicy: "TagPolicy"
    case .tagRole: "TagRole"
    case .tagSAMLProvider: "TagSAMLProvider"
    case .tagServerCertificate: "TagServerCertificate"
    case .tagUser: "TagUser"
    case .untagInstanceProfile: "UntagInstanceProfile"
    case .untagMFADevice: "UntagMFADevice"
    case .untagOpenIDConnectProvider: "UntagOpenIDConnectProvider"
    case .untagPolicy: "UntagPolicy"
    case .untagRole: "UntagRole"
    case .untagSAMLProvider: "UntagSAMLProvider"
    case .untagServerCertificate: "UntagServerCertificate"
    case .untagUser: "UntagUser"
    case .updateAccessKey: "UpdateAccessKey"
    case .updateAccountEmailAddress: "UpdateAccountEmailAddress"
    case .updateAccountName: "UpdateAccountName"
    case .updateAccountPasswordPolicy: "UpdateAccountPasswordPolicy"
    case .updateAssumeRolePolicy: "UpdateAssumeRolePolicy"
    case .updateCloudFrontPublicKey: "UpdateCloudFrontPublicKey"
    case .updateGroup: "UpdateGroup"
    case .updateLoginProfile: "UpdateLoginProfile"
    case .updateOpenIDConnectProviderThumbprint: "UpdateOpenIDConnectProviderThumbprint"
    case .updateRole: "UpdateRole"
    case .updateRoleDescription: "UpdateRoleDescription"
    case .updateSAMLProvider: "UpdateSAMLProvider"
    case .updateSSHPublicKey: "UpdateSSHPublicKey"
    case .updateServerCertificate: "UpdateServerCertificate"
    case .updateServiceSpecificCredential: "UpdateServiceSpecificCredential"
    case .updateSigningCertificate: "UpdateSigningCertificate"
    case .updateUser: "UpdateUser"
    case .uploadCloudFrontPublicKey: "UploadCloudFrontPublicKey"
    case .uploadSSHPublicKey: "UploadSSHPublicKey"
    case .uploadServerCertificate: "UploadServerCertificate"
    case .uploadSigningCertificate: "UploadSigningCertificate"
    case .createServiceAccount: "CreateServiceAccount"
    case .deleteServiceAccount: "DeleteServiceAccount"
    case .getServiceAccount: "GetServiceAccount"
    case .listServiceAccounts: "ListServiceAccounts"
    case .updateServiceAccount: "UpdateServiceAccount"
    case .listSessions: "ListSessions"
    case .revokeSessions: "RevokeSessions"
    case .getAccountKeyPolicy: "GetAccountKeyPolicy"
    case .updateAccountKeyPolicy: "UpdateAccountKeyPolicy"
    }
  }
}
