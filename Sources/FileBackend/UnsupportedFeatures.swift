import Backend
import HTTPWire
import S3Model

/// What a request asks for in passing, by header or parameter, that this store does not have: refused, never ignored.
///
/// Operations that the store lacks are refused in ``FileOperations``.
enum UnsupportedFeatures {
  /// Headers whose mere presence asks for encryption, object lock, redirects, append …
  private static let refused: [FieldName] = [
    .xAmzServerSideEncryption, .xAmzServerSideEncryptionAwsKmsKeyId, .xAmzServerSideEncryptionBucketKeyEnabled,
    .xAmzServerSideEncryptionContext, .xAmzServerSideEncryptionCustomerAlgorithm,
    .xAmzServerSideEncryptionCustomerKey, .xAmzServerSideEncryptionCustomerKeyMd5,
    .xAmzCopySourceServerSideEncryptionCustomerAlgorithm, .xAmzCopySourceServerSideEncryptionCustomerKey,
    .xAmzCopySourceServerSideEncryptionCustomerKeyMd5, .xAmzObjectLockEventHold,
    .xAmzObjectLockEventHoldDurationDays, .xAmzObjectLockEventHoldDurationYears, .xAmzObjectLockLegalHold,
    .xAmzObjectLockMode, .xAmzObjectLockRetainUntilDate, .xAmzBucketObjectLockToken, .xAmzBucketNamespace,
    .xAmzWebsiteRedirectLocation, .xAmzWriteOffsetBytes, .xAmzChecksumSha512, .xAmzChecksumXxhash128,
    .xAmzChecksumXxhash3, .xAmzChecksumXxhash64, .xAmzIfMatchInitiatedTime, .xAmzIfMatchLastModifiedTime,
    .xAmzIfMatchSize, .xAmzObjectAnnotationDirective,
  ]

  private static let otherClasses: [StaticString] = [
    "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE", "OUTPOSTS",
    "GLACIER_IR", "SNOW", "EXPRESS_ONEZONE", "FSX_OPENZFS", "FSX_ONTAP",
  ]

  private static let otherACLs: [StaticString] = [
    "public-read", "public-read-write", "authenticated-read", "aws-exec-read", "bucket-owner-read",
    "log-delivery-write",
  ]

  static func check(_ request: S3Request, accountID: String) throws(BackendFailure) {
    for name in refused where request.hasHeader(name) { throw .notImplemented }
    if request.hasHeader(.xAmzBucketObjectLockEnabled), !request.header(.xAmzBucketObjectLockEnabled, equals: "false"),
      !request.header(.xAmzBucketObjectLockEnabled, equals: "False")
    {
      throw .notImplemented
    }
    if request.hasHeader(.xAmzStorageClass), !request.header(.xAmzStorageClass, equals: "STANDARD") {
      for name in otherClasses where request.header(.xAmzStorageClass, equals: name) { throw .notImplemented }
      throw .refused(.invalidStorageClass)
    }
    if request.hasHeader(.xAmzObjectOwnership), !request.header(.xAmzObjectOwnership, equals: "BucketOwnerEnforced") {
      throw .notImplemented
    }
    for name in [FieldName.xAmzExpectedBucketOwner, .xAmzSourceExpectedBucketOwner]
    where request.hasHeader(name) && request.header(name) != ByteString(accountID) {
      throw .refused(.accessDenied)
    }
    try checkACL(request)
    if let version = request.versionID { try check(version: version) }
    if let version = request.copySource?.versionID { try check(version: version) }
  }

  /// There is one version of everything here, `null`. What could be an id of AWS's, 32 characters, names a version that
  /// does not exist; anything else names none.
  private static func check(version: ByteString) throws(BackendFailure) {
    if version == "null" { return }
    let isID =
      version.count == 32
      && version.bytes.allSatisfy { ASCII.isDigit($0) || ($0 | 0x20) &- 0x61 < 26 || $0 == 0x2E || $0 == 0x5F }
    if isID { throw .refused(.noSuchVersion) }
    throw .refused(
      StoreError(
        .invalidArgument, message: "Invalid version id specified",
        details: [(name: "ArgumentName", value: "versionId"), (name: "ArgumentValue", value: version.text)]))
  }

  /// All objects are the bucket owner's alone, as on AWS under BucketOwnerEnforced; an ACL that says so is accepted.
  private static func checkACL(_ request: S3Request) throws(BackendFailure) {
    for name in [
      FieldName.xAmzGrantFullControl, .xAmzGrantRead, .xAmzGrantReadAcp, .xAmzGrantWrite, .xAmzGrantWriteAcp,
    ] where request.hasHeader(name) {
      throw refusedACL(request)
    }
    guard request.hasHeader(.xAmzAcl), !request.header(.xAmzAcl, equals: "private"),
      !request.header(.xAmzAcl, equals: "bucket-owner-full-control")
    else { return }
    for name in otherACLs where request.header(.xAmzAcl, equals: name) { throw refusedACL(request) }
    throw .refused(
      StoreError(.invalidArgument, details: [(name: "ArgumentName", value: "x-amz-acl")]))
  }

  private static func refusedACL(_ request: S3Request) -> BackendFailure {
    .refused(
      request.operation == .createBucket ? .invalidBucketAclWithObjectOwnership : .accessControlListNotSupported)
  }
}
