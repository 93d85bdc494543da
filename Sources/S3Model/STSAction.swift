/// The sts actions of AWS's service authorization reference, MinIO's four and Martlet's Kerberos one.
///
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Security Token Service".
public enum STSAction: UInt8, CaseIterable, Hashable, Sendable {
  case assumeRole
  case assumeRoleWithCertificate
  case assumeRoleWithClientGrants
  case assumeRoleWithCustomToken
  case assumeRoleWithKerberos
  case assumeRoleWithLDAPIdentity
  case assumeRoleWithSAML
  case assumeRoleWithWebIdentity
  case assumeRoot
  case decodeAuthorizationMessage
  case getAccessKeyInfo
  case getCallerIdentity
  case getDelegatedAccessToken
  case getFederationToken
  case getServiceBearerToken
  case getSessionToken
  case getWebIdentityToken
  case setContext
  case setSourceIdentity
  case tagGetWebIdentityToken
  case tagSession
}

extension STSAction {
  /// The name as policies write it, such as `sts:AssumeRole`.
  public var name: StaticString {
    switch self {
    case .assumeRole: "sts:AssumeRole"
    case .assumeRoleWithCertificate: "sts:AssumeRoleWithCertificate"
    case .assumeRoleWithClientGrants: "sts:AssumeRoleWithClientGrants"
    case .assumeRoleWithCustomToken: "sts:AssumeRoleWithCustomToken"
    case .assumeRoleWithKerberos: "sts:AssumeRoleWithKerberos"
    case .assumeRoleWithLDAPIdentity: "sts:AssumeRoleWithLDAPIdentity"
    case .assumeRoleWithSAML: "sts:AssumeRoleWithSAML"
    case .assumeRoleWithWebIdentity: "sts:AssumeRoleWithWebIdentity"
    case .assumeRoot: "sts:AssumeRoot"
    case .decodeAuthorizationMessage: "sts:DecodeAuthorizationMessage"
    case .getAccessKeyInfo: "sts:GetAccessKeyInfo"
    case .getCallerIdentity: "sts:GetCallerIdentity"
    case .getDelegatedAccessToken: "sts:GetDelegatedAccessToken"
    case .getFederationToken: "sts:GetFederationToken"
    case .getServiceBearerToken: "sts:GetServiceBearerToken"
    case .getSessionToken: "sts:GetSessionToken"
    case .getWebIdentityToken: "sts:GetWebIdentityToken"
    case .setContext: "sts:SetContext"
    case .setSourceIdentity: "sts:SetSourceIdentity"
    case .tagGetWebIdentityToken: "sts:TagGetWebIdentityToken"
    case .tagSession: "sts:TagSession"
    }
  }

  /// The name as the `Action` parameter has it, such as `AssumeRole`.
  public var operation: StaticString {
    switch self {
    case .assumeRole: "AssumeRole"
    case .assumeRoleWithCertificate: "AssumeRoleWithCertificate"
    case .assumeRoleWithClientGrants: "AssumeRoleWithClientGrants"
    case .assumeRoleWithCustomToken: "AssumeRoleWithCustomToken"
    case .assumeRoleWithKerberos: "AssumeRoleWithKerberos"
    case .assumeRoleWithLDAPIdentity: "AssumeRoleWithLDAPIdentity"
    case .assumeRoleWithSAML: "AssumeRoleWithSAML"
    case .assumeRoleWithWebIdentity: "AssumeRoleWithWebIdentity"
    case .assumeRoot: "AssumeRoot"
    case .decodeAuthorizationMessage: "DecodeAuthorizationMessage"
    case .getAccessKeyInfo: "GetAccessKeyInfo"
    case .getCallerIdentity: "GetCallerIdentity"
    case .getDelegatedAccessToken: "GetDelegatedAccessToken"
    case .getFederationToken: "GetFederationToken"
    case .getServiceBearerToken: "GetServiceBearerToken"
    case .getSessionToken: "GetSessionToken"
    case .getWebIdentityToken: "GetWebIdentityToken"
    case .setContext: "SetContext"
    case .setSourceIdentity: "SetSourceIdentity"
    case .tagGetWebIdentityToken: "TagGetWebIdentityToken"
    case .tagSession: "TagSession"
    }
  }
}
