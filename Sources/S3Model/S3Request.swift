public import HTTPWire

/// One S3 request, parsed: what is decided about and what a backend runs.
///
/// Made by `S3RequestParser`. The head stays as received; everything else is derived from it exactly once, so that
/// what was signed, what is authorized and what is forwarded cannot drift apart.
public struct S3Request: Sendable {
  /// Where the bucket was named.
  public enum Addressing: UInt8, Sendable {
    case path, virtualHost
  }

  public var head: RequestHead
  public var operation: S3Operation
  public var addressing: Addressing
  /// Nil for the operations of the service, such as ListBuckets.
  public var bucket: String?
  /// Percent-decoded exactly once, not normalized; nil for operations on a bucket.
  public var key: ByteString?
  /// The object's raw path as sent, still encoded, without the bucket of path style; empty where there is no key.
  public var rawKey: ByteRange
  /// The parameters S3 knows, in the order sent; each occurs once.
  public var query: [QueryItem]
  /// Headers that stand in the query; none of them differs from a header beside it.
  public var hoisted: [HoistedHeader]
  /// The source of CopyObject and UploadPartCopy.
  public var copySource: CopySource?
  /// Everything that must be allowed. Empty only while ``needsBodyForAccesses``, and for OptionsObject (preflight),
  /// which the bucket's CORS rules decide: an empty list never means allowed.
  public var accesses: [Access]

  public init(
    head: RequestHead, operation: S3Operation, addressing: Addressing = .path, bucket: String? = nil,
    key: ByteString? = nil, rawKey: ByteRange = ByteRange(0, 0), query: [QueryItem] = [],
    hoisted: [HoistedHeader] = [], copySource: CopySource? = nil, accesses: [Access] = []
  ) {
    self.head = head
    self.operation = operation
    self.addressing = addressing
    self.bucket = bucket
    self.key = key
    self.rawKey = rawKey
    self.query = query
    self.hoisted = hoisted
    self.copySource = copySource
    self.accesses = accesses
  }

  /// Whether the accesses stand in the body (DeleteObjects, PostObject) and it must be read before deciding.
  public var needsBodyForAccesses: Bool {
    (operation == .deleteObjects || operation == .postObject) && accesses.isEmpty
  }
}

extension S3Request {
  /// The decoded value of a query parameter, nil when absent; empty for one without a value.
  @inlinable
  public func query(_ name: QueryName) -> ByteString? {
    for item in query where item.name == name { return item.value }
    return nil
  }

  /// The version the query names; nil when it names none.
  ///
  /// `versionId=null` is the version written while versioning was off and stays `null` here.
  @inlinable public var versionID: ByteString? { query(.versionID) }
}
