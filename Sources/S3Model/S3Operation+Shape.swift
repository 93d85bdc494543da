/// What an operation's body is, and so who reads it.
public enum RequestBodyKind: UInt8, Sendable {
  /// Nothing is read; a body is refused or drained.
  case none
  /// A bounded XML or JSON document, collected before the operation runs.
  case document
  /// Object bytes, streamed.
  case object
  /// A `multipart/form-data` upload.
  case form
}

extension S3Operation {
  /// The kind of body the operation takes.
  public var requestBody: RequestBodyKind {
    switch self {
    case .putObject, .uploadPart, .writeGetObjectResponse, .putObjectAnnotation:
      .object
    case .postObject:
      .form
    case .completeMultipartUpload, .createBucket, .createBucketMetadataConfiguration,
      .createBucketMetadataTableConfiguration, .deleteObjects, .putBucketAbac, .putBucketAccelerateConfiguration,
      .putBucketAcl, .putBucketAnalyticsConfiguration, .putBucketCors, .putBucketEncryption,
      .putBucketIntelligentTieringConfiguration, .putBucketInventoryConfiguration, .putBucketLifecycle,
      .putBucketLifecycleConfiguration, .putBucketLogging, .putBucketMetricsConfiguration, .putBucketNotification,
      .putBucketNotificationConfiguration, .putBucketOwnershipControls, .putBucketPolicy, .putBucketReplication,
      .putBucketRequestPayment, .putBucketTagging, .putBucketVersioning, .putBucketWebsite, .putObjectAcl,
      .putObjectLegalHold, .putObjectLockConfiguration, .putObjectRetention, .putObjectTagging,
      .putPublicAccessBlock, .restoreObject, .selectObjectContent,
      .updateBucketMetadataAnnotationTableConfiguration, .updateBucketMetadataInventoryTableConfiguration,
      .updateBucketMetadataJournalTableConfiguration, .updateObjectEncryption:
      .document
    default:
      .none
    }
  }
}
