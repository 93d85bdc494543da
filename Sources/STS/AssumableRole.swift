public import IAMPolicy
public import S3Model

/// What AssumeRole needs to know of a role.
public struct AssumableRole: Sendable {
  /// Stable: a role made anew under the same name has another.
  public var uniqueID: ByteString
  /// With its path.
  public var arn: ByteString
  /// Without its path, as ARNs of sessions have it.
  public var name: ByteString
  public var account: AccountID
  public var trustPolicy: CompiledPolicy
  public var sessionSecondsMax: Int
  /// `aws:ResourceTag/key` while the role is being assumed.
  public var tags: [(key: ByteString, value: ByteString)]

  public init(
    uniqueID: ByteString, arn: ByteString, name: ByteString, account: AccountID, trustPolicy: CompiledPolicy,
    sessionSecondsMax: Int, tags: [(key: ByteString, value: ByteString)] = []
  ) {
    self.uniqueID = uniqueID
    self.arn = arn
    self.name = name
    self.account = account
    self.trustPolicy = trustPolicy
    self.sessionSecondsMax = sessionSecondsMax
    self.tags = tags
  }
}
