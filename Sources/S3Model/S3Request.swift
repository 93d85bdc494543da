public import HTTPWire

/// One S3 request, parsed: what is decided about and what a backend runs.
///
/// Made by `S3RequestParser`. The head stays as received; everything else is derived from it exactly once, so that
/// what was signed, what is authorized and what is forwarded cannot drift apart.
///
/// A request is handed from stage to stage, each of which keeps it. So the fields stand in one object that copies share
/// until one of them changes: a copy is one reference instead of eight.
public struct S3Request: Sendable {
  /// Where the bucket was named.
  public enum Addressing: UInt8, Sendable {
    case path, virtualHost
  }

  @usableFromInline
  var content: Content

  public init(
    head: RequestHead, operation: S3Operation, addressing: Addressing = .path, bucket: String? = nil,
    key: ByteString? = nil, rawKey: ByteRange = ByteRange(0, 0), query: [QueryItem] = [],
    hoisted: [HoistedHeader] = [], copySource: CopySource? = nil, accesses: [Access] = []
  ) {
    content = Content(
      Fields(
        head: head, operation: operation, addressing: addressing, bucket: bucket, key: key, rawKey: rawKey,
        query: query, hoisted: hoisted, copySource: copySource, accesses: accesses))
  }

  /// Whether the accesses stand in the body (DeleteObjects, PostObject) and it must be read before deciding.
  public var needsBodyForAccesses: Bool {
    (operation == .deleteObjects || operation == .postObject) && accesses.isEmpty
  }
}

extension S3Request {
  @usableFromInline
  struct Fields: Sendable {
    @usableFromInline var head: RequestHead
    @usableFromInline var operation: S3Operation
    @usableFromInline var addressing: Addressing
    @usableFromInline var bucket: String?
    @usableFromInline var key: ByteString?
    @usableFromInline var rawKey: ByteRange
    @usableFromInline var query: [QueryItem]
    @usableFromInline var hoisted: [HoistedHeader]
    @usableFromInline var copySource: CopySource?
    @usableFromInline var accesses: [Access]
  }

  /// Unchecked: changed only while one request alone refers to it, see ``S3Request/unique``.
  @usableFromInline
  final class Content: @unchecked Sendable {
    @usableFromInline var fields: Fields

    init(_ fields: Fields) { self.fields = fields }
  }

  /// The content, for changing it: its own from here on.
  private var unique: Content {
    mutating get {
      if !isKnownUniquelyReferenced(&content) { content = Content(content.fields) }
      return content
    }
  }

  public var head: RequestHead {
    @inlinable _read { yield content.fields.head }
    _modify { yield &unique.fields.head }
  }

  public var operation: S3Operation {
    @inlinable _read { yield content.fields.operation }
    _modify { yield &unique.fields.operation }
  }

  public var addressing: Addressing {
    @inlinable _read { yield content.fields.addressing }
    _modify { yield &unique.fields.addressing }
  }

  /// Nil for the operations of the service, such as ListBuckets.
  public var bucket: String? {
    @inlinable _read { yield content.fields.bucket }
    _modify { yield &unique.fields.bucket }
  }

  /// Percent-decoded exactly once, not normalized; nil for operations on a bucket.
  public var key: ByteString? {
    @inlinable _read { yield content.fields.key }
    _modify { yield &unique.fields.key }
  }

  /// The object's raw path as sent, still encoded, without the bucket of path style; empty where there is no key.
  public var rawKey: ByteRange {
    @inlinable _read { yield content.fields.rawKey }
    _modify { yield &unique.fields.rawKey }
  }

  /// The parameters S3 knows, in the order sent; each occurs once.
  public var query: [QueryItem] {
    @inlinable _read { yield content.fields.query }
    _modify { yield &unique.fields.query }
  }

  /// Headers that stand in the query; none of them differs from a header beside it.
  public var hoisted: [HoistedHeader] {
    @inlinable _read { yield content.fields.hoisted }
    _modify { yield &unique.fields.hoisted }
  }

  /// The source of CopyObject and UploadPartCopy.
  public var copySource: CopySource? {
    @inlinable _read { yield content.fields.copySource }
    _modify { yield &unique.fields.copySource }
  }

  /// Everything that must be allowed. Empty only while ``needsBodyForAccesses``, and for OptionsObject (preflight),
  /// which the bucket's CORS rules decide: an empty list never means allowed.
  public var accesses: [Access] {
    @inlinable _read { yield content.fields.accesses }
    _modify { yield &unique.fields.accesses }
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
