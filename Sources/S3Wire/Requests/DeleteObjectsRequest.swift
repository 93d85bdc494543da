import HTTPWire
public import S3Model

/// The body of DeleteObjects.
///
/// Source: Amazon S3 API Reference, DeleteObjects.
public struct DeleteObjectsRequest: Hashable, Sendable {
  /// One object or version to delete.
  public struct Entry: Hashable, Sendable {
    public var key: ByteString
    public var versionID: ByteString?
    /// Conditions: delete only if they hold. As sent.
    public var etag: ByteString?
    public var lastModifiedTime: ByteString?
    public var size: ByteString?

    public init(key: ByteString, versionID: ByteString? = nil) {
      self.key = key
      self.versionID = versionID
    }

    /// Whether the entry asks for anything but plain deletion.
    public var isConditional: Bool { etag != nil || lastModifiedTime != nil || size != nil }
  }

  /// The most entries in one request.
  public static let entriesMax = 1000

  public var entries: [Entry]
  /// Only failures are reported.
  public var isQuiet: Bool

  public init(entries: [Entry], isQuiet: Bool = false) {
    self.entries = entries
    self.isQuiet = isQuiet
  }

  public init(document: [UInt8]) throws(S3WireError) {
    self = try RequestDocument.read(document) { reader throws(XMLFault) in
      var request = DeleteObjectsRequest(entries: [])
      try reader.enter("Delete")
      while try reader.nextChild() {
        if reader.isElement("Object") {
          request.entries.append(try Self.entry(&reader))
        } else if reader.isElement("Quiet") {
          request.isQuiet = String(decoding: try reader.text(), as: UTF8.self).lowercased() == "true"
        } else {
          throw .unexpectedElement
        }
      }
      return request
    } check: { request throws(S3WireError) in
      guard !request.entries.isEmpty else { throw .invalidDocument }
      guard request.entries.count <= Self.entriesMax else { throw .tooManyKeys }
      for entry in request.entries {
        guard !entry.key.isEmpty else { throw .invalidDocument }
        guard entry.key.count <= S3RequestParser.keyBytesMax else { throw .keyTooLong(bytes: entry.key.count) }
      }
    }
  }

  private static func entry(_ reader: inout XMLReader) throws(XMLFault) -> Entry {
    var entry = Entry(key: ByteString([]))
    var hasKey = false
    while try reader.nextChild() {
      if reader.isElement("Key"), !hasKey {
        hasKey = true
        entry.key = ByteString(try reader.text())
      } else if reader.isElement("VersionId"), entry.versionID == nil {
        // An empty version is how some clients say that they name none.
        let version = try reader.text()
        entry.versionID = version.isEmpty ? nil : ByteString(version)
      } else if reader.isElement("ETag"), entry.etag == nil {
        entry.etag = ByteString(try reader.text())
      } else if reader.isElement("LastModifiedTime"), entry.lastModifiedTime == nil {
        entry.lastModifiedTime = ByteString(try reader.text())
      } else if reader.isElement("Size"), entry.size == nil {
        entry.size = ByteString(try reader.text())
      } else {
        throw .unexpectedElement
      }
    }
    guard hasKey else { throw .missingElement }
    return entry
  }

  /// The document that says the same, such as one that names only the allowed keys.
  public var document: [UInt8] {
    var writer = XMLWriter(reserving: 64 + entries.count * 96)
    writer.open("Delete", namespace: XMLWriter.s3Namespace)
    if isQuiet { writer.element("Quiet", true) }
    for entry in entries {
      writer.open("Object")
      writer.element("Key", entry.key)
      writer.optional("VersionId", entry.versionID)
      writer.optional("ETag", entry.etag)
      writer.optional("LastModifiedTime", entry.lastModifiedTime)
      writer.optional("Size", entry.size)
      writer.close("Object")
    }
    writer.close("Delete")
    return writer.bytes
  }

  /// What each entry needs, in the order of ``entries``: an entry is deleted only if all of its accesses are allowed.
  public func accesses(in request: S3Request) -> [[Access]] {
    guard let bucket = request.bucket else { return entries.map { _ in [] } }
    let bypasses = AccessRules.isOn(request, .xAmzBypassGovernanceRetention)
    return entries.map { entry in
      func access(_ action: S3Action) -> Access {
        Access(action, bucket: bucket, key: entry.key, versionID: entry.versionID)
      }
      var accesses = [access(entry.versionID == nil ? .deleteObject : .deleteObjectVersion)]
      if bypasses { accesses.append(access(.bypassGovernanceRetention)) }
      return accesses
    }
  }
}
