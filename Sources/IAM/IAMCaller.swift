public import Authorization
public import IdentityStore
public import S3Model

/// Who calls IAM: identified, its session (if any) neither expired nor revoked and allowed to call iam at all.
public struct IAMCaller: Sendable {
  public let caller: Caller
  /// The access key that signed the request.
  public let accessKeyID: ByteString
  /// What a service account of a federated session's person would belong to; nil for everybody else.
  public let federatedParent: FederatedParent?

  public init(_ caller: Caller, accessKeyID: ByteString, federatedParent: FederatedParent? = nil) {
    self.caller = caller
    self.accessKeyID = accessKeyID
    self.federatedParent = federatedParent
  }

  /// The ARN that error messages name: a session's own.
  var arn: ByteString { caller.principal.callerARN ?? "anonymous" }
}
