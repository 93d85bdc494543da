public import S3Model

/// What an action answers.
public enum STSResponse: Sendable {
  case assumeRole(AssumedRole)
  case getSessionToken(STSCredentials)
  case getCallerIdentity(userID: ByteString, account: AccountID, arn: ByteString)
  case getFederationToken(FederatedUser)
  case getAccessKeyInfo(account: AccountID)
  case assumeRoleWithWebIdentity(AssumedRole, subject: ByteString, audience: ByteString, provider: ByteString)
  case assumeRoleWithClientGrants(AssumedRole, subject: ByteString)
  case assumeRoleWithCustomToken(AssumedRole, user: ByteString)
  case assumeRoleWithKerberos(AssumedRole, principal: ByteString)
  case assumeRoleWithLDAPIdentity(AssumedRole)
  case assumeRoleWithCertificate(AssumedRole)

  /// AssumeRole's result.
  public struct AssumedRole: Sendable {
    public var credentials: STSCredentials
    /// `AROA…:session`; nil for a federated identity's session, which has no role.
    public var assumedRoleID: ByteString?
    /// `arn:aws:sts::account:assumed-role/role/session`
    public var arn: ByteString
    public var packedPolicyPercent: Int?
    public var sourceIdentity: ByteString?
  }

  /// GetFederationToken's result.
  public struct FederatedUser: Sendable {
    public var credentials: STSCredentials
    /// `account:name`
    public var federatedUserID: ByteString
    /// `arn:aws:sts::account:federated-user/name`
    public var arn: ByteString
    public var packedPolicyPercent: Int?
  }
}

/// The three strings of a session, and when it is over.
public struct STSCredentials: Sendable {
  public var session: SealedSession
  /// In seconds since 1970.
  public var expirySeconds: Int64
}
