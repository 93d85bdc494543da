public import S3Model

/// The answer to ListObjects and ListObjectsV2.
public struct ListBucketResult: Hashable, Sendable {
  /// What the two versions do not share.
  public enum Version: Hashable, Sendable {
    /// `nextMarker` only where there is a delimiter, as S3.
    case v1(marker: ByteString, nextMarker: ByteString?)
    case v2(continuationToken: ByteString?, nextContinuationToken: ByteString?, startAfter: ByteString?)
  }

  public var name: String
  public var version: Version
  public var prefix: ByteString = ""
  public var delimiter: ByteString?
  public var maxKeys: Int
  public var isTruncated = false
  public var encoding: ListingEncoding = .none
  public var objects: [ListedObject] = []
  public var commonPrefixes: [ByteString] = []

  public init(name: String, version: Version, maxKeys: Int) {
    self.name = name
    self.version = version
    self.maxKeys = maxKeys
  }

  public var document: [UInt8] {
    var writer = XMLWriter(reserving: 512 + objects.count * 288 + commonPrefixes.count * 96)
    writer.open("ListBucketResult", namespace: XMLWriter.s3Namespace)
    writer.element("Name", name)
    encoding.write("Prefix", prefix, to: &writer)
    switch version {
    case .v1(let marker, let nextMarker):
      encoding.write("Marker", marker, to: &writer)
      if isTruncated { encoding.writeOptional("NextMarker", nextMarker, to: &writer) }
    case .v2(let token, let nextToken, let startAfter):
      encoding.writeOptional("StartAfter", startAfter, to: &writer)
      writer.optional("ContinuationToken", token)
      if isTruncated { writer.optional("NextContinuationToken", nextToken) }
      writer.element("KeyCount", objects.count + commonPrefixes.count)
    }
    writer.element("MaxKeys", maxKeys)
    encoding.writeOptional("Delimiter", delimiter, to: &writer)
    encoding.writeType(to: &writer)
    writer.element("IsTruncated", isTruncated)
    for object in objects {
      writer.open("Contents")
      encoding.write("Key", object.key, to: &writer)
      object.writeAttributes(to: &writer)
      writer.close("Contents")
    }
    encoding.writePrefixes(commonPrefixes, to: &writer)
    writer.close("ListBucketResult")
    return writer.bytes
  }
}
