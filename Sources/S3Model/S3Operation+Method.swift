public import HTTPWire

extension S3Operation {
  /// The one method that asks for the operation.
  ///
  /// Requests that the gateway makes on its own start from a client's, whose method is that of another operation: what
  /// goes to a store must follow from what was authorized and from nothing else.
  public var method: HTTPMethod {
    switch self {
    case .headBucket, .headObject:
      .head
    case .createSession, .getBucketAbac, .getBucketAccelerateConfiguration, .getBucketAcl,
      .getBucketAnalyticsConfiguration, .getBucketCors, .getBucketEncryption,
      .getBucketIntelligentTieringConfiguration, .getBucketInventoryConfiguration, .getBucketLifecycle,
      .getBucketLifecycleConfiguration, .getBucketLocation, .getBucketLogging, .getBucketMetadataConfiguration,
      .getBucketMetadataTableConfiguration, .getBucketMetricsConfiguration, .getBucketNotification,
      .getBucketNotificationConfiguration, .getBucketOwnershipControls, .getBucketPolicy, .getBucketPolicyStatus,
      .getBucketReplication, .getBucketRequestPayment, .getBucketTagging, .getBucketVersioning, .getBucketWebsite,
      .getObject, .getObjectAcl, .getObjectAnnotation, .getObjectAttributes, .getObjectLegalHold,
      .getObjectLockConfiguration, .getObjectRetention, .getObjectTagging, .getObjectTorrent, .getPublicAccessBlock,
      .listBucketAnalyticsConfigurations, .listBucketIntelligentTieringConfigurations,
      .listBucketInventoryConfigurations, .listBucketMetricsConfigurations, .listBuckets, .listDirectoryBuckets,
      .listMultipartUploads, .listObjectAnnotations, .listObjectVersions, .listObjects, .listObjectsV2, .listParts:
      .get
    case .copyObject, .createBucket, .putBucketAbac, .putBucketAccelerateConfiguration, .putBucketAcl,
      .putBucketAnalyticsConfiguration, .putBucketCors, .putBucketEncryption,
      .putBucketIntelligentTieringConfiguration, .putBucketInventoryConfiguration, .putBucketLifecycle,
      .putBucketLifecycleConfiguration, .putBucketLogging, .putBucketMetricsConfiguration, .putBucketNotification,
      .putBucketNotificationConfiguration, .putBucketOwnershipControls, .putBucketPolicy, .putBucketReplication,
      .putBucketRequestPayment, .putBucketTagging, .putBucketVersioning, .putBucketWebsite, .putObject,
      .putObjectAcl, .putObjectAnnotation, .putObjectLegalHold, .putObjectLockConfiguration, .putObjectRetention,
      .putObjectTagging, .putPublicAccessBlock, .renameObject, .updateBucketMetadataAnnotationTableConfiguration,
      .updateBucketMetadataInventoryTableConfiguration, .updateBucketMetadataJournalTableConfiguration,
      .updateObjectEncryption, .uploadPart, .uploadPartCopy:
      .put
    case .completeMultipartUpload, .createBucketMetadataConfiguration, .createBucketMetadataTableConfiguration,
      .createMultipartUpload, .deleteObjects, .postObject, .restoreObject, .selectObjectContent,
      .writeGetObjectResponse:
      .post
    case .abortMultipartUpload, .deleteBucket, .deleteBucketAnalyticsConfiguration, .deleteBucketCors,
      .deleteBucketEncryption, .deleteBucketIntelligentTieringConfiguration, .deleteBucketInventoryConfiguration,
      .deleteBucketLifecycle, .deleteBucketMetadataConfiguration, .deleteBucketMetadataTableConfiguration,
      .deleteBucketMetricsConfiguration, .deleteBucketOwnershipControls, .deleteBucketPolicy,
      .deleteBucketReplication, .deleteBucketTagging, .deleteBucketWebsite, .deleteObject, .deleteObjectAnnotation,
      .deleteObjectTagging, .deletePublicAccessBlock:
      .delete
    case .optionsObject:
      .options
    }
  }
}
