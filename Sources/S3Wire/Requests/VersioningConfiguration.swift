/// The versioning state of a bucket, as PutBucketVersioning and GetBucketVersioning carry it.
public struct VersioningConfiguration: Hashable, Sendable {
  public enum Status: String, Sendable {
    case enabled = "Enabled"
    case suspended = "Suspended"
  }

  /// Nil for a bucket that never had versioning.
  public var status: Status?
  public var requiresMFA = false

  public init(status: Status? = nil) { self.status = status }

  public init(document: [UInt8]) throws(S3WireError) {
    self = try RequestDocument.read(document) { reader throws(XMLFault) in
      var configuration = VersioningConfiguration()
      try reader.enter("VersioningConfiguration")
      while try reader.nextChild() {
        if reader.isElement("Status") {
          let text = String(decoding: try reader.text(), as: UTF8.self)
          guard let status = Status(rawValue: text) else { throw .unexpectedText }
          configuration.status = status
        } else if reader.isElement("MfaDelete") {
          let text = String(decoding: try reader.text(), as: UTF8.self)
          guard text == "Enabled" || text == "Disabled" else { throw .unexpectedText }
          configuration.requiresMFA = text == "Enabled"
        } else {
          throw .unexpectedElement
        }
      }
      return configuration
    }
  }

  public var document: [UInt8] {
    var writer = XMLWriter(reserving: 192)
    writer.open("VersioningConfiguration", namespace: XMLWriter.s3Namespace)
    if let status { writer.element("Status", status.rawValue) }
    if requiresMFA { writer.element("MfaDelete", "Enabled" as StaticString) }
    writer.close("VersioningConfiguration")
    return writer.bytes
  }
}
