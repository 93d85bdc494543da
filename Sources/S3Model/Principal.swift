/// Who makes a request, as policies name them.
///
/// Source: IAM User Guide, "AWS JSON policy elements: Principal".
public struct Principal: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// Unsigned requests.
    case anonymous
    case root(AccountID)
    /// An IAM user with a long-lived key, or a GetSessionToken session, which has the user's own ARN.
    case user(arn: ByteString, AccountID)
    /// A role itself; requests are made by its sessions.
    case role(arn: ByteString, AccountID)
    case roleSession(session: ByteString, role: ByteString, AccountID)
    /// A GetFederationToken session and the user who asked for it.
    case federatedUser(session: ByteString, user: ByteString, AccountID)
    /// Somebody an identity provider vouches for, without a role: what they may do follows from the provider's mapping.
    /// - `provider`: its ARN.
    case federatedIdentity(arn: ByteString, provider: ByteString, AccountID)
    /// An AWS service such as `logging.s3.amazonaws.com`.
    case service(ByteString)
    /// Somebody an identity provider vouches for, before a role is theirs: the provider's ARN or host name.
    case federated(provider: ByteString)
  }

  public var kind: Kind
  /// The S3 canonical user id of the account, where one is known.
  public var canonicalUser: ByteString?

  public init(_ kind: Kind, canonicalUser: ByteString? = nil) {
    self.kind = kind
    self.canonicalUser = canonicalUser
  }

  public static let anonymous = Principal(.anonymous)
}

extension Principal {
  /// The account the caller belongs to; nil for the anonymous, services and identity providers.
  @inlinable public var account: AccountID? {
    switch kind {
    case .root(let account), .user(_, let account), .role(_, let account), .roleSession(_, _, let account),
      .federatedUser(_, _, let account), .federatedIdentity(_, _, let account):
      account
    case .anonymous, .service, .federated: nil
    }
  }

  /// The value of `aws:PrincipalArn`: for a role's session the role's ARN. Nil for the anonymous and services.
  public var arn: ByteString? {
    switch kind {
    case .root(let account): ARN.root(account: account)
    case .user(let arn, _), .role(let arn, _), .roleSession(_, let arn, _), .federatedUser(let arn, _, _),
      .federatedIdentity(let arn, _, _):
      arn
    case .federated(let provider): provider
    case .anonymous, .service: nil
    }
  }

  /// What GetCallerIdentity answers: for sessions the session's own ARN.
  public var callerARN: ByteString? {
    if case .roleSession(let session, _, _) = kind { session } else { arn }
  }
}
