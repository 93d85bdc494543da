import HTTPWire

/// The `s3:*` condition keys of AWS's service authorization reference.
///
/// Policies compare key names without regard to case. Keys with a name behind `/` (`s3:ExistingObjectTag/<key>`)
/// are one case here; the part behind the slash is the caller's.
/// Source: Service Authorization Reference, "Condition keys for Amazon S3".
public enum S3ConditionKey: UInt8, CaseIterable, Hashable, Sendable {
  case accessGrantScope
  case accessGrantsInstanceArn
  case accessGrantsLocationScope
  case accessPointNetworkOrigin
  case accessPointTag
  case bucketTag
  case dataAccessPointAccount
  case dataAccessPointArn
  case existingJobOperation
  case existingJobPriority
  case existingObjectTag
  case inventoryAccessibleOptionalFields
  case jobSuspendedCause
  case objectCreationOperation
  case requestJobOperation
  case requestJobPriority
  case requestObjectTag
  case requestObjectTagKeys
  case resourceAccount
  case tlsVersion
  case authType
  case delimiter
  case destinationRegion
  case ifMatch
  case ifNoneMatch
  case isReplicationPauseRequest
  case locationConstraint
  case maxKeys
  case objectLockLegalHold
  case objectLockMode
  case objectLockRemainingRetentionDays
  case objectLockRetainUntilDate
  case prefix
  case signatureAge
  case signatureVersion
  case versionID
  case xAmzAcl
  case xAmzBucketNamespace
  case xAmzContentSha256
  case xAmzCopySource
  case xAmzGrantFullControl
  case xAmzGrantRead
  case xAmzGrantReadAcp
  case xAmzGrantWrite
  case xAmzGrantWriteAcp
  case xAmzMetadataDirective
  case xAmzObjectOwnership
  case xAmzServerSideEncryption
  case xAmzServerSideEncryptionAwsKmsKeyId
  case xAmzServerSideEncryptionCustomerAlgorithm
  case xAmzStorageClass
  case xAmzWebsiteRedirectLocation
}

extension S3ConditionKey {
  /// The name as the reference writes it, without `/<key>`.
  public var name: StaticString {
    switch self {
    case .accessGrantScope: "s3:AccessGrantScope"
    case .accessGrantsInstanceArn: "s3:AccessGrantsInstanceArn"
    case .accessGrantsLocationScope: "s3:AccessGrantsLocationScope"
    case .accessPointNetworkOrigin: "s3:AccessPointNetworkOrigin"
    case .accessPointTag: "s3:AccessPointTag"
    case .bucketTag: "s3:BucketTag"
    case .dataAccessPointAccount: "s3:DataAccessPointAccount"
    case .dataAccessPointArn: "s3:DataAccessPointArn"
    case .existingJobOperation: "s3:ExistingJobOperation"
    case .existingJobPriority: "s3:ExistingJobPriority"
    case .existingObjectTag: "s3:ExistingObjectTag"
    case .inventoryAccessibleOptionalFields: "s3:InventoryAccessibleOptionalFields"
    case .jobSuspendedCause: "s3:JobSuspendedCause"
    case .objectCreationOperation: "s3:ObjectCreationOperation"
    case .requestJobOperation: "s3:RequestJobOperation"
    case .requestJobPriority: "s3:RequestJobPriority"
    case .requestObjectTag: "s3:RequestObjectTag"
    case .requestObjectTagKeys: "s3:RequestObjectTagKeys"
    case .resourceAccount: "s3:ResourceAccount"
    case .tlsVersion: "s3:TlsVersion"
    case .authType: "s3:authType"
    case .delimiter: "s3:delimiter"
    case .destinationRegion: "s3:destinationRegion"
    case .ifMatch: "s3:if-match"
    case .ifNoneMatch: "s3:if-none-match"
    case .isReplicationPauseRequest: "s3:isReplicationPauseRequest"
    case .locationConstraint: "s3:locationconstraint"
    case .maxKeys: "s3:max-keys"
    case .objectLockLegalHold: "s3:object-lock-legal-hold"
    case .objectLockMode: "s3:object-lock-mode"
    case .objectLockRemainingRetentionDays: "s3:object-lock-remaining-retention-days"
    case .objectLockRetainUntilDate: "s3:object-lock-retain-until-date"
    case .prefix: "s3:prefix"
    case .signatureAge: "s3:signatureAge"
    case .signatureVersion: "s3:signatureversion"
    case .versionID: "s3:versionid"
    case .xAmzAcl: "s3:x-amz-acl"
    case .xAmzBucketNamespace: "s3:x-amz-bucket-namespace"
    case .xAmzContentSha256: "s3:x-amz-content-sha256"
    case .xAmzCopySource: "s3:x-amz-copy-source"
    case .xAmzGrantFullControl: "s3:x-amz-grant-full-control"
    case .xAmzGrantRead: "s3:x-amz-grant-read"
    case .xAmzGrantReadAcp: "s3:x-amz-grant-read-acp"
    case .xAmzGrantWrite: "s3:x-amz-grant-write"
    case .xAmzGrantWriteAcp: "s3:x-amz-grant-write-acp"
    case .xAmzMetadataDirective: "s3:x-amz-metadata-directive"
    case .xAmzObjectOwnership: "s3:x-amz-object-ownership"
    case .xAmzServerSideEncryption: "s3:x-amz-server-side-encryption"
    case .xAmzServerSideEncryptionAwsKmsKeyId: "s3:x-amz-server-side-encryption-aws-kms-key-id"
    case .xAmzServerSideEncryptionCustomerAlgorithm: "s3:x-amz-server-side-encryption-customer-algorithm"
    case .xAmzStorageClass: "s3:x-amz-storage-class"
    case .xAmzWebsiteRedirectLocation: "s3:x-amz-website-redirect-location"
    }
  }

  /// The key with this name in any case, without `/<key>`; nil for any other. For loading policies.
  public init?(name: some Collection<UInt8>) {
    func lowercased(_ byte: UInt8) -> UInt8 { ASCII.lowercased(byte) }
    let wanted = name.map(lowercased)
    for key in Self.allCases where key.name.withUTF8Buffer({ $0.map(lowercased) == wanted }) {
      self = key
      return
    }
    return nil
  }
}
