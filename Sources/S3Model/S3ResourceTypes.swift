/// The kinds of resource that an s3 action applies to.
///
/// Source: Service Authorization Reference, "Resource types defined by Amazon S3".
public struct S3ResourceTypes: OptionSet, Hashable, Sendable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let accessPoint = S3ResourceTypes(rawValue: 1 << 0)
  public static let accessPointObject = S3ResourceTypes(rawValue: 1 << 1)
  public static let bucket = S3ResourceTypes(rawValue: 1 << 2)
  public static let object = S3ResourceTypes(rawValue: 1 << 3)
  public static let job = S3ResourceTypes(rawValue: 1 << 4)
  public static let storageLensConfiguration = S3ResourceTypes(rawValue: 1 << 5)
  public static let storageLensGroup = S3ResourceTypes(rawValue: 1 << 6)
  public static let objectLambdaAccessPoint = S3ResourceTypes(rawValue: 1 << 7)
  public static let multiRegionAccessPoint = S3ResourceTypes(rawValue: 1 << 8)
  public static let multiRegionAccessPointRequest = S3ResourceTypes(rawValue: 1 << 9)
  public static let accessGrantsInstance = S3ResourceTypes(rawValue: 1 << 10)
  public static let accessGrantsLocation = S3ResourceTypes(rawValue: 1 << 11)
  public static let accessGrant = S3ResourceTypes(rawValue: 1 << 12)
}

