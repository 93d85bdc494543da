import Backend
import HTTPWire
import S3Model

/// Rebuilds a store's response head for the client.
enum ResponseTranslator {
  /// The header lines that S3 knows, their values byte for byte; nothing else the store says goes on.
  static func fields(of head: ResponseHead, for request: BackendRequest) -> ResponseFields {
    var fields = ResponseFields()
    fields.reserve(head.fields.bytes.count)
    let isCreateBucket = request.request.operation == .createBucket
    for field in head.fields.fields {
      switch field.id {
      case .other:
        guard isMetadata(head.fields, field) else { continue }
        head.fields.withBytes(field.name) { name in
          head.fields.withBytes(field.value) { fields.append(name: name, value: $0) }
        }
      case .location:
        // Of all operations only this one has the header, and it names the bucket, wherever the store lives.
        if isCreateBucket, let bucket = request.request.bucket { fields.append(.location, "/\(bucket)") }
      default:
        if passed.contains(field.id) { head.fields.withBytes(field.value) { fields.append(field.id, $0) } }
      }
    }
    return fields
  }

  /// The header lines of an error that say something about the object.
  static func errorFields(of head: ResponseHead) -> ResponseFields {
    var fields = ResponseFields()
    for field in head.fields.fields where passedOnErrors.contains(field.id) {
      head.fields.withBytes(field.value) { fields.append(field.id, $0) }
    }
    return fields
  }

  private static func isMetadata(_ fields: HeaderFields, _ field: HeaderFields.Field) -> Bool {
    let prefix = S3Request.metadataPrefix
    guard field.name.count > prefix.utf8CodeUnitCount else { return false }
    return fields.withBytes(field.name) { name in prefix.withUTF8Buffer { name.starts(with: $0) } }
  }

  /// Not among them: framing, hop-by-hop fields, Date, Server, request ids (the gateway has its own), Set-Cookie,
  /// CORS headers (the gateway answers browsers by the bucket's rules itself, and of two answers they take none),
  /// `x-amz-bucket-region` and `x-amz-access-point-alias` (about the store, not about the gateway), and what only
  /// requests have.
  private static let passed = FieldSet([
    .acceptRanges, .cacheControl, .contentDisposition,
    .contentEncoding, .contentLanguage, .contentRange, .contentType, .etag, .expires, .lastModified, .vary,
    .xAmzAbortDate, .xAmzAbortRuleId, .xAmzArchiveStatus, .xAmzChecksumAlgorithm, .xAmzChecksumCrc32,
    .xAmzChecksumCrc32c, .xAmzChecksumCrc64nvme, .xAmzChecksumMd5, .xAmzChecksumSha1, .xAmzChecksumSha256,
    .xAmzChecksumSha512, .xAmzChecksumType, .xAmzChecksumXxhash128, .xAmzChecksumXxhash3, .xAmzChecksumXxhash64,
    .xAmzConfirmRemoveSelfBucketAccess, .xAmzCopySourceVersionId, .xAmzDeleteMarker, .xAmzExpiration,
    .xAmzMissingMeta, .xAmzMpPartsCount, .xAmzObjectLockLegalHold, .xAmzObjectLockMode,
    .xAmzObjectLockRetainUntilDate, .xAmzObjectSize, .xAmzReplicationStatus, .xAmzRequestCharged, .xAmzRestore,
    .xAmzRestoreOutputPath, .xAmzServerSideEncryption, .xAmzServerSideEncryptionAwsKmsKeyId,
    .xAmzServerSideEncryptionBucketKeyEnabled, .xAmzServerSideEncryptionContext,
    .xAmzServerSideEncryptionCustomerAlgorithm, .xAmzServerSideEncryptionCustomerKeyMd5, .xAmzStorageClass,
    .xAmzTaggingCount, .xAmzTransitionDefaultMinimumObjectSize, .xAmzVersionId, .xAmzWebsiteRedirectLocation,
  ])

  private static let passedOnErrors = FieldSet([
    .contentRange,
    .lastModified, .retryAfter, .vary, .xAmzDeleteMarker, .xAmzRestore, .xAmzStorageClass, .xAmzVersionId,
  ])
}
