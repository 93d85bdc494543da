public import S3Model

/// The answer to ListBuckets.
public struct ListAllMyBucketsResult: Hashable, Sendable {
  public struct Bucket: Hashable, Sendable {
    public var name: String
    /// Milliseconds since 1970, UTC.
    public var created: Int64
    public var region: String?

    public init(name: String, created: Int64, region: String? = nil) {
      self.name = name
      self.created = created
      self.region = region
    }
  }

  public var owner: DocumentOwner
  public var buckets: [Bucket]
  public var prefix: ByteString?
  public var continuationToken: ByteString?

  public init(owner: DocumentOwner, buckets: [Bucket]) {
    self.owner = owner
    self.buckets = buckets
  }

  public var document: [UInt8] {
    var writer = XMLWriter(reserving: 256 + buckets.count * 128)
    writer.open("ListAllMyBucketsResult", namespace: XMLWriter.s3Namespace)
    owner.write("Owner", to: &writer)
    writer.open("Buckets")
    for bucket in buckets {
      writer.open("Bucket")
      writer.element("Name", bucket.name)
      writer.element("CreationDate", ISO8601.format(milliseconds: bucket.created))
      writer.optional("BucketRegion", bucket.region)
      writer.close("Bucket")
    }
    writer.close("Buckets")
    writer.optional("ContinuationToken", continuationToken)
    writer.optional("Prefix", prefix)
    writer.close("ListAllMyBucketsResult")
    return writer.bytes
  }

  /// Reads a store's answer, for merging.
  public init(document: [UInt8]) throws(XMLFault) {
    self.init(owner: DocumentOwner(id: ""), buckets: [])
    var reader = try XMLReader(document, limits: XMLLimits(documentBytesMax: 8 * 1024 * 1024))
    try reader.enter("ListAllMyBucketsResult")
    while try reader.nextChild() {
      if reader.isElement("Owner") {
        while try reader.nextChild() {
          if reader.isElement("ID") {
            owner.id = String(decoding: try reader.text(), as: UTF8.self)
          } else if reader.isElement("DisplayName") {
            owner.displayName = String(decoding: try reader.text(), as: UTF8.self)
          } else {
            try reader.skip()
          }
        }
      } else if reader.isElement("Buckets") {
        while try reader.nextChild() {
          guard reader.isElement("Bucket") else { throw .unexpectedElement }
          buckets.append(try Self.bucket(&reader))
        }
      } else if reader.isElement("ContinuationToken") {
        continuationToken = ByteString(try reader.text())
      } else if reader.isElement("Prefix") {
        prefix = ByteString(try reader.text())
      } else {
        try reader.skip()
      }
    }
    try reader.finish()
  }

  private static func bucket(_ reader: inout XMLReader) throws(XMLFault) -> Bucket {
    var name: String?
    var created: Int64?
    var region: String?
    while try reader.nextChild() {
      if reader.isElement("Name") {
        let bytes = try reader.text()
        guard let legal = bytes.withUnsafeBufferPointer(BucketName.accessible) else { throw .unexpectedText }
        name = legal
      } else if reader.isElement("CreationDate") {
        created = ISO8601.parse(try reader.text())
      } else if reader.isElement("BucketRegion") {
        region = String(decoding: try reader.text(), as: UTF8.self)
      } else {
        try reader.skip()
      }
    }
    guard let name, let created else { throw .missingElement }
    return Bucket(name: name, created: created, region: region)
  }
}
