public import S3Model

/// The answer to ListMultipartUploads.
public struct ListMultipartUploadsResult: Hashable, Sendable {
  public struct Upload: Hashable, Sendable {
    public var key: ByteString
    public var uploadID: String
    /// Milliseconds since 1970, UTC.
    public var initiated: Int64
    public var owner: DocumentOwner
    public var storageClass = "STANDARD"
    public var checksumAlgorithm: String?
    public var checksumType: String?

    public init(key: ByteString, uploadID: String, initiated: Int64, owner: DocumentOwner) {
      self.key = key
      self.uploadID = uploadID
      self.initiated = initiated
      self.owner = owner
    }
  }

  public var bucket: String
  public var prefix: ByteString = ""
  public var delimiter: ByteString?
  public var keyMarker: ByteString = ""
  public var uploadIDMarker: ByteString = ""
  public var nextKeyMarker: ByteString?
  public var nextUploadIDMarker: ByteString?
  public var maxUploads = 1000
  public var isTruncated = false
  public var encoding: ListingEncoding = .none
  public var uploads: [Upload] = []
  public var commonPrefixes: [ByteString] = []

  public init(bucket: String) { self.bucket = bucket }

  public var document: [UInt8] {
    var writer = XMLWriter(reserving: 512 + uploads.count * 384)
    writer.open("ListMultipartUploadsResult", namespace: XMLWriter.s3Namespace)
    writer.element("Bucket", bucket)
    encoding.write("KeyMarker", keyMarker, to: &writer)
    writer.element("UploadIdMarker", uploadIDMarker)
    if isTruncated {
      encoding.writeOptional("NextKeyMarker", nextKeyMarker, to: &writer)
      writer.optional("NextUploadIdMarker", nextUploadIDMarker)
    }
    encoding.write("Prefix", prefix, to: &writer)
    encoding.writeOptional("Delimiter", delimiter, to: &writer)
    encoding.writeType(to: &writer)
    writer.element("MaxUploads", maxUploads)
    writer.element("IsTruncated", isTruncated)
    for upload in uploads {
      writer.open("Upload")
      encoding.write("Key", upload.key, to: &writer)
      writer.element("UploadId", upload.uploadID)
      upload.owner.write("Initiator", to: &writer)
      upload.owner.write("Owner", to: &writer)
      writer.element("StorageClass", upload.storageClass)
      writer.element("Initiated", ISO8601.format(milliseconds: upload.initiated))
      writer.optional("ChecksumAlgorithm", upload.checksumAlgorithm)
      writer.optional("ChecksumType", upload.checksumType)
      writer.close("Upload")
    }
    encoding.writePrefixes(commonPrefixes, to: &writer)
    writer.close("ListMultipartUploadsResult")
    return writer.bytes
  }
}
