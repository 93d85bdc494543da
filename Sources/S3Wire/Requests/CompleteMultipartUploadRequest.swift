/// The body of CompleteMultipartUpload.
///
/// Source: Amazon S3 API Reference, CompleteMultipartUpload.
public struct CompleteMultipartUploadRequest: Hashable, Sendable {
  /// One part to put into the object.
  public struct Part: Hashable, Sendable {
    /// 1...10000
    public var number: Int
    /// Without quotes, whether or not it came with them.
    public var etag: String
    public var checksums: [DocumentChecksum]

    public init(number: Int, etag: String, checksums: [DocumentChecksum] = []) {
      self.number = number
      self.etag = etag
      self.checksums = checksums
    }
  }

  public static let partsMax = 10_000

  /// In ascending order of their numbers.
  public var parts: [Part]

  public init(document: [UInt8]) throws(S3WireError) {
    parts = try RequestDocument.read(document, limits: XMLLimits(documentBytesMax: 4 * 1024 * 1024)) {
      reader throws(XMLFault) in
      var parts: [Part] = []
      try reader.enter("CompleteMultipartUpload")
      while try reader.nextChild() {
        guard reader.isElement("Part"), parts.count < Self.partsMax else { throw .unexpectedElement }
        parts.append(try Self.part(&reader))
      }
      guard !parts.isEmpty else { throw .missingElement }
      return parts
    } check: { parts throws(S3WireError) in
      for (previous, next) in zip(parts, parts.dropFirst()) where next.number <= previous.number {
        throw .invalidPartOrder
      }
    }
  }

  private static func part(_ reader: inout XMLReader) throws(XMLFault) -> Part {
    var number: Int64?
    var etag: [UInt8]?
    var checksums: [DocumentChecksum] = []
    while try reader.nextChild() {
      if reader.isElement("PartNumber"), number == nil {
        number = DecimalInteger.parse(try reader.text())
      } else if reader.isElement("ETag"), etag == nil {
        etag = try reader.text()
      } else if let element = ChecksumElement.allCases.first(where: { reader.isElement($0.name) }) {
        checksums.append(DocumentChecksum(element, String(decoding: try reader.text(), as: UTF8.self)))
      } else {
        throw .unexpectedElement
      }
    }
    guard let number, (1...Int64(partsMax)).contains(number), let etag else { throw .missingElement }
    return Part(
      number: Int(number), etag: String(decoding: EntityTags.unquoted(etag), as: UTF8.self), checksums: checksums)
  }
}
