/// The answer to CopyObject and UploadPartCopy.
public struct CopyResult: Hashable, Sendable {
  public enum Kind: Sendable {
    case object, part

    var name: StaticString {
      switch self {
      case .object: "CopyObjectResult"
      case .part: "CopyPartResult"
      }
    }
  }

  public var kind: Kind
  /// Without quotes.
  public var etag: [UInt8]
  /// Milliseconds since 1970, UTC.
  public var modified: Int64
  public var checksums: [DocumentChecksum] = []
  public var checksumType: String?

  public init(_ kind: Kind, etag: [UInt8], modified: Int64) {
    self.kind = kind
    self.etag = etag
    self.modified = modified
  }

  public var document: [UInt8] {
    var writer = XMLWriter(reserving: 384)
    writer.open(kind.name, namespace: XMLWriter.s3Namespace)
    writer.element("LastModified", ISO8601.format(milliseconds: modified))
    writer.element("ETag", [0x22] + etag + [0x22])
    writer.optional("ChecksumType", checksumType)
    for checksum in checksums { writer.element(checksum.element.name, checksum.value) }
    writer.close(kind.name)
    return writer.bytes
  }

  /// Reads a store's answer.
  public init(_ kind: Kind, document: [UInt8]) throws(XMLFault) {
    var reader = try XMLReader(document)
    try reader.enter(kind.name)
    var etag: [UInt8]?
    var modified: Int64?
    var checksums: [DocumentChecksum] = []
    var type: String?
    while try reader.nextChild() {
      if reader.isElement("ETag") {
        etag = EntityTags.unquoted(try reader.text())
      } else if reader.isElement("LastModified") {
        modified = ISO8601.parse(try reader.text())
      } else if reader.isElement("ChecksumType") {
        type = String(decoding: try reader.text(), as: UTF8.self)
      } else if let element = ChecksumElement.allCases.first(where: { reader.isElement($0.name) }) {
        checksums.append(DocumentChecksum(element, String(decoding: try reader.text(), as: UTF8.self)))
      } else {
        try reader.skip()
      }
    }
    try reader.finish()
    guard let etag, let modified else { throw .missingElement }
    self.init(kind, etag: etag, modified: modified)
    self.checksums = checksums
    self.checksumType = type
  }
}
