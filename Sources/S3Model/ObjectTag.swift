/// One tag of an object or a bucket.
public struct ObjectTag: Hashable, Sendable {
  public var key: ByteString
  public var value: ByteString

  public init(key: ByteString, value: ByteString) {
    self.key = key
    self.value = value
  }
}
