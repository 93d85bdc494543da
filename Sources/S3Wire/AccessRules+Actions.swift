import S3Model

extension AccessRules {
  /// The action on the bucket; nil where the operation acts on objects, is a preflight or is not served.
  static func bucketAction(_ operation: S3Operation) -> S3Action? {
    switch operation {
    case .createBucket: .createBucket
    case .createBucketMetadataConfiguration, .createBucketMetadataTableConfiguration:
      .createBucketMetadataTableConfiguration
    case .deleteBucket: .deleteBucket
    case .deleteBucketMetadataConfiguration, .deleteBucketMetadataTableConfiguration:
      .deleteBucketMetadataTableConfiguration
    case .deleteBucketPolicy: .deleteBucketPolicy
    case .deleteBucketWebsite: .deleteBucketWebsite
    case .getBucketAccelerateConfiguration: .getAccelerateConfiguration
    case .getBucketAnalyticsConfiguration, .listBucketAnalyticsConfigurations: .getAnalyticsConfiguration
    case .getBucketAbac: .getBucketAbac
    case .getBucketAcl: .getBucketAcl
    case .getBucketCors: .getBucketCORS
    case .getBucketLocation: .getBucketLocation
    case .getBucketLogging: .getBucketLogging
    case .getBucketMetadataConfiguration, .getBucketMetadataTableConfiguration:
      .getBucketMetadataTableConfiguration
    case .getBucketNotification, .getBucketNotificationConfiguration: .getBucketNotification
    case .getObjectLockConfiguration: .getBucketObjectLockConfiguration
    case .getBucketOwnershipControls: .getBucketOwnershipControls
    case .getBucketPolicy: .getBucketPolicy
    case .getBucketPolicyStatus: .getBucketPolicyStatus
    case .getPublicAccessBlock: .getBucketPublicAccessBlock
    case .getBucketRequestPayment: .getBucketRequestPayment
    case .getBucketTagging: .getBucketTagging
    case .getBucketVersioning: .getBucketVersioning
    case .getBucketWebsite: .getBucketWebsite
    case .getBucketEncryption: .getEncryptionConfiguration
    case .getBucketIntelligentTieringConfiguration, .listBucketIntelligentTieringConfigurations:
      .getIntelligentTieringConfiguration
    case .getBucketInventoryConfiguration, .listBucketInventoryConfigurations: .getInventoryConfiguration
    case .getBucketLifecycle, .getBucketLifecycleConfiguration: .getLifecycleConfiguration
    case .getBucketMetricsConfiguration, .listBucketMetricsConfigurations: .getMetricsConfiguration
    case .getBucketReplication: .getReplicationConfiguration
    case .headBucket, .listObjects, .listObjectsV2: .listBucket
    case .listMultipartUploads: .listBucketMultipartUploads
    case .listObjectVersions: .listBucketVersions
    case .putBucketAccelerateConfiguration: .putAccelerateConfiguration
    case .deleteBucketAnalyticsConfiguration, .putBucketAnalyticsConfiguration: .putAnalyticsConfiguration
    case .putBucketAbac: .putBucketAbac
    case .putBucketAcl: .putBucketAcl
    case .deleteBucketCors, .putBucketCors: .putBucketCORS
    case .putBucketLogging: .putBucketLogging
    case .putBucketNotification, .putBucketNotificationConfiguration: .putBucketNotification
    case .putObjectLockConfiguration: .putBucketObjectLockConfiguration
    case .deleteBucketOwnershipControls, .putBucketOwnershipControls: .putBucketOwnershipControls
    case .putBucketPolicy: .putBucketPolicy
    case .deletePublicAccessBlock, .putPublicAccessBlock: .putBucketPublicAccessBlock
    case .putBucketRequestPayment: .putBucketRequestPayment
    case .deleteBucketTagging, .putBucketTagging: .putBucketTagging
    case .putBucketVersioning: .putBucketVersioning
    case .putBucketWebsite: .putBucketWebsite
    case .deleteBucketEncryption, .putBucketEncryption: .putEncryptionConfiguration
    case .deleteBucketIntelligentTieringConfiguration, .putBucketIntelligentTieringConfiguration:
      .putIntelligentTieringConfiguration
    case .deleteBucketInventoryConfiguration, .putBucketInventoryConfiguration: .putInventoryConfiguration
    case .deleteBucketLifecycle, .putBucketLifecycle, .putBucketLifecycleConfiguration:
      .putLifecycleConfiguration
    case .deleteBucketMetricsConfiguration, .putBucketMetricsConfiguration: .putMetricsConfiguration
    case .deleteBucketReplication, .putBucketReplication: .putReplicationConfiguration
    case .updateBucketMetadataInventoryTableConfiguration: .updateBucketMetadataInventoryTableConfiguration
    case .updateBucketMetadataJournalTableConfiguration: .updateBucketMetadataJournalTableConfiguration
    default: nil
    }
  }

  /// The action on the object, for operations that need exactly one.
  static func objectAction(_ operation: S3Operation, hasVersion: Bool) -> S3Action? {
    switch operation {
    case .abortMultipartUpload: .abortMultipartUpload
    case .deleteObjectTagging: hasVersion ? .deleteObjectVersionTagging : .deleteObjectTagging
    case .getObject: hasVersion ? .getObjectVersion : .getObject
    case .headObject: hasVersion ? .getObjectVersion : .getObject
    case .selectObjectContent: .getObject
    case .getObjectAcl: hasVersion ? .getObjectVersionAcl : .getObjectAcl
    case .getObjectLegalHold: .getObjectLegalHold
    case .getObjectRetention: .getObjectRetention
    case .getObjectTagging: hasVersion ? .getObjectVersionTagging : .getObjectTagging
    case .getObjectTorrent: hasVersion ? .getObjectVersionTorrent : .getObjectTorrent
    case .listParts: .listMultipartUploadParts
    case .completeMultipartUpload, .uploadPart: .putObject
    case .putObjectAcl: hasVersion ? .putObjectVersionAcl : .putObjectAcl
    case .putObjectLegalHold: .putObjectLegalHold
    case .putObjectTagging: hasVersion ? .putObjectVersionTagging : .putObjectTagging
    case .restoreObject: .restoreObject
    case .updateObjectEncryption: .updateObjectEncryption
    default: nil
    }
  }
}
