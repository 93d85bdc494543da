import HTTPWire
public import S3Model

extension S3Operation {
  /// Whether the body says something that must be allowed: it is read before deciding.
  ///
  /// PutObjectTagging needs no further access, but policies ask for the tags in it (`s3:RequestObjectTag`).
  public var decidesOnDocument: Bool {
    switch self {
    case .createBucket, .deleteObjects, .putBucketReplication, .putObjectTagging: true
    default: false
    }
  }
}

extension S3Request {
  /// What the collected document needs beside ``accesses``. For DeleteObjects all entries together; the gateway asks
  /// ``DeleteObjectsRequest/accesses(in:)`` entry by entry instead.
  public func accesses(document: [UInt8]) throws(S3WireError) -> [Access] {
    switch operation {
    case .createBucket: try CreateBucketConfiguration(document: document).accesses(bucket: bucket ?? "")
    case .deleteObjects: try DeleteObjectsRequest(document: document).accesses(in: self).flatMap { $0 }
    case .putBucketReplication: [try ReplicationRole.access(document: document)]
    default: []
    }
  }

  /// What a copy that keeps the source's tags (`x-amz-tagging-directive` absent or `COPY`) needs beside ``accesses``,
  /// and only if the source has tags.
  public var accessesIfSourceIsTagged: [Access] {
    guard operation == .copyObject, let source = copySource, let bucket, let key,
      !header(.xAmzTaggingDirective, equals: "REPLACE")
    else { return [] }
    return [
      Access(
        source.versionID == nil ? .getObjectTagging : .getObjectVersionTagging, bucket: source.bucket, key: source.key,
        versionID: source.versionID),
      Access(.putObjectTagging, bucket: bucket, key: key),
    ]
  }

  /// Whoever may not do this is told 403, not 404, about a missing key.
  public var missingKeyAccess: Access? {
    bucket.map { Access(.listBucket, bucket: $0) }
  }
}
