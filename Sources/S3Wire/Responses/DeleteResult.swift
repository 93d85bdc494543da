public import S3Model

/// The answer to DeleteObjects.
public struct DeleteResult: Hashable, Sendable {
  public struct Deleted: Hashable, Sendable {
    public var key: ByteString
    public var versionID: ByteString?
    /// Whether a delete marker was made or deleted.
    public var isDeleteMarker = false
    public var deleteMarkerVersionID: ByteString?

    public init(key: ByteString, versionID: ByteString? = nil) {
      self.key = key
      self.versionID = versionID
    }
  }

  public struct Failure: Hashable, Sendable {
    public var key: ByteString
    public var versionID: ByteString?
    public var code: String
    public var message: String

    public init(key: ByteString, versionID: ByteString? = nil, code: String, message: String) {
      self.key = key
      self.versionID = versionID
      self.code = code
      self.message = message
    }

    public init(key: ByteString, versionID: ByteString? = nil, _ code: S3ErrorCode) {
      self.init(
        key: key, versionID: versionID, code: String(describing: code.name), message: String(describing: code.message))
    }
  }

  public var deleted: [Deleted] = []
  public var failures: [Failure] = []

  public init() {}

  public var document: [UInt8] {
    var writer = XMLWriter(reserving: 128 + deleted.count * 96 + failures.count * 192)
    writer.open("DeleteResult", namespace: XMLWriter.s3Namespace)
    for entry in deleted {
      writer.open("Deleted")
      writer.element("Key", entry.key)
      writer.optional("VersionId", entry.versionID)
      if entry.isDeleteMarker { writer.element("DeleteMarker", true) }
      writer.optional("DeleteMarkerVersionId", entry.deleteMarkerVersionID)
      writer.close("Deleted")
    }
    for failure in failures {
      writer.open("Error")
      writer.element("Key", failure.key)
      writer.optional("VersionId", failure.versionID)
      writer.element("Code", failure.code)
      writer.element("Message", failure.message)
      writer.close("Error")
    }
    writer.close("DeleteResult")
    return writer.bytes
  }

  /// Reads a store's answer, so that refused keys can be added to it.
  public init(document: [UInt8]) throws(XMLFault) {
    var reader = try XMLReader(document, limits: XMLLimits(documentBytesMax: 8 * 1024 * 1024))
    try reader.enter("DeleteResult")
    while try reader.nextChild() {
      if reader.isElement("Deleted") {
        deleted.append(try Self.deleted(&reader))
      } else if reader.isElement("Error") {
        failures.append(try Self.failure(&reader))
      } else {
        try reader.skip()
      }
    }
    try reader.finish()
  }

  private static func deleted(_ reader: inout XMLReader) throws(XMLFault) -> Deleted {
    var entry = Deleted(key: "")
    while try reader.nextChild() {
      if reader.isElement("Key") {
        entry.key = ByteString(try reader.text())
      } else if reader.isElement("VersionId") {
        entry.versionID = ByteString(try reader.text())
      } else if reader.isElement("DeleteMarker") {
        entry.isDeleteMarker = try reader.text().elementsEqual("true".utf8)
      } else if reader.isElement("DeleteMarkerVersionId") {
        entry.deleteMarkerVersionID = ByteString(try reader.text())
      } else {
        try reader.skip()
      }
    }
    return entry
  }

  private static func failure(_ reader: inout XMLReader) throws(XMLFault) -> Failure {
    var failure = Failure(key: "", code: "", message: "")
    while try reader.nextChild() {
      if reader.isElement("Key") {
        failure.key = ByteString(try reader.text())
      } else if reader.isElement("VersionId") {
        failure.versionID = ByteString(try reader.text())
      } else if reader.isElement("Code") {
        failure.code = String(decoding: try reader.text(), as: UTF8.self)
      } else if reader.isElement("Message") {
        failure.message = String(decoding: try reader.text(), as: UTF8.self)
      } else {
        try reader.skip()
      }
    }
    return failure
  }
}
