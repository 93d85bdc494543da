/// The header fields Martlet knows by name.
///
/// A closed set keeps header look-ups to integer compares: the parser resolves each name once, and
/// every later stage asks for a case. Names outside the set are ``other`` and keep their bytes in the head.
public enum FieldName: UInt8, CaseIterable, Sendable {
  case other
  case accept
  case acceptEncoding
  case acceptRanges
  case accessControlAllowCredentials
  case accessControlAllowHeaders
  case accessControlAllowMethods
  case accessControlAllowOrigin
  case accessControlExposeHeaders
  case accessControlMaxAge
  case accessControlRequestHeaders
  case accessControlRequestMethod
  case authorization
  case cacheControl
  case connection
  case contentDisposition
  case contentEncoding
  case contentLanguage
  case contentLength
  case contentMd5
  case contentRange
  case contentSecurityPolicy
  case contentType
  case cookie
  case date
  case etag
  case expect
  case expires
  case forwarded
  case host
  case ifMatch
  case ifModifiedSince
  case ifNoneMatch
  case ifUnmodifiedSince
  case keepAlive
  case lastModified
  case location
  case origin
  case proxyAuthorization
  case proxyConnection
  case range
  case referer
  case retryAfter
  case server
  case strictTransportSecurity
  case te
  case trailer
  case transferEncoding
  case upgrade
  case userAgent
  case vary
  case wwwAuthenticate
  case xAmzAbortDate
  case xAmzAbortRuleId
  case xAmzAccessPointAlias
  case xAmzAcl
  case xAmzArchiveStatus
  case xAmzBucketArn
  case xAmzBucketLocationName
  case xAmzBucketLocationType
  case xAmzBucketNamespace
  case xAmzBucketObjectLockEnabled
  case xAmzBucketObjectLockToken
  case xAmzBucketRegion
  case xAmzBypassGovernanceRetention
  case xAmzChecksumAlgorithm
  case xAmzChecksumCrc32
  case xAmzChecksumCrc32c
  case xAmzChecksumCrc64nvme
  case xAmzChecksumMd5
  case xAmzChecksumMode
  case xAmzChecksumSha1
  case xAmzChecksumSha256
  case xAmzChecksumSha512
  case xAmzChecksumType
  case xAmzChecksumXxhash128
  case xAmzChecksumXxhash3
  case xAmzChecksumXxhash64
  case xAmzClientToken
  case xAmzConfirmRemoveSelfBucketAccess
  case xAmzContentSha256
  case xAmzCopySource
  case xAmzCopySourceIfMatch
  case xAmzCopySourceIfModifiedSince
  case xAmzCopySourceIfNoneMatch
  case xAmzCopySourceIfUnmodifiedSince
  case xAmzCopySourceRange
  case xAmzCopySourceServerSideEncryptionCustomerAlgorithm
  case xAmzCopySourceServerSideEncryptionCustomerKey
  case xAmzCopySourceServerSideEncryptionCustomerKeyMd5
  case xAmzCopySourceVersionId
  case xAmzCreateSessionMode
  case xAmzDate
  case xAmzDecodedContentLength
  case xAmzDeleteMarker
  case xAmzErrorCode
  case xAmzErrorMessage
  case xAmzExpectedBucketOwner
  case xAmzExpiration
  case xAmzGrantFullControl
  case xAmzGrantRead
  case xAmzGrantReadAcp
  case xAmzGrantWrite
  case xAmzGrantWriteAcp
  case xAmzId2
  case xAmzIfMatchInitiatedTime
  case xAmzIfMatchLastModifiedTime
  case xAmzIfMatchSize
  case xAmzMaxParts
  case xAmzMetadataDirective
  case xAmzMfa
  case xAmzMissingMeta
  case xAmzMpObjectSize
  case xAmzMpPartsCount
  case xAmzObjectAnnotationDirective
  case xAmzObjectAttributes
  case xAmzObjectIfMatch
  case xAmzObjectLockEventHold
  case xAmzObjectLockEventHoldDurationDays
  case xAmzObjectLockEventHoldDurationYears
  case xAmzObjectLockLegalHold
  case xAmzObjectLockMode
  case xAmzObjectLockRetainUntilDate
  case xAmzObjectOwnership
  case xAmzObjectSize
  case xAmzPartNumberMarker
  case xAmzRegionSet
  case xAmzRenameSource
  case xAmzRenameSourceIfMatch
  case xAmzRenameSourceIfModifiedSince
  case xAmzRenameSourceIfNoneMatch
  case xAmzRenameSourceIfUnmodifiedSince
  case xAmzReplicationStatus
  case xAmzRequestCharged
  case xAmzRequestId
  case xAmzRequestPayer
  case xAmzRequestRoute
  case xAmzRequestToken
  case xAmzRestore
  case xAmzRestoreOutputPath
  case xAmzSdkChecksumAlgorithm
  case xAmzSecurityToken
  case xAmzServerSideEncryption
  case xAmzServerSideEncryptionAwsKmsKeyId
  case xAmzServerSideEncryptionBucketKeyEnabled
  case xAmzServerSideEncryptionContext
  case xAmzServerSideEncryptionCustomerAlgorithm
  case xAmzServerSideEncryptionCustomerKey
  case xAmzServerSideEncryptionCustomerKeyMd5
  case xAmzSkipDestinationValidation
  case xAmzSourceExpectedBucketOwner
  case xAmzStorageClass
  case xAmzTagging
  case xAmzTaggingCount
  case xAmzTaggingDirective
  case xAmzTrailer
  case xAmzTransitionDefaultMinimumObjectSize
  case xAmzUserAgent
  case xAmzVersionId
  case xAmzWebsiteRedirectLocation
  case xAmzWriteOffsetBytes
  case xContentTypeOptions
  case xForwardedFor
  case xForwardedProto
}

