public import Authorization
public import S3Model
public import SigV4

/// A long-lived access key and whose it is.
public final class AccessKeyRecord: Sendable {
  public let accessKeyID: ByteString
  /// Derives signing keys. Its revision changes with the secret, so that no cache outlives a change.
  public let secret: SigningSecret
  /// The user, or root, with the policies that bind it.
  public let caller: Caller
  /// An inactive key is known, and refused.
  public let isActive: Bool

  init(accessKeyID: ByteString, secret: SigningSecret, caller: Caller, isActive: Bool) {
    self.accessKeyID = accessKeyID
    self.secret = secret
    self.caller = caller
    self.isActive = isActive
  }
}
