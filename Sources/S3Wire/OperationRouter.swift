import HTTPWire
import S3Model

/// Recognizes the operation from method, level, sub-resource, parameters and headers.
///
/// Every combination that is no operation of S3 is refused: a request must never run as something other than
/// what its sub-resource says.
struct OperationRouter {
  /// What the path names.
  enum Level {
    case service, bucket, object
  }

  let method: HTTPMethod
  let level: Level
  let items: [QueryItem]
  let hasCopySource: Bool
  /// `Content-Type: multipart/form-data`
  let isForm: Bool

  func operation() throws(S3WireError) -> S3Operation {
    let subresource = try subresource()
    let operation =
      switch level {
      case .service: try serviceOperation(subresource)
      case .bucket: try bucketOperation(subresource)
      case .object: try objectOperation(subresource)
      }
    guard let operation else { throw .methodNotAllowed }
    if hasCopySource, operation != .copyObject, operation != .uploadPartCopy { throw .unexpectedCopySource }
    return operation
  }

  private func has(_ name: QueryName) -> Bool { items.contains { $0.name == name } }

  /// The one sub-resource; two at once select no operation.
  private func subresource() throws(S3WireError) -> QueryName? {
    var found: QueryName?
    for item in items where item.name.isSubresource {
      guard found == nil else { throw .unknownSubresource }
      found = item.name
    }
    return found
  }

  private func serviceOperation(_ subresource: QueryName?) throws(S3WireError) -> S3Operation? {
    guard subresource == nil else { throw .unknownSubresource }
    guard method == .get else { return nil }
    return has(.maxDirectoryBuckets) ? .listDirectoryBuckets : .listBuckets
  }

  // MARK: Buckets

  private func bucketOperation(_ subresource: QueryName?) throws(S3WireError) -> S3Operation? {
    guard let subresource else { return try plainBucketOperation() }
    guard Self.isBucketSubresource(subresource) else { throw .unknownSubresource }
    return switch method {
    case .get: try getBucket(subresource)
    case .put: try putBucket(subresource)
    case .post: postBucket(subresource)
    case .delete: try deleteBucket(subresource)
    case .head, .options, .other: nil
    }
  }

  private func plainBucketOperation() throws(S3WireError) -> S3Operation? {
    switch method {
    case .get: return .listObjects
    case .head: return .headBucket
    case .put: return .createBucket
    case .delete: return .deleteBucket
    case .options: return .optionsObject
    case .post:
      guard isForm else { throw .notAForm }
      return .postObject
    case .other: return nil
    }
  }

  private static func isBucketSubresource(_ name: QueryName) -> Bool {
    switch name {
    case .annotation, .attributes, .legalHold, .renameObject, .restore, .retention, .select, .torrent: false
    default: true
    }
  }

  private func getBucket(_ subresource: QueryName) throws(S3WireError) -> S3Operation? {
    switch subresource {
    case .abac: return .getBucketAbac
    case .accelerate: return .getBucketAccelerateConfiguration
    case .acl: return .getBucketAcl
    case .analytics: return has(.id) ? .getBucketAnalyticsConfiguration : .listBucketAnalyticsConfigurations
    case .cors: return .getBucketCors
    case .encryption: return .getBucketEncryption
    case .intelligentTiering:
      return has(.id) ? .getBucketIntelligentTieringConfiguration : .listBucketIntelligentTieringConfigurations
    case .inventory: return has(.id) ? .getBucketInventoryConfiguration : .listBucketInventoryConfigurations
    case .lifecycle: return .getBucketLifecycleConfiguration
    case .listType:
      guard items.contains(QueryItem(.listType, "2")) else { throw .invalidQueryParameter(.listType) }
      return .listObjectsV2
    case .location: return .getBucketLocation
    case .logging: return .getBucketLogging
    case .metadataConfiguration: return .getBucketMetadataConfiguration
    case .metadataTable: return .getBucketMetadataTableConfiguration
    case .metrics: return has(.id) ? .getBucketMetricsConfiguration : .listBucketMetricsConfigurations
    case .notification: return .getBucketNotificationConfiguration
    case .objectLock: return .getObjectLockConfiguration
    case .ownershipControls: return .getBucketOwnershipControls
    case .policy: return .getBucketPolicy
    case .policyStatus: return .getBucketPolicyStatus
    case .publicAccessBlock: return .getPublicAccessBlock
    case .replication: return .getBucketReplication
    case .requestPayment: return .getBucketRequestPayment
    case .session: return .createSession
    case .tagging: return .getBucketTagging
    case .uploads: return .listMultipartUploads
    case .versioning: return .getBucketVersioning
    case .versions: return .listObjectVersions
    case .website: return .getBucketWebsite
    default: return nil
    }
  }

