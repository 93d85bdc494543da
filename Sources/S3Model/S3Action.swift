/// The s3 actions of AWS's service authorization reference, which policies allow and deny.
///
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".
public enum S3Action: UInt8, CaseIterable, Hashable, Sendable {
  case abortMultipartUpload
  case associateAccessGrantsIdentityCenter
  case bypassGovernanceRetention
  case createAccessGrant
  case createAccessGrantsInstance
  case createAccessGrantsLocation
  case createAccessPoint
  case createAccessPointForObjectLambda
  case createBucket
  case createBucketMetadataTableConfiguration
  case createJob
  case createMultiRegionAccessPoint
  case createStorageLensGroup
  case deleteAccessGrant
  case deleteAccessGrantsInstance
  case deleteAccessGrantsInstanceResourcePolicy
  case deleteAccessGrantsLocation
  case deleteAccessPoint
  case deleteAccessPointForObjectLambda
  case deleteAccessPointPolicy
  case deleteAccessPointPolicyForObjectLambda
  case deleteBucket
  case deleteBucketMetadataTableConfiguration
  case deleteBucketPolicy
  case deleteBucketWebsite
  case deleteJobTagging
  case deleteMultiRegionAccessPoint
  case deleteObject
  case deleteObjectTagging
  case deleteObjectVersion
  case deleteObjectVersionTagging
  case deleteStorageLensConfiguration
  case deleteStorageLensConfigurationTagging
  case deleteStorageLensGroup
  case describeJob
  case describeMultiRegionAccessPointOperation
  case dissociateAccessGrantsIdentityCenter
  case getAccelerateConfiguration
  case getAccessGrant
  case getAccessGrantsInstance
  case getAccessGrantsInstanceForPrefix
  case getAccessGrantsInstanceResourcePolicy
  case getAccessGrantsLocation
  case getAccessPoint
  case getAccessPointConfigurationForObjectLambda
  case getAccessPointForObjectLambda
  case getAccessPointPolicy
  case getAccessPointPolicyForObjectLambda
  case getAccessPointPolicyStatus
  case getAccessPointPolicyStatusForObjectLambda
  case getAccountPublicAccessBlock
  case getAnalyticsConfiguration
  case getBucketAbac
  case getBucketAcl
  case getBucketCORS
  case getBucketLocation
  case getBucketLogging
  case getBucketMetadataTableConfiguration
  case getBucketNotification
  case getBucketObjectLockConfiguration
  case getBucketOwnershipControls
  case getBucketPolicy
  case getBucketPolicyStatus
  case getBucketPublicAccessBlock
  case getBucketRequestPayment
  case getBucketTagging
  case getBucketVersioning
  case getBucketWebsite
  case getDataAccess
  case getEncryptionConfiguration
  case getIntelligentTieringConfiguration
  case getInventoryConfiguration
  case getJobTagging
  case getLifecycleConfiguration
  case getMetricsConfiguration
  case getMultiRegionAccessPoint
  case getMultiRegionAccessPointPolicy
  case getMultiRegionAccessPointPolicyStatus
  case getMultiRegionAccessPointRoutes
  case getObject
  case getObjectAcl
  case getObjectAttributes
  case getObjectLegalHold
  case getObjectRetention
  case getObjectTagging
  case getObjectTorrent
  case getObjectVersion
  case getObjectVersionAcl
  case getObjectVersionAttributes
  case getObjectVersionForReplication
  case getObjectVersionTagging
  case getObjectVersionTorrent
  case getReplicationConfiguration
  case getStorageLensConfiguration
  case getStorageLensConfigurationTagging
  case getStorageLensDashboard
  case getStorageLensGroup
  case initiateReplication
  case listAccessGrants
  case listAccessGrantsInstances
  case listAccessGrantsLocations
  case listAccessPoints
  case listAccessPointsForObjectLambda
  case listAllMyBuckets
  case listBucket
  case listBucketMultipartUploads
  case listBucketVersions
  case listCallerAccessGrants
  case listJobs
  case listMultiRegionAccessPoints
  case listMultipartUploadParts
  case listStorageLensConfigurations
  case listStorageLensGroups
  case listTagsForResource
  case objectOwnerOverrideToBucketOwner
  case pauseReplication
  case putAccelerateConfiguration
  case putAccessGrantsInstanceResourcePolicy
  case putAccessPointConfigurationForObjectLambda
  case putAccessPointPolicy
  case putAccessPointPolicyForObjectLambda
  case putAccessPointPublicAccessBlock
  case putAccountPublicAccessBlock
  case putAnalyticsConfiguration
  case putBucketAbac
  case putBucketAcl
  case putBucketCORS
  case putBucketLogging
  case putBucketNotification
  case putBucketObjectLockConfiguration
  case putBucketOwnershipControls
  case putBucketPolicy
  case putBucketPublicAccessBlock
  case putBucketRequestPayment
  case putBucketTagging
  case putBucketVersioning
  case putBucketWebsite
  case putEncryptionConfiguration
  case putIntelligentTieringConfiguration
  case putInventoryConfiguration
  case putJobTagging
  case putLifecycleConfiguration
  case putMetricsConfiguration
  case putMultiRegionAccessPointPolicy
  case putObject
  case putObjectAcl
  case putObjectLegalHold
  case putObjectRetention
  case putObjectTagging
  case putObjectVersionAcl
  case putObjectVersionTagging
  case putReplicationConfiguration
  case putStorageLensConfiguration
  case putStorageLensConfigurationTagging
  case replicateDelete
  case replicateObject
  case replicateTags
  case restoreObject
  case submitMultiRegionAccessPointRoutes
  case tagResource
  case untagResource
  case updateAccessGrantsLocation
  case updateBucketMetadataInventoryTableConfiguration
  case updateBucketMetadataJournalTableConfiguration
  case updateJobPriority
  case updateJobStatus
  case updateObjectEncryption
  case updateStorageLensGroup
}

