import HTTPWire
import S3Model

extension S3Operation {
  /// The request headers that go on to the store; others stay behind.
  ///
  /// Not among them, though S3 has them: `x-amz-mfa` and every credential (the client's stop at the gateway),
  /// `x-amz-sdk-checksum-algorithm` and `x-amz-trailer` (the gateway has verified and removed the trailers),
  /// `x-amz-content-sha256`, `x-amz-decoded-content-length` and Content-Length (the request is framed anew).
  /// Source: Amazon S3 API Reference, each action's "URI Request Parameters", with CORS's Origin for all.
  var forwardedFields: FieldSet { Self.forwardedFieldsTable[Int(rawValue)] }

  /// Whether `x-amz-meta-*` headers go on to the store.
  var forwardsMetadata: Bool {
    switch self {
    case .putObject, .copyObject, .createMultipartUpload: true
    default: false
    }
  }

  private static let forwardedFieldsTable: [FieldSet] = allCases.map { FieldSet($0.fieldNames + everywhere) }

  /// Origin stays behind, since the gateway answers browsers itself, and so does the owner that a client expects: that is
  /// the gateway's account, which the gateway has compared.
  private static let everywhere: [FieldName] = [.xAmzRequestPayer]

  private static let customerKey: [FieldName] = [
    .xAmzServerSideEncryptionCustomerAlgorithm, .xAmzServerSideEncryptionCustomerKey,
    .xAmzServerSideEncryptionCustomerKeyMd5,
  ]
  static let checksumFields = FieldSet(checksums)

  private static let checksums: [FieldName] = [
    .xAmzChecksumCrc32, .xAmzChecksumCrc32c, .xAmzChecksumCrc64nvme, .xAmzChecksumMd5, .xAmzChecksumSha1,
    .xAmzChecksumSha256, .xAmzChecksumSha512, .xAmzChecksumXxhash128, .xAmzChecksumXxhash3, .xAmzChecksumXxhash64,
  ]
  private static let conditions: [FieldName] = [
    .ifMatch, .ifModifiedSince, .ifNoneMatch, .ifUnmodifiedSince,
  ]
  private static let copySource: [FieldName] = [
    .xAmzCopySource, .xAmzCopySourceIfMatch, .xAmzCopySourceIfModifiedSince, .xAmzCopySourceIfNoneMatch,
    .xAmzCopySourceIfUnmodifiedSince, .xAmzCopySourceServerSideEncryptionCustomerAlgorithm,
    .xAmzCopySourceServerSideEncryptionCustomerKey, .xAmzCopySourceServerSideEncryptionCustomerKeyMd5,
  ]
  private static let grants: [FieldName] = [
    .xAmzAcl, .xAmzGrantFullControl, .xAmzGrantRead, .xAmzGrantReadAcp, .xAmzGrantWriteAcp,
  ]
  private static let newObject: [FieldName] = [
    .cacheControl, .contentDisposition, .contentEncoding, .contentLanguage, .contentType, .expires,
    .xAmzObjectLockEventHold, .xAmzObjectLockEventHoldDurationDays, .xAmzObjectLockEventHoldDurationYears,
    .xAmzObjectLockLegalHold, .xAmzObjectLockMode, .xAmzObjectLockRetainUntilDate, .xAmzServerSideEncryption,
    .xAmzServerSideEncryptionAwsKmsKeyId, .xAmzServerSideEncryptionBucketKeyEnabled,
    .xAmzServerSideEncryptionContext, .xAmzStorageClass, .xAmzTagging, .xAmzWebsiteRedirectLocation,
  ]

