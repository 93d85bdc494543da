public import S3Model

/// An OpenID Connect provider that roles can trust.
public struct OIDCProviderRecord: IdentityRecord {
  /// Without `https://`, as it stands in the ARN.
  public var url: ByteString
  /// Stable: a provider made anew under the same URL has another.
  public var uniqueID: ByteString
  /// In seconds since 1970.
  public var created: Int64
  /// The audiences that are accepted.
  public var clientIDs: [ByteString]
  /// SHA-1 of certificates, 40 hex digits each.
  public var thumbprints: [ByteString]
  public var tags: [IdentityTag]

  public init(
    url: ByteString, uniqueID: ByteString, created: Int64, clientIDs: [ByteString] = [],
    thumbprints: [ByteString] = [], tags: [IdentityTag] = []
  ) {
    self.url = url
    self.uniqueID = uniqueID
    self.created = created
    self.clientIDs = clientIDs
    self.thumbprints = thumbprints
    self.tags = tags
  }

  public var key: RecordKey { RecordKey(.oidcProvider, url) }

  public init(_ reader: RecordReader) throws(RecordFault) {
    url = try reader.text("url")
    uniqueID = try reader.text("id")
    created = try reader.integer("created")
    clientIDs = try reader.texts("client_ids")
    thumbprints = try reader.texts("thumbprints")
    tags = try reader.tags()
  }

  public func write(to writer: inout RecordWriter) {
    writer.set("url", url)
    writer.set("id", uniqueID)
    writer.set("created", created)
    writer.set("client_ids", clientIDs)
    writer.set("thumbprints", thumbprints)
    writer.set(tags)
  }
}