extension S3Action {
  /// The resource types of the reference; empty means that the action knows no resource but `*`.
  public var resourceTypes: S3ResourceTypes {
    switch self {
    case .abortMultipartUpload, .bypassGovernanceRetention, .deleteObject, .deleteObjectTagging,
      .deleteObjectVersion, .deleteObjectVersionTagging, .getObject, .getObjectAcl, .getObjectAttributes,
      .getObjectLegalHold, .getObjectRetention, .getObjectTagging, .getObjectVersion, .getObjectVersionAcl,
      .getObjectVersionAttributes, .getObjectVersionTagging, .listMultipartUploadParts, .putObject,
      .putObjectAcl, .putObjectLegalHold, .putObjectRetention, .putObjectTagging, .putObjectVersionAcl,
      .putObjectVersionTagging, .restoreObject, .updateObjectEncryption:
      [.accessPointObject, .object]
    case .associateAccessGrantsIdentityCenter, .createAccessGrantsInstance, .createAccessGrantsLocation,
      .deleteAccessGrantsInstance, .deleteAccessGrantsInstanceResourcePolicy,
      .dissociateAccessGrantsIdentityCenter, .getAccessGrantsInstance, .getAccessGrantsInstanceForPrefix,
      .getAccessGrantsInstanceResourcePolicy, .getDataAccess, .listAccessGrants, .listAccessGrantsLocations,
      .listCallerAccessGrants, .putAccessGrantsInstanceResourcePolicy:
      [.accessGrantsInstance]
    case .createAccessGrant, .deleteAccessGrantsLocation, .getAccessGrantsLocation, .updateAccessGrantsLocation:
      [.accessGrantsLocation]
    case .createAccessPoint, .deleteAccessPoint, .deleteAccessPointPolicy, .getAccessPointPolicy,
      .getAccessPointPolicyStatus, .putAccessPointPolicy:
      [.accessPoint]
    case .createAccessPointForObjectLambda, .deleteAccessPointForObjectLambda,
      .deleteAccessPointPolicyForObjectLambda, .getAccessPointConfigurationForObjectLambda,
      .getAccessPointForObjectLambda, .getAccessPointPolicyForObjectLambda,
      .getAccessPointPolicyStatusForObjectLambda, .putAccessPointConfigurationForObjectLambda,
      .putAccessPointPolicyForObjectLambda:
      [.objectLambdaAccessPoint]
    case .createBucket, .createBucketMetadataTableConfiguration, .deleteBucket,
      .deleteBucketMetadataTableConfiguration, .deleteBucketPolicy, .deleteBucketWebsite,
      .getAccelerateConfiguration, .getAnalyticsConfiguration, .getBucketAbac, .getBucketLogging,
      .getBucketMetadataTableConfiguration, .getBucketObjectLockConfiguration, .getBucketOwnershipControls,
      .getBucketPolicyStatus, .getBucketPublicAccessBlock, .getBucketRequestPayment, .getBucketTagging,
      .getBucketVersioning, .getBucketWebsite, .getEncryptionConfiguration, .getIntelligentTieringConfiguration,
      .getInventoryConfiguration, .getLifecycleConfiguration, .getMetricsConfiguration,
      .getReplicationConfiguration, .listBucketMultipartUploads, .pauseReplication, .putAccelerateConfiguration,
      .putAnalyticsConfiguration, .putBucketAbac, .putBucketAcl, .putBucketCORS, .putBucketLogging,
      .putBucketNotification, .putBucketObjectLockConfiguration, .putBucketOwnershipControls, .putBucketPolicy,
      .putBucketPublicAccessBlock, .putBucketRequestPayment, .putBucketTagging, .putBucketVersioning,
      .putBucketWebsite, .putEncryptionConfiguration, .putIntelligentTieringConfiguration,
      .putInventoryConfiguration, .putLifecycleConfiguration, .putMetricsConfiguration,
      .putReplicationConfiguration, .updateBucketMetadataInventoryTableConfiguration,
      .updateBucketMetadataJournalTableConfiguration:
      [.bucket]
    case .createJob, .createStorageLensGroup, .getAccessPoint, .getAccountPublicAccessBlock,
      .listAccessGrantsInstances, .listAccessPoints, .listAccessPointsForObjectLambda, .listAllMyBuckets,
      .listJobs, .listMultiRegionAccessPoints, .listStorageLensConfigurations, .listStorageLensGroups,
      .putAccessPointPublicAccessBlock, .putAccountPublicAccessBlock, .putStorageLensConfiguration:
      []
    case .createMultiRegionAccessPoint, .deleteMultiRegionAccessPoint, .getMultiRegionAccessPoint,
      .getMultiRegionAccessPointPolicy, .getMultiRegionAccessPointPolicyStatus, .getMultiRegionAccessPointRoutes,
      .putMultiRegionAccessPointPolicy, .submitMultiRegionAccessPointRoutes:
      [.multiRegionAccessPoint]
    case .deleteAccessGrant, .getAccessGrant:
      [.accessGrant]
    case .deleteJobTagging, .describeJob, .getJobTagging, .putJobTagging, .updateJobPriority, .updateJobStatus:
      [.job]
    case .deleteStorageLensConfiguration, .deleteStorageLensConfigurationTagging, .getStorageLensConfiguration,
      .getStorageLensConfigurationTagging, .getStorageLensDashboard, .putStorageLensConfigurationTagging:
      [.storageLensConfiguration]
    case .deleteStorageLensGroup, .getStorageLensGroup, .updateStorageLensGroup:
      [.storageLensGroup]
    case .describeMultiRegionAccessPointOperation:
      [.multiRegionAccessPointRequest]
    case .getBucketAcl, .getBucketCORS, .getBucketLocation, .getBucketNotification, .getBucketPolicy, .listBucket,
      .listBucketVersions:
      [.accessPoint, .bucket]
    case .getObjectTorrent, .getObjectVersionForReplication, .getObjectVersionTorrent, .initiateReplication,
      .objectOwnerOverrideToBucketOwner, .replicateDelete, .replicateObject, .replicateTags:
      [.object]
    case .listTagsForResource, .tagResource, .untagResource:
      [.accessPoint, .bucket, .storageLensGroup, .accessGrantsInstance, .accessGrantsLocation, .accessGrant]
    }
  }
}
