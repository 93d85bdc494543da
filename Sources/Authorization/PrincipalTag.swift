public import S3Model

/// A tag of a user, a role or a session: `aws:PrincipalTag/key` to policies.
public struct PrincipalTag: Hashable, Sendable {
  public var key: ByteString
  public var value: ByteString

  public init(key: ByteString, value: ByteString) {
    self.key = key
    self.value = value
  }
}
