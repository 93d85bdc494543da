public import IAMPolicy
public import S3Model

/// Who calls STS: identified, its session (if any) neither expired nor revoked, its principals enabled.
public struct STSCaller: Sendable {
  public var principal: Principal
  /// Stable unique id of the user; the account id for root; empty where an identity provider vouched.
  public var principalID: ByteString
  /// The access key that signed the request.
  public var accessKeyID: ByteString
  /// The session, when the credentials are temporary.
  public var session: SessionToken?
  /// Identity policies, boundary and session policies; without a resource policy.
  public var layers: PolicyLayers

  public init(
    principal: Principal, principalID: ByteString, accessKeyID: ByteString, session: SessionToken? = nil,
    layers: PolicyLayers
  ) {
    self.principal = principal
    self.principalID = principalID
    self.accessKeyID = accessKeyID
    self.session = session
    self.layers = layers
  }

  /// What `GetCallerIdentity` calls UserId and policies `aws:userid`.
  var userID: ByteString {
    guard let session, let account = principal.account else { return principalID }
    return switch session.kind {
    case .assumedRole: ByteString((session.roleID ?? "").bytes + [UInt8(ascii: ":")] + session.sessionName.bytes)
    case .federatedUser: ByteString(account.bytes.bytes + [UInt8(ascii: ":")] + session.sessionName.bytes)
    case .userSession: principalID
    }
  }

  /// The ARN that answers and error messages name: a session's own.
  var callerARN: ByteString {
    switch principal.kind {
    case .roleSession(let session, _, _), .federatedUser(let session, _, _): session
    case .anonymous, .root, .user, .role, .service, .federated: principal.arn ?? "anonymous"
    }
  }

  /// The long-lived key at the start of the chain, this one unless a session is calling.
  var issuingKeyID: ByteString? { session == nil ? accessKeyID : session?.issuingKeyID }

  var isRoot: Bool {
    if case .root = principal.kind { true } else { false }
  }
}
