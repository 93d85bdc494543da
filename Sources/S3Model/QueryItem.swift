/// One query parameter that means something to S3, decoded.
///
/// Authentication parameters, hoisted headers and the parameters that S3 ignores are not among them.
public struct QueryItem: Hashable, Sendable {
  public var name: QueryName
  /// Decoded once; empty for `?acl` and `?acl=` alike.
  public var value: ByteString

  public init(_ name: QueryName, _ value: ByteString = ByteString([])) {
    self.name = name
    self.value = value
  }
}
