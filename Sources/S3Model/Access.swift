/// One action on one resource: what a request needs to be allowed.
///
/// A request is run only when all of its accesses are allowed (DeleteObjects: per key).
public struct Access: Hashable, Sendable {
  public var action: Action
  /// The ARN, such as `arn:aws:s3:::bucket/key`, byte-exact: the key is percent-decoded once and not normalized.
  public var resource: ByteString
  /// The bucket of an s3 access, nil where there is none (ListBuckets) and for sts and iam.
  public var bucket: String?
  /// The object key of an access to an object.
  public var key: ByteString?
  /// The version that is read, written or deleted (`s3:VersionId`); nil means the current one.
  public var versionID: ByteString?

  public init(
    action: Action, resource: ByteString, bucket: String? = nil, key: ByteString? = nil, versionID: ByteString? = nil
  ) {
    self.action = action
    self.resource = resource
    self.bucket = bucket
    self.key = key
    self.versionID = versionID
  }

  public init(action: S3Action, resource: ByteString) {
    self.init(action: .s3(action), resource: resource)
  }

  /// An action of the service as a whole, such as `s3:ListAllMyBuckets` on `arn:aws:s3:::*`.
  public init(service action: S3Action) {
    self.init(action: .s3(action), resource: ByteString(Self.arnPrefix + [0x2A]))
  }

  /// An action on a bucket.
  public init(_ action: S3Action, bucket: String) {
    self.init(action: .s3(action), resource: Self.arn(bucket: bucket), bucket: bucket)
  }

  /// An action on an object or one of its versions.
  public init(_ action: S3Action, bucket: String, key: ByteString, versionID: ByteString? = nil) {
    self.init(
      action: .s3(action), resource: Self.arn(bucket: bucket, key: key), bucket: bucket, key: key, versionID: versionID)
  }

  /// `arn:aws:s3:::bucket`
  public static func arn(bucket: String) -> ByteString {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(arnPrefix.count + bucket.utf8.count)
    bytes.append(contentsOf: arnPrefix)
    bytes.append(contentsOf: bucket.utf8)
    return ByteString(bytes)
  }

  /// `arn:aws:s3:::bucket/key`
  public static func arn(bucket: String, key: ByteString) -> ByteString {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(arnPrefix.count + bucket.utf8.count + 1 + key.count)
    bytes.append(contentsOf: arnPrefix)
    bytes.append(contentsOf: bucket.utf8)
    bytes.append(0x2F)
    bytes.append(contentsOf: key.bytes)
    return ByteString(bytes)
  }

  static let arnPrefix = Array("arn:aws:s3:::".utf8)
}
