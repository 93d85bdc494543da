/// Every operation of the S3 API, PostObject and OptionsObject included.
///
/// Four deprecated names stand for the same request as their successors (`GetBucketLifecycle` and
/// `GetBucketLifecycleConfiguration`); requests are always recognized as the successor.
/// Source: Amazon S3 API Reference, "Actions".
public enum S3Operation: UInt8, CaseIterable, Hashable, Sendable {
  case abortMultipartUpload
  case completeMultipartUpload
  case copyObject
  case createBucket
  case createBucketMetadataConfiguration
  case createBucketMetadataTableConfiguration
  case createMultipartUpload
  case createSession
  case deleteBucket
  case deleteBucketAnalyticsConfiguration
  case deleteBucketCors
  case deleteBucketEncryption
  case deleteBucketIntelligentTieringConfiguration
  case deleteBucketInventoryConfiguration
  case deleteBucketLifecycle
  case deleteBucketMetadataConfiguration
  case deleteBucketMetadataTableConfiguration
  case deleteBucketMetricsConfiguration
  case deleteBucketOwnershipControls
  case deleteBucketPolicy
  case deleteBucketReplication
  case deleteBucketTagging
  case deleteBucketWebsite
  case deleteObject
  case deleteObjectAnnotation
  case deleteObjectTagging
  case deleteObjects
  case deletePublicAccessBlock
  case getBucketAbac
  case getBucketAccelerateConfiguration
  case getBucketAcl
  case getBucketAnalyticsConfiguration
  case getBucketCors
  case getBucketEncryption
  case getBucketIntelligentTieringConfiguration
  case getBucketInventoryConfiguration
  case getBucketLifecycle
  case getBucketLifecycleConfiguration
  case getBucketLocation
  case getBucketLogging
  case getBucketMetadataConfiguration
  case getBucketMetadataTableConfiguration
  case getBucketMetricsConfiguration
  case getBucketNotification
  case getBucketNotificationConfiguration
  case getBucketOwnershipControls
  case getBucketPolicy
  case getBucketPolicyStatus
  case getBucketReplication
  case getBucketRequestPayment
  case getBucketTagging
  case getBucketVersioning
  case getBucketWebsite
  case getObject
  case getObjectAcl
  case getObjectAnnotation
  case getObjectAttributes
  case getObjectLegalHold
  case getObjectLockConfiguration
  case getObjectRetention
  case getObjectTagging
  case getObjectTorrent
  case getPublicAccessBlock
  case headBucket
  case headObject
  case listBucketAnalyticsConfigurations
  case listBucketIntelligentTieringConfigurations
  case listBucketInventoryConfigurations
  case listBucketMetricsConfigurations
  case listBuckets
  case listDirectoryBuckets
  case listMultipartUploads
  case listObjectAnnotations
  case listObjectVersions
  case listObjects
  case listObjectsV2
  case listParts
  case putBucketAbac
  case putBucketAccelerateConfiguration
  case putBucketAcl
  case putBucketAnalyticsConfiguration
  case putBucketCors
  case putBucketEncryption
  case putBucketIntelligentTieringConfiguration
  case putBucketInventoryConfiguration
  case putBucketLifecycle
  case putBucketLifecycleConfiguration
  case putBucketLogging
  case putBucketMetricsConfiguration
  case putBucketNotification
  case putBucketNotificationConfiguration
  case putBucketOwnershipControls
  case putBucketPolicy
  case putBucketReplication
  case putBucketRequestPayment
  case putBucketTagging
  case putBucketVersioning
  case putBucketWebsite
  case putObject
  case putObjectAcl
  case putObjectAnnotation
  case putObjectLegalHold
  case putObjectLockConfiguration
  case putObjectRetention
  case putObjectTagging
  case putPublicAccessBlock
  case renameObject
  case restoreObject
  case selectObjectContent
  case updateBucketMetadataAnnotationTableConfiguration
  case updateBucketMetadataInventoryTableConfiguration
  case updateBucketMetadataJournalTableConfiguration
  case updateObjectEncryption
  case uploadPart
  case uploadPartCopy
  case writeGetObjectResponse
  case postObject
  case optionsObject
}

