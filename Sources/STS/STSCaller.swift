public import Authorization
import IAMPolicy
public import S3Model

/// Who calls STS: identified, its session (if any) neither expired nor revoked, its principals enabled.
public struct STSCaller: Sendable {
  public let caller: Caller
  /// The access key that signed the request.
  public let accessKeyID: ByteString
  /// The session, when the credentials are temporary.
  public let session: SessionToken?

  public init(_ caller: Caller, accessKeyID: ByteString, session: SessionToken? = nil) {
    self.caller = caller
    self.accessKeyID = accessKeyID
    self.session = session
  }

  func with(secondFactor: PolicyDate) -> STSCaller {
    STSCaller(caller.with(secondFactor: secondFactor), accessKeyID: accessKeyID, session: session)
  }

  /// Of the second factor that came with this request, in seconds since 1970.
  var mfaSeconds: Int64? { caller.secondFactor.map { $0.milliseconds / 1000 } }

  /// Unique id of the user, or the account for root, at the start of the chain.
  var principalID: ByteString { session?.principalID ?? caller.userID }

  /// The long-lived key at the start of the chain, this one unless a session is calling.
  var issuingKeyID: ByteString? { session == nil ? accessKeyID : session?.issuingKeyID }

  /// The ARN that answers and error messages name: a session's own.
  var callerARN: ByteString {
    switch caller.principal.kind {
    case .roleSession(let session, _, _), .federatedUser(let session, _, _), .federatedIdentity(let session, _, _):
      session
    case .anonymous, .root, .user, .role, .service, .federated: caller.principal.arn ?? "anonymous"
    }
  }
}
