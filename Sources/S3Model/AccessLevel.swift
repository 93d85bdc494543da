/// How AWS classes what an action does.
///
/// Source: Service Authorization Reference, "Access levels".
public enum AccessLevel: UInt8, CaseIterable, Sendable {
  case list, read, tagging, write, permissionsManagement
}

extension S3Action {
  /// The access level of the reference.
  public var accessLevel: AccessLevel {
    switch self {
    case .abortMultipartUpload, .createAccessPoint, .createAccessPointForObjectLambda, .createBucket,
      .createBucketMetadataTableConfiguration, .createJob, .createMultiRegionAccessPoint,
      .createStorageLensGroup, .deleteAccessPoint, .deleteAccessPointForObjectLambda, .deleteBucket,
      .deleteBucketMetadataTableConfiguration, .deleteBucketWebsite, .deleteMultiRegionAccessPoint,
      .deleteObject, .deleteObjectVersion, .deleteStorageLensConfiguration, .deleteStorageLensGroup,
      .initiateReplication, .pauseReplication, .putAccelerateConfiguration,
      .putAccessPointConfigurationForObjectLambda, .putAnalyticsConfiguration, .putBucketAbac, .putBucketCORS,
      .putBucketLogging, .putBucketNotification, .putBucketObjectLockConfiguration, .putBucketRequestPayment,
      .putBucketVersioning, .putBucketWebsite, .putEncryptionConfiguration, .putIntelligentTieringConfiguration,
      .putInventoryConfiguration, .putLifecycleConfiguration, .putMetricsConfiguration, .putObject,
      .putObjectLegalHold, .putObjectRetention, .putReplicationConfiguration, .putStorageLensConfiguration,
      .replicateDelete, .replicateObject, .restoreObject, .submitMultiRegionAccessPointRoutes,
      .updateBucketMetadataInventoryTableConfiguration, .updateBucketMetadataJournalTableConfiguration,
      .updateJobPriority, .updateJobStatus, .updateObjectEncryption, .updateStorageLensGroup:
      .write
    case .associateAccessGrantsIdentityCenter, .bypassGovernanceRetention, .createAccessGrant,
      .createAccessGrantsInstance, .createAccessGrantsLocation, .deleteAccessGrant, .deleteAccessGrantsInstance,
      .deleteAccessGrantsInstanceResourcePolicy, .deleteAccessGrantsLocation, .deleteAccessPointPolicy,
      .deleteAccessPointPolicyForObjectLambda, .deleteBucketPolicy, .dissociateAccessGrantsIdentityCenter,
      .objectOwnerOverrideToBucketOwner, .putAccessGrantsInstanceResourcePolicy, .putAccessPointPolicy,
      .putAccessPointPolicyForObjectLambda, .putAccessPointPublicAccessBlock, .putAccountPublicAccessBlock,
      .putBucketAcl, .putBucketOwnershipControls, .putBucketPolicy, .putBucketPublicAccessBlock,
      .putMultiRegionAccessPointPolicy, .putObjectAcl, .putObjectVersionAcl, .updateAccessGrantsLocation:
      .permissionsManagement
    case .deleteJobTagging, .deleteObjectTagging, .deleteObjectVersionTagging,
      .deleteStorageLensConfigurationTagging, .putBucketTagging, .putJobTagging, .putObjectTagging,
      .putObjectVersionTagging, .putStorageLensConfigurationTagging, .replicateTags, .tagResource,
      .untagResource:
      .tagging
    case .describeJob, .describeMultiRegionAccessPointOperation, .getAccelerateConfiguration, .getAccessGrant,
      .getAccessGrantsInstance, .getAccessGrantsInstanceForPrefix, .getAccessGrantsInstanceResourcePolicy,
      .getAccessGrantsLocation, .getAccessPoint, .getAccessPointConfigurationForObjectLambda,
      .getAccessPointForObjectLambda, .getAccessPointPolicy, .getAccessPointPolicyForObjectLambda,
      .getAccessPointPolicyStatus, .getAccessPointPolicyStatusForObjectLambda, .getAccountPublicAccessBlock,
      .getAnalyticsConfiguration, .getBucketAbac, .getBucketAcl, .getBucketCORS, .getBucketLocation,
      .getBucketLogging, .getBucketMetadataTableConfiguration, .getBucketNotification,
      .getBucketObjectLockConfiguration, .getBucketOwnershipControls, .getBucketPolicy, .getBucketPolicyStatus,
      .getBucketPublicAccessBlock, .getBucketRequestPayment, .getBucketTagging, .getBucketVersioning,
      .getBucketWebsite, .getDataAccess, .getEncryptionConfiguration, .getIntelligentTieringConfiguration,
      .getInventoryConfiguration, .getJobTagging, .getLifecycleConfiguration, .getMetricsConfiguration,
      .getMultiRegionAccessPoint, .getMultiRegionAccessPointPolicy, .getMultiRegionAccessPointPolicyStatus,
      .getMultiRegionAccessPointRoutes, .getObject, .getObjectAcl, .getObjectAttributes, .getObjectLegalHold,
      .getObjectRetention, .getObjectTagging, .getObjectTorrent, .getObjectVersion, .getObjectVersionAcl,
      .getObjectVersionAttributes, .getObjectVersionForReplication, .getObjectVersionTagging,
      .getObjectVersionTorrent, .getReplicationConfiguration, .getStorageLensConfiguration,
      .getStorageLensConfigurationTagging, .getStorageLensDashboard, .getStorageLensGroup:
      .read
    case .listAccessGrants, .listAccessGrantsInstances, .listAccessGrantsLocations, .listAccessPoints,
      .listAccessPointsForObjectLambda, .listAllMyBuckets, .listBucket, .listBucketMultipartUploads,
      .listBucketVersions, .listCallerAccessGrants, .listJobs, .listMultiRegionAccessPoints,
      .listMultipartUploadParts, .listStorageLensConfigurations, .listStorageLensGroups, .listTagsForResource:
      .list
    }
  }
}
