public import S3Model

/// One object of a listing.
public struct ListedObject: Hashable, Sendable {
  public var key: ByteString
  /// Milliseconds since 1970, UTC.
  public var modified: Int64
  /// Without quotes.
  public var etag: [UInt8]
  public var size: UInt64
  public var storageClass = "STANDARD"
  /// Such as `CRC32`.
  public var checksumAlgorithm: String?
  /// `FULL_OBJECT` or `COMPOSITE`.
  public var checksumType: String?
  public var owner: DocumentOwner?

  public init(key: ByteString, modified: Int64, etag: [UInt8], size: UInt64) {
    self.key = key
    self.modified = modified
    self.etag = etag
    self.size = size
  }

  /// Writes what the listings of objects and of versions share.
  func writeAttributes(to writer: inout XMLWriter) {
    writer.element("LastModified", ISO8601.format(milliseconds: modified))
    writer.element("ETag", [0x22] + etag + [0x22])
    writer.optional("ChecksumAlgorithm", checksumAlgorithm)
    writer.optional("ChecksumType", checksumType)
    writer.element("Size", size)
    owner?.write("Owner", to: &writer)
    writer.element("StorageClass", storageClass)
  }
}

/// Whether a listing's keys are percent-encoded (`encoding-type=url`).
public enum ListingEncoding: Sendable {
  case none, url

  /// As the request asks.
  public init(_ request: S3Request) {
    self = request.query(.encodingType) == nil ? .none : .url
  }

  func write(_ name: StaticString, _ text: ByteString, to writer: inout XMLWriter) {
    switch self {
    case .none: writer.element(name, text)
    case .url: writer.element(name, PercentEncoding.listing(text.bytes))
    }
  }

  func writeOptional(_ name: StaticString, _ text: ByteString?, to writer: inout XMLWriter) {
    if let text { write(name, text, to: &writer) }
  }

  func writeType(to writer: inout XMLWriter) {
    if self == .url { writer.element("EncodingType", "url" as StaticString) }
  }

  func writePrefixes(_ prefixes: [ByteString], to writer: inout XMLWriter) {
    for prefix in prefixes {
      writer.open("CommonPrefixes")
      write("Prefix", prefix, to: &writer)
      writer.close("CommonPrefixes")
    }
  }
}