extension FieldName {
  /// The name in lower case, as HTTP/2 and canonical requests write it; empty for ``other``.
  public var name: StaticString {
    switch self {
    case .other: ""
    case .accept: "accept"
    case .acceptEncoding: "accept-encoding"
    case .acceptRanges: "accept-ranges"
    case .accessControlAllowCredentials: "access-control-allow-credentials"
    case .accessControlAllowHeaders: "access-control-allow-headers"
    case .accessControlAllowMethods: "access-control-allow-methods"
    case .accessControlAllowOrigin: "access-control-allow-origin"
    case .accessControlExposeHeaders: "access-control-expose-headers"
    case .accessControlMaxAge: "access-control-max-age"
    case .accessControlRequestHeaders: "access-control-request-headers"
    case .accessControlRequestMethod: "access-control-request-method"
    case .authorization: "authorization"
    case .cacheControl: "cache-control"
    case .connection: "connection"
    case .contentDisposition: "content-disposition"
    case .contentEncoding: "content-encoding"
    case .contentLanguage: "content-language"
    case .contentLength: "content-length"
    case .contentMd5: "content-md5"
    case .contentRange: "content-range"
    case .contentSecurityPolicy: "content-security-policy"
    case .contentType: "content-type"
    case .cookie: "cookie"
    case .date: "date"
    case .etag: "etag"
    case .expect: "expect"
    case .expires: "expires"
    case .forwarded: "forwarded"
    case .host: "host"
    case .ifMatch: "if-match"
    case .ifModifiedSince: "if-modified-since"
    case .ifNoneMatch: "if-none-match"
    case .ifUnmodifiedSince: "if-unmodified-since"
    case .keepAlive: "keep-alive"
    case .lastModified: "last-modified"
    case .location: "location"
    case .origin: "origin"
    case .proxyAuthorization: "proxy-authorization"
    case .proxyConnection: "proxy-connection"
    case .range: "range"
    case .referer: "referer"
    case .retryAfter: "retry-after"
    case .server: "server"
    case .strictTransportSecurity: "strict-transport-security"
    case .te: "te"
    case .trailer: "trailer"
    case .transferEncoding: "transfer-encoding"
    case .upgrade: "upgrade"
    case .userAgent: "user-agent"
    case .vary: "vary"
    case .wwwAuthenticate: "www-authenticate"
    case .xAmzAbortDate: "x-amz-abort-date"
    case .xAmzAbortRuleId: "x-amz-abort-rule-id"
    case .xAmzAccessPointAlias: "x-amz-access-point-alias"
    case .xAmzAcl: "x-amz-acl"
    case .xAmzArchiveStatus: "x-amz-archive-status"
    case .xAmzBucketArn: "x-amz-bucket-arn"
    case .xAmzBucketLocationName: "x-amz-bucket-location-name"
    case .xAmzBucketLocationType: "x-amz-bucket-location-type"
    case .xAmzBucketNamespace: "x-amz-bucket-namespace"
    case .xAmzBucketObjectLockEnabled: "x-amz-bucket-object-lock-enabled"
    case .xAmzBucketObjectLockToken: "x-amz-bucket-object-lock-token"
    case .xAmzBucketRegion: "x-amz-bucket-region"
    case .xAmzBypassGovernanceRetention: "x-amz-bypass-governance-retention"
    case .xAmzChecksumAlgorithm: "x-amz-checksum-algorithm"
    case .xAmzChecksumCrc32: "x-amz-checksum-crc32"
    case .xAmzChecksumCrc32c: "x-amz-checksum-crc32c"
    case .xAmzChecksumCrc64nvme: "x-amz-checksum-crc64nvme"
    case .xAmzChecksumMd5: "x-amz-checksum-md5"
    case .xAmzChecksumMode: "x-amz-checksum-mode"
    case .xAmzChecksumSha1: "x-amz-checksum-sha1"
    case .xAmzChecksumSha256: "x-amz-checksum-sha256"
    case .xAmzChecksumSha512: "x-amz-checksum-sha512"
    case .xAmzChecksumType: "x-amz-checksum-type"
    case .xAmzChecksumXxhash128: "x-amz-checksum-xxhash128"
    case .xAmzChecksumXxhash3: "x-amz-checksum-xxhash3"
    case .xAmzChecksumXxhash64: "x-amz-checksum-xxhash64"
    case .xAmzClientToken: "x-amz-client-token"
    case .xAmzConfirmRemoveSelfBucketAccess: "x-amz-confirm-remove-self-bucket-access"
    case .xAmzContentSha256: "x-amz-content-sha256"
    case .xAmzCopySource: "x-amz-copy-source"
    case .xAmzCopySourceIfMatch: "x-amz-copy-source-if-match"
    case .xAmzCopySourceIfModifiedSince: "x-amz-copy-source-if-modified-since"
    case .xAmzCopySourceIfNoneMatch: "x-amz-copy-source-if-none-match"
    case .xAmzCopySourceIfUnmodifiedSince: "x-amz-copy-source-if-unmodified-since"
    case .xAmzCopySourceRange: "x-amz-copy-source-range"
    case .xAmzCopySourceServerSideEncryptionCustomerAlgorithm:
      "x-amz-copy-source-server-side-encryption-customer-algorithm"
    case .xAmzCopySourceServerSideEncryptionCustomerKey: "x-amz-copy-source-server-side-encryption-customer-key"
    case .xAmzCopySourceServerSideEncryptionCustomerKeyMd5: "x-amz-copy-source-server-side-encryption-customer-key-md5"
    case .xAmzCopySourceVersionId: "x-amz-copy-source-version-id"
    case .xAmzCreateSessionMode: "x-amz-create-session-mode"
    case .xAmzDate: "x-amz-date"
    case .xAmzDecodedContentLength: "x-amz-decoded-content-length"
    case .xAmzDeleteMarker: "x-amz-delete-marker"
    case .xAmzErrorCode: "x-amz-error-code"
    case .xAmzErrorMessage: "x-amz-error-message"
    case .xAmzExpectedBucketOwner: "x-amz-expected-bucket-owner"
    case .xAmzExpiration: "x-amz-expiration"
    case .xAmzGrantFullControl: "x-amz-grant-full-control"
    case .xAmzGrantRead: "x-amz-grant-read"
    case .xAmzGrantReadAcp: "x-amz-grant-read-acp"
    case .xAmzGrantWrite: "x-amz-grant-write"
    case .xAmzGrantWriteAcp: "x-amz-grant-write-acp"
    case .xAmzId2: "x-amz-id-2"
    case .xAmzIfMatchInitiatedTime: "x-amz-if-match-initiated-time"
    case .xAmzIfMatchLastModifiedTime: "x-amz-if-match-last-modified-time"
    case .xAmzIfMatchSize: "x-amz-if-match-size"
    case .xAmzMaxParts: "x-amz-max-parts"
    case .xAmzMetadataDirective: "x-amz-metadata-directive"
    case .xAmzMfa: "x-amz-mfa"
    case .xAmzMissingMeta: "x-amz-missing-meta"
    case .xAmzMpObjectSize: "x-amz-mp-object-size"
    case .xAmzMpPartsCount: "x-amz-mp-parts-count"
    case .xAmzObjectAnnotationDirective: "x-amz-object-annotation-directive"
    case .xAmzObjectAttributes: "x-amz-object-attributes"
    case .xAmzObjectIfMatch: "x-amz-object-if-match"
    case .xAmzObjectLockEventHold: "x-amz-object-lock-event-hold"
    case .xAmzObjectLockEventHoldDurationDays: "x-amz-object-lock-event-hold-duration-days"
    case .xAmzObjectLockEventHoldDurationYears: "x-amz-object-lock-event-hold-duration-years"
    case .xAmzObjectLockLegalHold: "x-amz-object-lock-legal-hold"
    case .xAmzObjectLockMode: "x-amz-object-lock-mode"
    case .xAmzObjectLockRetainUntilDate: "x-amz-object-lock-retain-until-date"
    case .xAmzObjectOwnership: "x-amz-object-ownership"
    case .xAmzObjectSize: "x-amz-object-size"
    case .xAmzPartNumberMarker: "x-amz-part-number-marker"
    case .xAmzRegionSet: "x-amz-region-set"
    case .xAmzRenameSource: "x-amz-rename-source"
    case .xAmzRenameSourceIfMatch: "x-amz-rename-source-if-match"
    case .xAmzRenameSourceIfModifiedSince: "x-amz-rename-source-if-modified-since"
    case .xAmzRenameSourceIfNoneMatch: "x-amz-rename-source-if-none-match"
    case .xAmzRenameSourceIfUnmodifiedSince: "x-amz-rename-source-if-unmodified-since"
    case .xAmzReplicationStatus: "x-amz-replication-status"
    case .xAmzRequestCharged: "x-amz-request-charged"
    case .xAmzRequestId: "x-amz-request-id"
    case .xAmzRequestPayer: "x-amz-request-payer"
    case .xAmzRequestRoute: "x-amz-request-route"
    case .xAmzRequestToken: "x-amz-request-token"
    case .xAmzRestore: "x-amz-restore"
    case .xAmzRestoreOutputPath: "x-amz-restore-output-path"
    case .xAmzSdkChecksumAlgorithm: "x-amz-sdk-checksum-algorithm"
    case .xAmzSecurityToken: "x-amz-security-token"
    case .xAmzServerSideEncryption: "x-amz-server-side-encryption"
    case .xAmzServerSideEncryptionAwsKmsKeyId: "x-amz-server-side-encryption-aws-kms-key-id"
    case .xAmzServerSideEncryptionBucketKeyEnabled: "x-amz-server-side-encryption-bucket-key-enabled"
    case .xAmzServerSideEncryptionContext: "x-amz-server-side-encryption-context"
    case .xAmzServerSideEncryptionCustomerAlgorithm: "x-amz-server-side-encryption-customer-algorithm"
    case .xAmzServerSideEncryptionCustomerKey: "x-amz-server-side-encryption-customer-key"
    case .xAmzServerSideEncryptionCustomerKeyMd5: "x-amz-server-side-encryption-customer-key-md5"
    case .xAmzSkipDestinationValidation: "x-amz-skip-destination-validation"
    case .xAmzSourceExpectedBucketOwner: "x-amz-source-expected-bucket-owner"
    case .xAmzStorageClass: "x-amz-storage-class"
    case .xAmzTagging: "x-amz-tagging"
    case .xAmzTaggingCount: "x-amz-tagging-count"
    case .xAmzTaggingDirective: "x-amz-tagging-directive"
    case .xAmzTrailer: "x-amz-trailer"
    case .xAmzTransitionDefaultMinimumObjectSize: "x-amz-transition-default-minimum-object-size"
    case .xAmzUserAgent: "x-amz-user-agent"
    case .xAmzVersionId: "x-amz-version-id"
    case .xAmzWebsiteRedirectLocation: "x-amz-website-redirect-location"
    case .xAmzWriteOffsetBytes: "x-amz-write-offset-bytes"
    case .xContentTypeOptions: "x-content-type-options"
    case .xForwardedFor: "x-forwarded-for"
    case .xForwardedProto: "x-forwarded-proto"
    }
  }
}