  private var fieldNames: [FieldName] {
    switch self {
    case .abortMultipartUpload:
      [.xAmzIfMatchInitiatedTime]
    case .completeMultipartUpload:
      Self.customerKey + Self.checksums + [.ifMatch, .ifNoneMatch, .xAmzChecksumType, .xAmzMpObjectSize]
    case .copyObject:
      Self.customerKey + Self.copySource + Self.grants + Self.newObject + [
        .ifMatch, .ifNoneMatch, .xAmzChecksumAlgorithm, .xAmzMetadataDirective, .xAmzObjectAnnotationDirective,
        .xAmzTaggingDirective,
      ]
    case .createBucket:
      Self.grants + [.xAmzBucketNamespace, .xAmzBucketObjectLockEnabled, .xAmzGrantWrite, .xAmzObjectOwnership]
    case .createMultipartUpload:
      Self.customerKey + Self.grants + Self.newObject + [.xAmzChecksumAlgorithm, .xAmzChecksumType]
    case .createSession:
      [
        .xAmzCreateSessionMode, .xAmzServerSideEncryption, .xAmzServerSideEncryptionAwsKmsKeyId,
        .xAmzServerSideEncryptionBucketKeyEnabled, .xAmzServerSideEncryptionContext,
      ]
    case .deleteObject:
      [.ifMatch, .xAmzBypassGovernanceRetention, .xAmzIfMatchLastModifiedTime, .xAmzIfMatchSize]
    case .deleteObjectAnnotation:
      [.xAmzObjectIfMatch]
    case .deleteObjects, .putObjectRetention:
      [.xAmzBypassGovernanceRetention]
    case .getObject, .headObject:
      Self.customerKey + Self.conditions + [.range, .xAmzChecksumMode]
    case .getObjectAnnotation:
      [.xAmzChecksumMode]
    case .getObjectAttributes:
      Self.customerKey + [.xAmzMaxParts, .xAmzObjectAttributes, .xAmzPartNumberMarker]
    case .listParts, .selectObjectContent:
      Self.customerKey
    case .putBucketAcl, .putObjectAcl:
      Self.grants + [.xAmzGrantWrite]
    case .putBucketLifecycleConfiguration:
      [.xAmzTransitionDefaultMinimumObjectSize]
    case .putBucketNotificationConfiguration:
      [.xAmzSkipDestinationValidation]
    case .putBucketPolicy:
      [.xAmzConfirmRemoveSelfBucketAccess]
    case .putBucketReplication, .putObjectLockConfiguration:
      [.xAmzBucketObjectLockToken]
    case .putObject:
      Self.customerKey + Self.checksums + Self.grants + Self.newObject + [
        .contentMd5, .ifMatch, .ifNoneMatch, .xAmzWriteOffsetBytes,
      ]
    case .putObjectAnnotation:
      Self.checksums + [.contentMd5, .xAmzObjectIfMatch]
    case .renameObject:
      Self.conditions + [
        .xAmzClientToken, .xAmzRenameSource, .xAmzRenameSourceIfMatch, .xAmzRenameSourceIfModifiedSince,
        .xAmzRenameSourceIfNoneMatch, .xAmzRenameSourceIfUnmodifiedSince,
      ]
    case .uploadPart:
      Self.customerKey + Self.checksums + [.contentMd5]
    case .uploadPartCopy:
      Self.customerKey + Self.copySource + [.xAmzCopySourceRange]
    case .optionsObject:
      [.accessControlRequestHeaders, .accessControlRequestMethod, .origin]
    default: []
    }
  }
}

/// A set of header names: one bit each.
struct FieldSet {
  private var bits: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  init(_ names: [FieldName]) {
    for name in names {
      let bit = UInt64(1) << UInt64(name.rawValue & 63)
      switch name.rawValue >> 6 {
      case 0: bits.0 |= bit
      case 1: bits.1 |= bit
      case 2: bits.2 |= bit
      default: bits.3 |= bit
      }
    }
  }

  func contains(_ name: FieldName) -> Bool {
    let word =
      switch name.rawValue >> 6 {
      case 0: bits.0
      case 1: bits.1
      case 2: bits.2
      default: bits.3
      }
    return word & (UInt64(1) << UInt64(name.rawValue & 63)) != 0
  }
}
