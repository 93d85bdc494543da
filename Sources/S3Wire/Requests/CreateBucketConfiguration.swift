public import S3Model

/// The body of CreateBucket, which may be absent.
public struct CreateBucketConfiguration: Hashable, Sendable {
  /// The region asked for; nil is us-east-1.
  public var locationConstraint: String?
  public var tags: [ObjectTag] = []

  public init() {}

  /// - Parameter document: empty for a request without a body.
  public init(document: [UInt8]) throws(S3WireError) {
    if document.isEmpty { return }
    self = try RequestDocument.read(document) { reader throws(XMLFault) in
      var configuration = CreateBucketConfiguration()
      var hasTags = false
      try reader.enter("CreateBucketConfiguration")
      while try reader.nextChild() {
        if reader.isElement("LocationConstraint"), configuration.locationConstraint == nil {
          let region = try reader.text()
          configuration.locationConstraint = region.isEmpty ? nil : String(decoding: region, as: UTF8.self)
        } else if reader.isElement("Tags"), !hasTags {
          hasTags = true
          configuration.tags = try TagSet.read(&reader)
        } else {
          // `Location` and `Bucket` make directory buckets.
          throw .unexpectedElement
        }
      }
      return configuration
    } check: { configuration throws(S3WireError) in
      try TagSet.check(configuration.tags, countMax: TagSet.bucketTagsMax)
    }
  }

  /// The document that says the same; empty when there is nothing to say.
  public var document: [UInt8] {
    guard locationConstraint != nil || !tags.isEmpty else { return [] }
    var writer = XMLWriter(reserving: 256)
    writer.open("CreateBucketConfiguration", namespace: XMLWriter.s3Namespace)
    writer.optional("LocationConstraint", locationConstraint)
    if !tags.isEmpty {
      writer.open("Tags")
      for tag in tags {
        writer.open("Tag")
        writer.element("Key", tag.key)
        writer.element("Value", tag.value)
        writer.close("Tag")
      }
      writer.close("Tags")
    }
    writer.close("CreateBucketConfiguration")
    return writer.bytes
  }

  /// What the body asks for beside the bucket itself.
  public func accesses(bucket: String) -> [Access] {
    tags.isEmpty ? [] : [Access(.tagResource, bucket: bucket)]
  }
}