  private func putBucket(_ subresource: QueryName) throws(S3WireError) -> S3Operation? {
    switch subresource {
    case .abac: .putBucketAbac
    case .accelerate: .putBucketAccelerateConfiguration
    case .acl: .putBucketAcl
    case .analytics: try withID(.putBucketAnalyticsConfiguration)
    case .cors: .putBucketCors
    case .encryption: .putBucketEncryption
    case .intelligentTiering: try withID(.putBucketIntelligentTieringConfiguration)
    case .inventory: try withID(.putBucketInventoryConfiguration)
    case .lifecycle: .putBucketLifecycleConfiguration
    case .logging: .putBucketLogging
    case .metadataAnnotationTable: .updateBucketMetadataAnnotationTableConfiguration
    case .metadataInventoryTable: .updateBucketMetadataInventoryTableConfiguration
    case .metadataJournalTable: .updateBucketMetadataJournalTableConfiguration
    case .metrics: try withID(.putBucketMetricsConfiguration)
    case .notification: .putBucketNotificationConfiguration
    case .objectLock: .putObjectLockConfiguration
    case .ownershipControls: .putBucketOwnershipControls
    case .policy: .putBucketPolicy
    case .publicAccessBlock: .putPublicAccessBlock
    case .replication: .putBucketReplication
    case .requestPayment: .putBucketRequestPayment
    case .tagging: .putBucketTagging
    case .versioning: .putBucketVersioning
    case .website: .putBucketWebsite
    default: nil
    }
  }

  private func postBucket(_ subresource: QueryName) -> S3Operation? {
    switch subresource {
    case .delete: .deleteObjects
    case .metadataConfiguration: .createBucketMetadataConfiguration
    case .metadataTable: .createBucketMetadataTableConfiguration
    default: nil
    }
  }

  private func deleteBucket(_ subresource: QueryName) throws(S3WireError) -> S3Operation? {
    switch subresource {
    case .analytics: try withID(.deleteBucketAnalyticsConfiguration)
    case .cors: .deleteBucketCors
    case .encryption: .deleteBucketEncryption
    case .intelligentTiering: try withID(.deleteBucketIntelligentTieringConfiguration)
    case .inventory: try withID(.deleteBucketInventoryConfiguration)
    case .lifecycle: .deleteBucketLifecycle
    case .metadataConfiguration: .deleteBucketMetadataConfiguration
    case .metadataTable: .deleteBucketMetadataTableConfiguration
    case .metrics: try withID(.deleteBucketMetricsConfiguration)
    case .ownershipControls: .deleteBucketOwnershipControls
    case .policy: .deleteBucketPolicy
    case .publicAccessBlock: .deletePublicAccessBlock
    case .replication: .deleteBucketReplication
    case .tagging: .deleteBucketTagging
    case .website: .deleteBucketWebsite
    default: nil
    }
  }

  private func withID(_ operation: S3Operation) throws(S3WireError) -> S3Operation {
    guard has(.id) else { throw .missingQueryParameter(.id) }
    return operation
  }

  // MARK: Objects

  private func objectOperation(_ subresource: QueryName?) throws(S3WireError) -> S3Operation? {
    guard let subresource else { return try plainObjectOperation() }
    guard Self.isObjectSubresource(subresource) else { throw .unknownSubresource }
    switch (method, subresource) {
    case (.get, .acl): return .getObjectAcl
    case (.get, .annotation): return has(.annotationName) ? .getObjectAnnotation : .listObjectAnnotations
    case (.get, .attributes): return .getObjectAttributes
    case (.get, .legalHold): return .getObjectLegalHold
    case (.get, .retention): return .getObjectRetention
    case (.get, .tagging): return .getObjectTagging
    case (.get, .torrent): return .getObjectTorrent
    case (.put, .acl): return .putObjectAcl
    case (.put, .annotation): return .putObjectAnnotation
    case (.put, .encryption): return .updateObjectEncryption
    case (.put, .legalHold): return .putObjectLegalHold
    case (.put, .renameObject): return .renameObject
    case (.put, .retention): return .putObjectRetention
    case (.put, .tagging): return .putObjectTagging
    case (.post, .restore): return .restoreObject
    case (.post, .select):
      guard items.contains(QueryItem(.selectType, "2")) else { throw .invalidQueryParameter(.selectType) }
      return .selectObjectContent
    case (.post, .uploads): return .createMultipartUpload
    case (.delete, .annotation): return .deleteObjectAnnotation
    case (.delete, .tagging): return .deleteObjectTagging
    default: return nil
    }
  }

  private static func isObjectSubresource(_ name: QueryName) -> Bool {
    switch name {
    case .acl, .annotation, .attributes, .encryption, .legalHold, .renameObject, .restore, .retention, .select,
      .tagging, .torrent, .uploads:
      true
    default: false
    }
  }

  private func plainObjectOperation() throws(S3WireError) -> S3Operation? {
    switch method {
    case .get: return has(.uploadID) ? .listParts : .getObject
    case .head: return has(.uploadID) ? nil : .headObject
    case .put:
      switch (has(.partNumber), has(.uploadID)) {
      case (true, true): return hasCopySource ? .uploadPartCopy : .uploadPart
      case (false, false): return hasCopySource ? .copyObject : .putObject
      case (true, false): throw .missingQueryParameter(.uploadID)
      case (false, true): throw .missingQueryParameter(.partNumber)
      }
    case .post: return has(.uploadID) ? .completeMultipartUpload : nil
    case .delete: return has(.uploadID) ? .abortMultipartUpload : .deleteObject
    case .options: return .optionsObject
    case .other: return nil
    }
  }
}