extension S3Operation {
  /// The name as AWS writes it, such as `GetObject`.
  public var name: StaticString {
    switch self {
    case .abortMultipartUpload: "AbortMultipartUpload"
    case .completeMultipartUpload: "CompleteMultipartUpload"
    case .copyObject: "CopyObject"
    case .createBucket: "CreateBucket"
    case .createBucketMetadataConfiguration: "CreateBucketMetadataConfiguration"
    case .createBucketMetadataTableConfiguration: "CreateBucketMetadataTableConfiguration"
    case .createMultipartUpload: "CreateMultipartUpload"
    case .createSession: "CreateSession"
    case .deleteBucket: "DeleteBucket"
    case .deleteBucketAnalyticsConfiguration: "DeleteBucketAnalyticsConfiguration"
    case .deleteBucketCors: "DeleteBucketCors"
    case .deleteBucketEncryption: "DeleteBucketEncryption"
    case .deleteBucketIntelligentTieringConfiguration: "DeleteBucketIntelligentTieringConfiguration"
    case .deleteBucketInventoryConfiguration: "DeleteBucketInventoryConfiguration"
    case .deleteBucketLifecycle: "DeleteBucketLifecycle"
    case .deleteBucketMetadataConfiguration: "DeleteBucketMetadataConfiguration"
    case .deleteBucketMetadataTableConfiguration: "DeleteBucketMetadataTableConfiguration"
    case .deleteBucketMetricsConfiguration: "DeleteBucketMetricsConfiguration"
    case .deleteBucketOwnershipControls: "DeleteBucketOwnershipControls"
    case .deleteBucketPolicy: "DeleteBucketPolicy"
    case .deleteBucketReplication: "DeleteBucketReplication"
    case .deleteBucketTagging: "DeleteBucketTagging"
    case .deleteBucketWebsite: "DeleteBucketWebsite"
    case .deleteObject: "DeleteObject"
    case .deleteObjectAnnotation: "DeleteObjectAnnotation"
    case .deleteObjectTagging: "DeleteObjectTagging"
    case .deleteObjects: "DeleteObjects"
    case .deletePublicAccessBlock: "DeletePublicAccessBlock"
    case .getBucketAbac: "GetBucketAbac"
    case .getBucketAccelerateConfiguration: "GetBucketAccelerateConfiguration"
    case .getBucketAcl: "GetBucketAcl"
    case .getBucketAnalyticsConfiguration: "GetBucketAnalyticsConfiguration"
    case .getBucketCors: "GetBucketCors"
    case .getBucketEncryption: "GetBucketEncryption"
    case .getBucketIntelligentTieringConfiguration: "GetBucketIntelligentTieringConfiguration"
    case .getBucketInventoryConfiguration: "GetBucketInventoryConfiguration"
    case .getBucketLifecycle: "GetBucketLifecycle"
    case .getBucketLifecycleConfiguration: "GetBucketLifecycleConfiguration"
    case .getBucketLocation: "GetBucketLocation"
    case .getBucketLogging: "GetBucketLogging"
    case .getBucketMetadataConfiguration: "GetBucketMetadataConfiguration"
    case .getBucketMetadataTableConfiguration: "GetBucketMetadataTableConfiguration"
    case .getBucketMetricsConfiguration: "GetBucketMetricsConfiguration"
    case .getBucketNotification: "GetBucketNotification"
    case .getBucketNotificationConfiguration: "GetBucketNotificationConfiguration"
    case .getBucketOwnershipControls: "GetBucketOwnershipControls"
    case .getBucketPolicy: "GetBucketPolicy"
    case .getBucketPolicyStatus: "GetBucketPolicyStatus"
    case .getBucketReplication: "GetBucketReplication"
    case .getBucketRequestPayment: "GetBucketRequestPayment"
    case .getBucketTagging: "GetBucketTagging"
    case .getBucketVersioning: "GetBucketVersioning"
    case .getBucketWebsite: "GetBucketWebsite"
    case .getObject: "GetObject"
    case .getObjectAcl: "GetObjectAcl"
    case .getObjectAnnotation: "GetObjectAnnotation"
    case .getObjectAttributes: "GetObjectAttributes"
    case .getObjectLegalHold: "GetObjectLegalHold"
    case .getObjectLockConfiguration: "GetObjectLockConfiguration"
    case .getObjectRetention: "GetObjectRetention"
    case .getObjectTagging: "GetObjectTagging"
    case .getObjectTorrent: "GetObjectTorrent"
    case .getPublicAccessBlock: "GetPublicAccessBlock"
    case .headBucket: "HeadBucket"
    case .headObject: "HeadObject"
    case .listBucketAnalyticsConfigurations: "ListBucketAnalyticsConfigurations"
    case .listBucketIntelligentTieringConfigurations: "ListBucketIntelligentTieringConfigurations"
    case .listBucketInventoryConfigurations: "ListBucketInventoryConfigurations"
    case .listBucketMetricsConfigurations: "ListBucketMetricsConfigurations"
    case .listBuckets: "ListBuckets"
    case .listDirectoryBuckets: "ListDirectoryBuckets"
    case .listMultipartUploads: "ListMultipartUploads"
    case .listObjectAnnotations: "ListObjectAnnotations"
    case .listObjectVersions: "ListObjectVersions"
    case .listObjects: "ListObjects"
    case .listObjectsV2: "ListObjectsV2"
    case .listParts: "ListParts"
    case .putBucketAbac: "PutBucketAbac"
    case .putBucketAccelerateConfiguration: "PutBucketAccelerateConfiguration"
    case .putBucketAcl: "PutBucketAcl"
    case .putBucketAnalyticsConfiguration: "PutBucketAnalyticsConfiguration"
    case .putBucketCors: "PutBucketCors"
    case .putBucketEncryption: "PutBucketEncryption"
    case .putBucketIntelligentTieringConfiguration: "PutBucketIntelligentTieringConfiguration"
    case .putBucketInventoryConfiguration: "PutBucketInventoryConfiguration"
    case .putBucketLifecycle: "PutBucketLifecycle"
    case .putBucketLifecycleConfiguration: "PutBucketLifecycleConfiguration"
    case .putBucketLogging: "PutBucketLogging"
    case .putBucketMetricsConfiguration: "PutBucketMetricsConfiguration"
    case .putBucketNotification: "PutBucketNotification"
    case .putBucketNotificationConfiguration: "PutBucketNotificationConfiguration"
    case .putBucketOwnershipControls: "PutBucketOwnershipControls"
    case .putBucketPolicy: "PutBucketPolicy"
    case .putBucketReplication: "PutBucketReplication"
    case .putBucketRequestPayment: "PutBucketRequestPayment"
    case .putBucketTagging: "PutBucketTagging"
    case .putBucketVersioning: "PutBucketVersioning"
    case .putBucketWebsite: "PutBucketWebsite"
    case .putObject: "PutObject"
    case .putObjectAcl: "PutObjectAcl"
    case .putObjectAnnotation: "PutObjectAnnotation"
    case .putObjectLegalHold: "PutObjectLegalHold"
    case .putObjectLockConfiguration: "PutObjectLockConfiguration"
    case .putObjectRetention: "PutObjectRetention"
    case .putObjectTagging: "PutObjectTagging"
    case .putPublicAccessBlock: "PutPublicAccessBlock"
    case .renameObject: "RenameObject"
    case .restoreObject: "RestoreObject"
    case .selectObjectContent: "SelectObjectContent"
    case .updateBucketMetadataAnnotationTableConfiguration: "UpdateBucketMetadataAnnotationTableConfiguration"
    case .updateBucketMetadataInventoryTableConfiguration: "UpdateBucketMetadataInventoryTableConfiguration"
    case .updateBucketMetadataJournalTableConfiguration: "UpdateBucketMetadataJournalTableConfiguration"
    case .updateObjectEncryption: "UpdateObjectEncryption"
    case .uploadPart: "UploadPart"
    case .uploadPartCopy: "UploadPartCopy"
    case .writeGetObjectResponse: "WriteGetObjectResponse"
    case .postObject: "PostObject"
    case .optionsObject: "OptionsObject"
    }
  }
}