extension S3Action {
  /// The name as policies write it, such as `s3:GetObject`.
  public var name: StaticString {
    switch self {
    case .abortMultipartUpload: "s3:AbortMultipartUpload"
    case .associateAccessGrantsIdentityCenter: "s3:AssociateAccessGrantsIdentityCenter"
    case .bypassGovernanceRetention: "s3:BypassGovernanceRetention"
    case .createAccessGrant: "s3:CreateAccessGrant"
    case .createAccessGrantsInstance: "s3:CreateAccessGrantsInstance"
    case .createAccessGrantsLocation: "s3:CreateAccessGrantsLocation"
    case .createAccessPoint: "s3:CreateAccessPoint"
    case .createAccessPointForObjectLambda: "s3:CreateAccessPointForObjectLambda"
    case .createBucket: "s3:CreateBucket"
    case .createBucketMetadataTableConfiguration: "s3:CreateBucketMetadataTableConfiguration"
    case .createJob: "s3:CreateJob"
    case .createMultiRegionAccessPoint: "s3:CreateMultiRegionAccessPoint"
    case .createStorageLensGroup: "s3:CreateStorageLensGroup"
    case .deleteAccessGrant: "s3:DeleteAccessGrant"
    case .deleteAccessGrantsInstance: "s3:DeleteAccessGrantsInstance"
    case .deleteAccessGrantsInstanceResourcePolicy: "s3:DeleteAccessGrantsInstanceResourcePolicy"
    case .deleteAccessGrantsLocation: "s3:DeleteAccessGrantsLocation"
    case .deleteAccessPoint: "s3:DeleteAccessPoint"
    case .deleteAccessPointForObjectLambda: "s3:DeleteAccessPointForObjectLambda"
    case .deleteAccessPointPolicy: "s3:DeleteAccessPointPolicy"
    case .deleteAccessPointPolicyForObjectLambda: "s3:DeleteAccessPointPolicyForObjectLambda"
    case .deleteBucket: "s3:DeleteBucket"
    case .deleteBucketMetadataTableConfiguration: "s3:DeleteBucketMetadataTableConfiguration"
    case .deleteBucketPolicy: "s3:DeleteBucketPolicy"
    case .deleteBucketWebsite: "s3:DeleteBucketWebsite"
    case .deleteJobTagging: "s3:DeleteJobTagging"
    case .deleteMultiRegionAccessPoint: "s3:DeleteMultiRegionAccessPoint"
    case .deleteObject: "s3:DeleteObject"
    case .deleteObjectTagging: "s3:DeleteObjectTagging"
    case .deleteObjectVersion: "s3:DeleteObjectVersion"
    case .deleteObjectVersionTagging: "s3:DeleteObjectVersionTagging"
    case .deleteStorageLensConfiguration: "s3:DeleteStorageLensConfiguration"
    case .deleteStorageLensConfigurationTagging: "s3:DeleteStorageLensConfigurationTagging"
    case .deleteStorageLensGroup: "s3:DeleteStorageLensGroup"
    case .describeJob: "s3:DescribeJob"
    case .describeMultiRegionAccessPointOperation: "s3:DescribeMultiRegionAccessPointOperation"
    case .dissociateAccessGrantsIdentityCenter: "s3:DissociateAccessGrantsIdentityCenter"
    case .getAccelerateConfiguration: "s3:GetAccelerateConfiguration"
    case .getAccessGrant: "s3:GetAccessGrant"
    case .getAccessGrantsInstance: "s3:GetAccessGrantsInstance"
    case .getAccessGrantsInstanceForPrefix: "s3:GetAccessGrantsInstanceForPrefix"
    case .getAccessGrantsInstanceResourcePolicy: "s3:GetAccessGrantsInstanceResourcePolicy"
    case .getAccessGrantsLocation: "s3:GetAccessGrantsLocation"
    case .getAccessPoint: "s3:GetAccessPoint"
    case .getAccessPointConfigurationForObjectLambda: "s3:GetAccessPointConfigurationForObjectLambda"
    case .getAccessPointForObjectLambda: "s3:GetAccessPointForObjectLambda"
    case .getAccessPointPolicy: "s3:GetAccessPointPolicy"
    case .getAccessPointPolicyForObjectLambda: "s3:GetAccessPointPolicyForObjectLambda"
    case .getAccessPointPolicyStatus: "s3:GetAccessPointPolicyStatus"
    case .getAccessPointPolicyStatusForObjectLambda: "s3:GetAccessPointPolicyStatusForObjectLambda"
    case .getAccountPublicAccessBlock: "s3:GetAccountPublicAccessBlock"
    case .getAnalyticsConfiguration: "s3:GetAnalyticsConfiguration"
    case .getBucketAbac: "s3:GetBucketAbac"
    case .getBucketAcl: "s3:GetBucketAcl"
    case .getBucketCORS: "s3:GetBucketCORS"
    case .getBucketLocation: "s3:GetBucketLocation"
    case .getBucketLogging: "s3:GetBucketLogging"
    case .getBucketMetadataTableConfiguration: "s3:GetBucketMetadataTableConfiguration"
    case .getBucketNotification: "s3:GetBucketNotification"
    case .getBucketObjectLockConfiguration: "s3:GetBucketObjectLockConfiguration"
    case .getBucketOwnershipControls: "s3:GetBucketOwnershipControls"
    case .getBucketPolicy: "s3:GetBucketPolicy"
    case .getBucketPolicyStatus: "s3:GetBucketPolicyStatus"
    case .getBucketPublicAccessBlock: "s3:GetBucketPublicAccessBlock"
    case .getBucketRequestPayment: "s3:GetBucketRequestPayment"
    case .getBucketTagging: "s3:GetBucketTagging"
    case .getBucketVersioning: "s3:GetBucketVersioning"
    case .getBucketWebsite: "s3:GetBucketWebsite"
    case .getDataAccess: "s3:GetDataAccess"
    case .getEncryptionConfiguration: "s3:GetEncryptionConfiguration"
    case .getIntelligentTieringConfiguration: "s3:GetIntelligentTieringConfiguration"
    case .getInventoryConfiguration: "s3:GetInventoryConfiguration"
    case .getJobTagging: "s3:GetJobTagging"
    case .getLifecycleConfiguration: "s3:GetLifecycleConfiguration"
    case .getMetricsConfiguration: "s3:GetMetricsConfiguration"
    case .getMultiRegionAccessPoint: "s3:GetMultiRegionAccessPoint"
    case .getMultiRegionAccessPointPolicy: "s3:GetMultiRegionAccessPointPolicy"
    case .getMultiRegionAccessPointPolicyStatus: "s3:GetMultiRegionAccessPointPolicyStatus"
    case .getMultiRegionAccessPointRoutes: "s3:GetMultiRegionAccessPointRoutes"
    case .getObject: "s3:GetObject"
    case .getObjectAcl: "s3:GetObjectAcl"
    case .getObjectAttributes: "s3:GetObjectAttributes"
    case .getObjectLegalHold: "s3:GetObjectLegalHold"
    case .getObjectRetention: "s3:GetObjectRetention"
    case .getObjectTagging: "s3:GetObjectTagging"
    case .getObjectTorrent: "s3:GetObjectTorrent"
    case .getObjectVersion: "s3:GetObjectVersion"
    case .getObjectVersionAcl: "s3:GetObjectVersionAcl"
    case .getObjectVersionAttributes: "s3:GetObjectVersionAttributes"
    case .getObjectVersionForReplication: "s3:GetObjectVersionForReplication"
    case .getObjectVersionTagging: "s3:GetObjectVersionTagging"
    case .getObjectVersionTorrent: "s3:GetObjectVersionTorrent"
    case .getReplicationConfiguration: "s3:GetReplicationConfiguration"
    case .getStorageLensConfiguration: "s3:GetStorageLensConfiguration"
    case .getStorageLensConfigurationTagging: "s3:GetStorageLensConfigurationTagging"
    case .getStorageLensDashboard: "s3:GetStorageLensDashboard"
    case .getStorageLensGroup: "s3:GetStorageLensGroup"
    case .initiateReplication: "s3:InitiateReplication"
    case .listAccessGrants: "s3:ListAccessGrants"
    case .listAccessGrantsInstances: "s3:ListAccessGrantsInstances"
    case .listAccessGrantsLocations: "s3:ListAccessGrantsLocations"
    case .listAccessPoints: "s3:ListAccessPoints"
    case .listAccessPointsForObjectLambda: "s3:ListAccessPointsForObjectLambda"
    case .listAllMyBuckets: "s3:ListAllMyBuckets"
    case .listBucket: "s3:ListBucket"
    case .listBucketMultipartUploads: "s3:ListBucketMultipartUploads"
    case .listBucketVersions: "s3:ListBucketVersions"
    case .listCallerAccessGrants: "s3:ListCallerAccessGrants"
    case .listJobs: "s3:ListJobs"
    case .listMultiRegionAccessPoints: "s3:ListMultiRegionAccessPoints"
    case .listMultipartUploadParts: "s3:ListMultipartUploadParts"
    case .listStorageLensConfigurations: "s3:ListStorageLensConfigurations"
    case .listStorageLensGroups: "s3:ListStorageLensGroups"
    case .listTagsForResource: "s3:ListTagsForResource"
    case .objectOwnerOverrideToBucketOwner: "s3:ObjectOwnerOverrideToBucketOwner"
    case .pauseReplication: "s3:PauseReplication"
    case .putAccelerateConfiguration: "s3:PutAccelerateConfiguration"
    case .putAccessGrantsInstanceResourcePolicy: "s3:PutAccessGrantsInstanceResourcePolicy"
    case .putAccessPointConfigurationForObjectLambda: "s3:PutAccessPointConfigurationForObjectLambda"
    case .putAccessPointPolicy: "s3:PutAccessPointPolicy"
    case .putAccessPointPolicyForObjectLambda: "s3:PutAccessPointPolicyForObjectLambda"
    case .putAccessPointPublicAccessBlock: "s3:PutAccessPointPublicAccessBlock"
    case .putAccountPublicAccessBlock: "s3:PutAccountPublicAccessBlock"
    case .putAnalyticsConfiguration: "s3:PutAnalyticsConfiguration"
    case .putBucketAbac: "s3:PutBucketAbac"
    case .putBucketAcl: "s3:PutBucketAcl"
    case .putBucketCORS: "s3:PutBucketCORS"
    case .putBucketLogging: "s3:PutBucketLogging"
    case .putBucketNotification: "s3:PutBucketNotification"
    case .putBucketObjectLockConfiguration: "s3:PutBucketObjectLockConfiguration"
    case .putBucketOwnershipControls: "s3:PutBucketOwnershipControls"
    case .putBucketPolicy: "s3:PutBucketPolicy"
    case .putBucketPublicAccessBlock: "s3:PutBucketPublicAccessBlock"
    case .putBucketRequestPayment: "s3:PutBucketRequestPayment"
    case .putBucketTagging: "s3:PutBucketTagging"
    case .putBucketVersioning: "s3:PutBucketVersioning"
    case .putBucketWebsite: "s3:PutBucketWebsite"
    case .putEncryptionConfiguration: "s3:PutEncryptionConfiguration"
    case .putIntelligentTieringConfiguration: "s3:PutIntelligentTieringConfiguration"
    case .putInventoryConfiguration: "s3:PutInventoryConfiguration"
    case .putJobTagging: "s3:PutJobTagging"
    case .putLifecycleConfiguration: "s3:PutLifecycleConfiguration"
    case .putMetricsConfiguration: "s3:PutMetricsConfiguration"
    case .putMultiRegionAccessPointPolicy: "s3:PutMultiRegionAccessPointPolicy"
    case .putObject: "s3:PutObject"
    case .putObjectAcl: "s3:PutObjectAcl"
    case .putObjectLegalHold: "s3:PutObjectLegalHold"
    case .putObjectRetention: "s3:PutObjectRetention"
    case .putObjectTagging: "s3:PutObjectTagging"
    case .putObjectVersionAcl: "s3:PutObjectVersionAcl"
    case .putObjectVersionTagging: "s3:PutObjectVersionTagging"
    case .putReplicationConfiguration: "s3:PutReplicationConfiguration"
    case .putStorageLensConfiguration: "s3:PutStorageLensConfiguration"
    case .putStorageLensConfigurationTagging: "s3:PutStorageLensConfigurationTagging"
    case .replicateDelete: "s3:ReplicateDelete"
    case .replicateObject: "s3:ReplicateObject"
    case .replicateTags: "s3:ReplicateTags"
    case .restoreObject: "s3:RestoreObject"
    case .submitMultiRegionAccessPointRoutes: "s3:SubmitMultiRegionAccessPointRoutes"
    case .tagResource: "s3:TagResource"
    case .untagResource: "s3:UntagResource"
    case .updateAccessGrantsLocation: "s3:UpdateAccessGrantsLocation"
    case .updateBucketMetadataInventoryTableConfiguration: "s3:UpdateBucketMetadataInventoryTableConfiguration"
    case .updateBucketMetadataJournalTableConfiguration: "s3:UpdateBucketMetadataJournalTableConfiguration"
    case .updateJobPriority: "s3:UpdateJobPriority"
    case .updateJobStatus: "s3:UpdateJobStatus"
    case .updateObjectEncryption: "s3:UpdateObjectEncryption"
    case .updateStorageLensGroup: "s3:UpdateStorageLensGroup"
    }
  }
}
