/// The object that `x-amz-copy-source` names.
public struct CopySource: Hashable, Sendable {
  public var bucket: String
  /// Percent-decoded once, not normalized.
  public var key: ByteString
  /// From `?versionId=…` behind the key; nil means the current version.
  public var versionID: ByteString?

  public init(bucket: String, key: ByteString, versionID: ByteString? = nil) {
    self.bucket = bucket
    self.key = key
    self.versionID = versionID
  }
}
