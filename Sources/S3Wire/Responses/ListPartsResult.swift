public import S3Model

/// The answer to ListParts.
public struct ListPartsResult: Hashable, Sendable {
  public struct Part: Hashable, Sendable {
    public var number: Int
    /// Milliseconds since 1970, UTC.
    public var modified: Int64
    /// Without quotes.
    public var etag: [UInt8]
    public var size: UInt64
    public var checksums: [DocumentChecksum] = []

    public init(number: Int, modified: Int64, etag: [UInt8], size: UInt64) {
      self.number = number
      self.modified = modified
      self.etag = etag
      self.size = size
    }
  }

  public var bucket: String
  public var key: ByteString
  public var uploadID: String
  public var owner: DocumentOwner
  public var storageClass = "STANDARD"
  public var partNumberMarker = 0
  public var nextPartNumberMarker: Int?
  public var maxParts = 1000
  public var isTruncated = false
  public var checksumAlgorithm: String?
  public var checksumType: String?
  public var parts: [Part] = []

  public init(bucket: String, key: ByteString, uploadID: String, owner: DocumentOwner) {
    self.bucket = bucket
    self.key = key
    self.uploadID = uploadID
    self.owner = owner
  }

  public var document: [UInt8] {
    var writer = XMLWriter(reserving: 768 + parts.count * 192)
    writer.open("ListPartsResult", namespace: XMLWriter.s3Namespace)
    writer.element("Bucket", bucket)
    writer.element("Key", key)
    writer.element("UploadId", uploadID)
    owner.write("Initiator", to: &writer)
    owner.write("Owner", to: &writer)
    writer.element("StorageClass", storageClass)
    writer.element("PartNumberMarker", partNumberMarker)
    if let nextPartNumberMarker { writer.element("NextPartNumberMarker", nextPartNumberMarker) }
    writer.element("MaxParts", maxParts)
    writer.element("IsTruncated", isTruncated)
    writer.optional("ChecksumAlgorithm", checksumAlgorithm)
    writer.optional("ChecksumType", checksumType)
    for part in parts {
      writer.open("Part")
      writer.element("PartNumber", part.number)
      writer.element("LastModified", ISO8601.format(milliseconds: part.modified))
      writer.element("ETag", [0x22] + part.etag + [0x22])
      writer.element("Size", part.size)
      for checksum in part.checksums { writer.element(checksum.element.name, checksum.value) }
      writer.close("Part")
    }
    writer.close("ListPartsResult")
    return writer.bytes
  }
}
