public import S3Model

/// The answer to ListObjectVersions.
public struct ListVersionsResult: Hashable, Sendable {
  public enum Entry: Hashable, Sendable {
    case version(ListedObject, id: ByteString, isLatest: Bool)
    /// Milliseconds since 1970, UTC.
    case deleteMarker(key: ByteString, id: ByteString, isLatest: Bool, modified: Int64, owner: DocumentOwner?)
  }

  public var name: String
  public var prefix: ByteString = ""
  public var delimiter: ByteString?
  public var keyMarker: ByteString = ""
  public var versionIDMarker: ByteString = ""
  public var nextKeyMarker: ByteString?
  public var nextVersionIDMarker: ByteString?
  public var maxKeys: Int
  public var isTruncated = false
  public var encoding: ListingEncoding = .none
  public var entries: [Entry] = []
  public var commonPrefixes: [ByteString] = []

  public init(name: String, maxKeys: Int) {
    self.name = name
    self.maxKeys = maxKeys
  }

  public var document: [UInt8] {
    var writer = XMLWriter(reserving: 512 + entries.count * 352 + commonPrefixes.count * 96)
    writer.open("ListVersionsResult", namespace: XMLWriter.s3Namespace)
    writer.element("Name", name)
    encoding.write("Prefix", prefix, to: &writer)
    encoding.write("KeyMarker", keyMarker, to: &writer)
    writer.element("VersionIdMarker", versionIDMarker)
    if isTruncated {
      encoding.writeOptional("NextKeyMarker", nextKeyMarker, to: &writer)
      writer.optional("NextVersionIdMarker", nextVersionIDMarker)
    }
    writer.element("MaxKeys", maxKeys)
    encoding.writeOptional("Delimiter", delimiter, to: &writer)
    encoding.writeType(to: &writer)
    writer.element("IsTruncated", isTruncated)
    for entry in entries { write(entry, to: &writer) }
    encoding.writePrefixes(commonPrefixes, to: &writer)
    writer.close("ListVersionsResult")
    return writer.bytes
  }

  private func write(_ entry: Entry, to writer: inout XMLWriter) {
    switch entry {
    case .version(let object, let id, let isLatest):
      writer.open("Version")
      encoding.write("Key", object.key, to: &writer)
      writer.element("VersionId", id)
      writer.element("IsLatest", isLatest)
      object.writeAttributes(to: &writer)
      writer.close("Version")
    case .deleteMarker(let key, let id, let isLatest, let modified, let owner):
      writer.open("DeleteMarker")
      encoding.write("Key", key, to: &writer)
      writer.element("VersionId", id)
      writer.element("IsLatest", isLatest)
      writer.element("LastModified", ISO8601.format(milliseconds: modified))
      owner?.write("Owner", to: &writer)
      writer.close("DeleteMarker")
    }
  }
}
