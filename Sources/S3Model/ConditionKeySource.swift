public import HTTPWire

/// Where the value of a condition key comes from: exactly one place each.
public enum ConditionKeySource: Hashable, Sendable {
  /// A header covered by the signature, or hoisted into a presigned query; an unsigned one counts as absent.
  case header(FieldName)
  /// A query parameter, on requests that list objects.
  case query(QueryName)
  /// The version of the one access being decided, not of the request: a copy has two.
  case accessVersion
  /// The tags in `x-amz-tagging`, in the form of a POST upload, or in the body of PutObjectTagging.
  case requestTags
  /// The tags of the object as stored, fetched only when a policy reads them.
  case storedTags
  /// The bucket's tags as stored.
  case bucketTags
  /// `<LocationConstraint>` in the body of CreateBucket.
  case locationConstraint
  /// Whether the request makes an object: PutObject, CopyObject, the two ends of a multipart upload, POST uploads.
  case createsObject
  /// Whole days from now to `x-amz-object-lock-retain-until-date`.
  case retentionDays
  /// `REST-HEADER`, `REST-QUERY-STRING` or `POST`: how the request was authenticated.
  case authenticationType
  /// Milliseconds since signing; presigned requests and others alike.
  case signatureAge
  /// `AWS4-HMAC-SHA256` or `AWS4-ECDSA-P256-SHA256`.
  case signatureVersion
  /// The TLS version of the client's connection, such as `1.3`.
  case tlsVersion
  /// The account that owns the bucket: the gateway's.
  case resourceAccount
  /// Nothing a gateway serves has it (access points, access grants, batch jobs): the key is never present.
  case unavailable
}

extension S3ConditionKey {
  /// The one source of the key's value.
  public var source: ConditionKeySource {
    switch self {
    case .delimiter: .query(.delimiter)
    case .maxKeys: .query(.maxKeys)
    case .prefix: .query(.prefix)
    case .versionID: .accessVersion
    case .ifMatch: .header(.ifMatch)
    case .ifNoneMatch: .header(.ifNoneMatch)
    case .objectLockLegalHold: .header(.xAmzObjectLockLegalHold)
    case .objectLockMode: .header(.xAmzObjectLockMode)
    case .objectLockRetainUntilDate: .header(.xAmzObjectLockRetainUntilDate)
    case .xAmzAcl: .header(.xAmzAcl)
    case .xAmzBucketNamespace: .header(.xAmzBucketNamespace)
    case .xAmzContentSha256: .header(.xAmzContentSha256)
    case .xAmzCopySource: .header(.xAmzCopySource)
    case .xAmzGrantFullControl: .header(.xAmzGrantFullControl)
    case .xAmzGrantRead: .header(.xAmzGrantRead)
    case .xAmzGrantReadAcp: .header(.xAmzGrantReadAcp)
    case .xAmzGrantWrite: .header(.xAmzGrantWrite)
    case .xAmzGrantWriteAcp: .header(.xAmzGrantWriteAcp)
    case .xAmzMetadataDirective: .header(.xAmzMetadataDirective)
    case .xAmzObjectOwnership: .header(.xAmzObjectOwnership)
    case .xAmzServerSideEncryption: .header(.xAmzServerSideEncryption)
    case .xAmzServerSideEncryptionAwsKmsKeyId: .header(.xAmzServerSideEncryptionAwsKmsKeyId)
    case .xAmzServerSideEncryptionCustomerAlgorithm: .header(.xAmzServerSideEncryptionCustomerAlgorithm)
    case .xAmzStorageClass: .header(.xAmzStorageClass)
    case .xAmzWebsiteRedirectLocation: .header(.xAmzWebsiteRedirectLocation)
    case .requestObjectTag, .requestObjectTagKeys: .requestTags
    case .existingObjectTag: .storedTags
    case .bucketTag: .bucketTags
    case .locationConstraint: .locationConstraint
    case .objectCreationOperation: .createsObject
    case .objectLockRemainingRetentionDays: .retentionDays
    case .authType: .authenticationType
    case .signatureAge: .signatureAge
    case .signatureVersion: .signatureVersion
    case .tlsVersion: .tlsVersion
    case .resourceAccount: .resourceAccount
    case .accessGrantScope, .accessGrantsInstanceArn, .accessGrantsLocationScope, .accessPointNetworkOrigin,
      .accessPointTag, .dataAccessPointAccount, .dataAccessPointArn, .existingJobOperation, .existingJobPriority,
      .inventoryAccessibleOptionalFields, .jobSuspendedCause, .requestJobOperation, .requestJobPriority,
      .destinationRegion, .isReplicationPauseRequest:
      .unavailable
    }
  }
}
