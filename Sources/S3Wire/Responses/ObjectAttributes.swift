/// The answer to GetObjectAttributes: what `x-amz-object-attributes` asked for, nil for the rest.
public struct ObjectAttributes: Hashable, Sendable {
  /// The attributes that may be asked for.
  public enum Name: String, CaseIterable, Sendable {
    case etag = "ETag"
    case checksum = "Checksum"
    case objectParts = "ObjectParts"
    case storageClass = "StorageClass"
    case objectSize = "ObjectSize"

    /// The names in the header, separated by commas; nil when one is unknown or there are none.
    public static func parse(header: some Collection<UInt8>) -> Set<Name>? {
      let names = header.split(separator: 0x2C, omittingEmptySubsequences: false).map { part in
        Name(rawValue: String(decoding: part.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self))
      }
      let known = names.compactMap { $0 }
      return known.count == names.count ? Set(known) : nil
    }
  }

  public struct Parts: Hashable, Sendable {
    public struct Part: Hashable, Sendable {
      public var number: Int
      public var size: UInt64
      public var checksums: [DocumentChecksum] = []

      public init(number: Int, size: UInt64) {
        self.number = number
        self.size = size
      }
    }

    public var totalCount: Int
    public var partNumberMarker = 0
    public var nextPartNumberMarker: Int?
    public var maxParts = 1000
    public var isTruncated = false
    public var parts: [Part] = []

    public init(totalCount: Int) { self.totalCount = totalCount }
  }

  /// Without quotes, and written without.
  public var etag: [UInt8]?
  public var checksums: [DocumentChecksum] = []
  public var checksumType: String?
  public var parts: Parts?
  public var storageClass: String?
  public var size: UInt64?

  public init() {}

  public var document: [UInt8] {
    var writer = XMLWriter(reserving: 512)
    writer.open("GetObjectAttributesResponse", namespace: XMLWriter.s3Namespace)
    if let etag { writer.element("ETag", etag) }
    if !checksums.isEmpty {
      writer.open("Checksum")
      for checksum in checksums { writer.element(checksum.element.name, checksum.value) }
      writer.optional("ChecksumType", checksumType)
      writer.close("Checksum")
    }
    if let parts { write(parts, to: &writer) }
    writer.optional("StorageClass", storageClass)
    if let size { writer.element("ObjectSize", size) }
    writer.close("GetObjectAttributesResponse")
    return writer.bytes
  }

  private func write(_ parts: Parts, to writer: inout XMLWriter) {
    writer.open("ObjectParts")
    // S3 counts the parts in an element of this name, whatever the SDKs call it.
    writer.element("PartsCount", parts.totalCount)
    if !parts.parts.isEmpty || parts.isTruncated {
      writer.element("PartNumberMarker", parts.partNumberMarker)
      if let next = parts.nextPartNumberMarker { writer.element("NextPartNumberMarker", next) }
      writer.element("MaxParts", parts.maxParts)
      writer.element("IsTruncated", parts.isTruncated)
      for part in parts.parts {
        writer.open("Part")
        writer.element("PartNumber", part.number)
        writer.element("Size", part.size)
        for checksum in part.checksums { writer.element(checksum.element.name, checksum.value) }
        writer.close("Part")
      }
    }
    writer.close("ObjectParts")
  }
}
