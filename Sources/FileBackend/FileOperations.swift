import Backend
import S3Model

/// What each S3 operation does in this store.
///
/// The one switch names every operation: one that AWS adds to the model does not compile until somebody decides here.
enum FileOperations {
  /// Pure and quick: runs on the event loop. The work runs on the pool.
  static func work(for request: BackendRequest, _ store: ObjectStore) -> FileWork {
    switch request.request.operation {
    case .putObject: putObject(request, store)
    case .uploadPart: uploadPart(request, store)
    case .copyObject: copyObject(request, store)
    case .uploadPartCopy: uploadPartCopy(request, store)
    default:
      .steps { () throws(BackendFailure) -> FileReply? in
        try UnsupportedFeatures.check(request.request, accountID: store.accountID)
        return try reply(to: request, store)
      }
    }
  }

  private static func reply(to request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) -> FileReply {
    switch request.request.operation {
    case .listBuckets: try listBuckets(request, store)
    case .createBucket: try createBucket(request, store)
    case .headBucket: try headBucket(request, store)
    case .deleteBucket: try deleteBucket(request, store)
    case .getBucketLocation: try getBucketLocation(request, store)
    case .getBucketVersioning: try getBucketVersioning(request, store)
    case .getBucketAcl: try getBucketAcl(request, store)
    case .putBucketAcl: try putBucketAcl(request, store)
    case .getBucketTagging: try getBucketTagging(request, store)
    case .putBucketTagging: try putBucketTagging(request, store)
    case .deleteBucketTagging: try deleteBucketTagging(request, store)
    case .getBucketCors: try getBucketCors(request, store)
    case .putBucketCors: try putBucketCors(request, store)
    case .deleteBucketCors: try deleteBucketCors(request, store)

    case .listObjects: try listObjects(request, store)
    case .listObjectsV2: try listObjectsV2(request, store)
    case .listObjectVersions: try listObjectVersions(request, store)

    case .getObject: try getObject(request, store)
    case .headObject: try headObject(request, store)
    case .getObjectAttributes: try getObjectAttributes(request, store)
    case .deleteObject: try deleteObject(request, store)
    case .deleteObjects: try deleteObjects(request, store)
    case .getObjectTagging: try getObjectTagging(request, store)
    case .putObjectTagging: try putObjectTagging(request, store)
    case .deleteObjectTagging: try deleteObjectTagging(request, store)
    case .getObjectAcl: try getObjectAcl(request, store)
    case .putObjectAcl: try putObjectAcl(request, store)

    case .createMultipartUpload: try createMultipartUpload(request, store)
    case .completeMultipartUpload: try completeMultipartUpload(request, store)
    case .abortMultipartUpload: try abortMultipartUpload(request, store)
    case .listParts: try listParts(request, store)
    case .listMultipartUploads: try listMultipartUploads(request, store)

    // Handled above: they take a body or several turns.
    case .putObject, .uploadPart, .copyObject, .uploadPartCopy: throw .notImplemented

    // Kept or answered by the gateway for every backend.
    case .getBucketPolicy, .putBucketPolicy, .deleteBucketPolicy, .getBucketPolicyStatus, .postObject,
      .optionsObject:
      throw .notImplemented

    case .createBucketMetadataConfiguration, .createBucketMetadataTableConfiguration, .createSession,
      .deleteBucketAnalyticsConfiguration, .deleteBucketEncryption, .deleteBucketIntelligentTieringConfiguration,
      .deleteBucketInventoryConfiguration, .deleteBucketLifecycle, .deleteBucketMetadataConfiguration,
      .deleteBucketMetadataTableConfiguration, .deleteBucketMetricsConfiguration, .deleteBucketOwnershipControls,
      .deleteBucketReplication, .deleteBucketWebsite, .deleteObjectAnnotation, .deletePublicAccessBlock,
      .getBucketAbac, .getBucketAccelerateConfiguration, .getBucketAnalyticsConfiguration, .getBucketEncryption,
      .getBucketIntelligentTieringConfiguration, .getBucketInventoryConfiguration, .getBucketLifecycle,
      .getBucketLifecycleConfiguration, .getBucketLogging, .getBucketMetadataConfiguration,
      .getBucketMetadataTableConfiguration, .getBucketMetricsConfiguration, .getBucketNotification,
      .getBucketNotificationConfiguration, .getBucketOwnershipControls, .getBucketReplication,
      .getBucketRequestPayment, .getBucketWebsite, .getObjectAnnotation, .getObjectLegalHold,
      .getObjectLockConfiguration, .getObjectRetention, .getObjectTorrent, .getPublicAccessBlock,
      .listBucketAnalyticsConfigurations, .listBucketIntelligentTieringConfigurations,
      .listBucketInventoryConfigurations, .listBucketMetricsConfigurations, .listDirectoryBuckets,
      .listObjectAnnotations, .putBucketAbac, .putBucketAccelerateConfiguration, .putBucketAnalyticsConfiguration,
      .putBucketEncryption, .putBucketIntelligentTieringConfiguration, .putBucketInventoryConfiguration,
      .putBucketLifecycle, .putBucketLifecycleConfiguration, .putBucketLogging, .putBucketMetricsConfiguration,
      .putBucketNotification, .putBucketNotificationConfiguration, .putBucketOwnershipControls,
      .putBucketReplication, .putBucketRequestPayment, .putBucketVersioning, .putBucketWebsite,
      .putObjectAnnotation, .putObjectLegalHold, .putObjectLockConfiguration, .putObjectRetention,
      .putPublicAccessBlock, .renameObject, .restoreObject, .selectObjectContent,
      .updateBucketMetadataAnnotationTableConfiguration, .updateBucketMetadataInventoryTableConfiguration,
      .updateBucketMetadataJournalTableConfiguration, .updateObjectEncryption, .writeGetObjectResponse:
      throw .notImplemented
    }
  }
}
