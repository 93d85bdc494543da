public import S3Model

/// The answer to CreateMultipartUpload.
public struct InitiateMultipartUploadResult: Hashable, Sendable {
  public var bucket: String
  public var key: ByteString
  public var uploadID: String

  public init(bucket: String, key: ByteString, uploadID: String) {
    self.bucket = bucket
    self.key = key
    self.uploadID = uploadID
  }

  public var document: [UInt8] {
    var writer = XMLWriter(reserving: 384)
    writer.open("InitiateMultipartUploadResult", namespace: XMLWriter.s3Namespace)
    writer.element("Bucket", bucket)
    writer.element("Key", key)
    writer.element("UploadId", uploadID)
    writer.close("InitiateMultipartUploadResult")
    return writer.bytes
  }

  /// Reads a store's answer.
  public init(document: [UInt8]) throws(XMLFault) {
    var reader = try XMLReader(document)
    try reader.enter("InitiateMultipartUploadResult")
    var bucket = ""
    var key = ByteString([])
    var uploadID = ""
    while try reader.nextChild() {
      if reader.isElement("Bucket") {
        bucket = String(decoding: try reader.text(), as: UTF8.self)
      } else if reader.isElement("Key") {
        key = ByteString(try reader.text())
      } else if reader.isElement("UploadId") {
        uploadID = String(decoding: try reader.text(), as: UTF8.self)
      } else {
        try reader.skip()
      }
    }
    try reader.finish()
    guard !uploadID.isEmpty else { throw .missingElement }
    self.init(bucket: bucket, key: key, uploadID: uploadID)
  }
}

/// The answer to CompleteMultipartUpload.
public struct CompleteMultipartUploadResult: Hashable, Sendable {
  /// Where the object is, as the client knows the endpoint.
  public var location: ByteString
  public var bucket: String
  public var key: ByteString
  /// Without quotes.
  public var etag: [UInt8]
  public var checksums: [DocumentChecksum] = []
  public var checksumType: String?

  public init(location: ByteString, bucket: String, key: ByteString, etag: [UInt8]) {
    self.location = location
    self.bucket = bucket
    self.key = key
    self.etag = etag
  }

  public var document: [UInt8] {
    var writer = XMLWriter(reserving: 512)
    writer.open("CompleteMultipartUploadResult", namespace: XMLWriter.s3Namespace)
    writer.element("Location", location)
    writer.element("Bucket", bucket)
    writer.element("Key", key)
    writer.element("ETag", [0x22] + etag + [0x22])
    for checksum in checksums { writer.element(checksum.element.name, checksum.value) }
    writer.optional("ChecksumType", checksumType)
    writer.close("CompleteMultipartUploadResult")
    return writer.bytes
  }

  /// Reads a store's answer, so that its Location can be told as the client's.
  public init(document: [UInt8]) throws(XMLFault) {
    var reader = try XMLReader(document)
    try reader.enter("CompleteMultipartUploadResult")
    var result = CompleteMultipartUploadResult(location: "", bucket: "", key: "", etag: [])
    while try reader.nextChild() {
      if reader.isElement("Location") {
        result.location = ByteString(try reader.text())
      } else if reader.isElement("Bucket") {
        result.bucket = String(decoding: try reader.text(), as: UTF8.self)
      } else if reader.isElement("Key") {
        result.key = ByteString(try reader.text())
      } else if reader.isElement("ETag") {
        result.etag = EntityTags.unquoted(try reader.text())
      } else if reader.isElement("ChecksumType") {
        result.checksumType = String(decoding: try reader.text(), as: UTF8.self)
      } else if let element = ChecksumElement.allCases.first(where: { reader.isElement($0.name) }) {
        result.checksums.append(DocumentChecksum(element, String(decoding: try reader.text(), as: UTF8.self)))
      } else {
        try reader.skip()
      }
    }
    try reader.finish()
    guard !result.etag.isEmpty else { throw .missingElement }
    self = result
  }
}
