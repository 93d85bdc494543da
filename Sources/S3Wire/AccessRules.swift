import HTTPWire
import S3Model

/// Which actions on which resources a request needs.
///
/// Source: Amazon S3 User Guide, "Required permissions for Amazon S3 API operations".
enum AccessRules {
  /// Operations of directory buckets, object lambda and object annotations: no s3 action covers them.
  static func isUnsupported(_ operation: S3Operation) -> Bool {
    switch operation {
    case .createSession, .listDirectoryBuckets, .renameObject, .writeGetObjectResponse, .getObjectAnnotation,
      .putObjectAnnotation, .deleteObjectAnnotation, .listObjectAnnotations,
      .updateBucketMetadataAnnotationTableConfiguration:
      true
    default: false
    }
  }

  /// All accesses that the head tells of; none for operations whose accesses stand in the body, and for preflights.
  static func accesses(for request: S3Request) -> [Access] {
    guard let bucket = request.bucket else {
      return request.operation == .listBuckets ? [Access(service: .listAllMyBuckets)] : []
    }
    guard let key = request.key else { return bucketAccesses(request, bucket) }
    return objectAccesses(request, bucket, key)
  }

  private static func bucketAccesses(_ request: S3Request, _ bucket: String) -> [Access] {
    guard let action = bucketAction(request.operation) else { return [] }
    var accesses = [Access(action, bucket: bucket)]
    if request.operation == .createBucket {
      if setsACL(request) { accesses.append(Access(.putBucketAcl, bucket: bucket)) }
      if isOn(request, .xAmzBucketObjectLockEnabled) {
        accesses.append(Access(.putBucketObjectLockConfiguration, bucket: bucket))
        accesses.append(Access(.putBucketVersioning, bucket: bucket))
      }
      if request.hasHeader(.xAmzObjectOwnership) {
        accesses.append(Access(.putBucketOwnershipControls, bucket: bucket))
      }
    }
    return accesses
  }

  private static func objectAccesses(_ request: S3Request, _ bucket: String, _ key: ByteString) -> [Access] {
    let version = request.versionID
    func access(_ action: S3Action) -> Access { Access(action, bucket: bucket, key: key, versionID: version) }
    switch request.operation {
    case .getObjectAttributes:
      return version == nil
        ? [access(.getObject), access(.getObjectAttributes)]
        : [access(.getObjectVersion), access(.getObjectVersionAttributes)]
    case .putObject, .createMultipartUpload:
      var accesses = [access(.putObject)]
      addWriteAccesses(request, access, &accesses)
      return accesses
    case .copyObject, .uploadPartCopy:
      guard let source = request.copySource else { return [] }
      var accesses = [access(.putObject), sourceAccess(source)]
      if request.operation == .copyObject { addWriteAccesses(request, access, &accesses) }
      return accesses
    case .deleteObject, .putObjectRetention:
      let action: S3Action =
        request.operation == .putObjectRetention
        ? .putObjectRetention : version == nil ? .deleteObject : .deleteObjectVersion
      var accesses = [access(action)]
      if isOn(request, .xAmzBypassGovernanceRetention) { accesses.append(access(.bypassGovernanceRetention)) }
      return accesses
    default:
      guard let action = objectAction(request.operation, hasVersion: version != nil) else { return [] }
      return [access(action)]
    }
  }

  static func sourceAccess(_ source: CopySource) -> Access {
    Access(
      source.versionID == nil ? .getObject : .getObjectVersion, bucket: source.bucket, key: source.key,
      versionID: source.versionID)
  }

  /// What headers of a write ask for beside the object itself.
  private static func addWriteAccesses(
    _ request: S3Request, _ access: (S3Action) -> Access, _ accesses: inout [Access]
  ) {
    if setsACL(request) { accesses.append(access(.putObjectAcl)) }
    if request.hasHeader(.xAmzTagging) { accesses.append(access(.putObjectTagging)) }
    if request.hasHeader(.xAmzObjectLockMode) || request.hasHeader(.xAmzObjectLockRetainUntilDate) {
      accesses.append(access(.putObjectRetention))
    }
    if request.hasHeader(.xAmzObjectLockLegalHold) { accesses.append(access(.putObjectLegalHold)) }
  }

  private static func setsACL(_ request: S3Request) -> Bool {
    request.hasHeader(.xAmzAcl) || request.hasHeader(.xAmzGrantFullControl) || request.hasHeader(.xAmzGrantRead)
      || request.hasHeader(.xAmzGrantReadAcp) || request.hasHeader(.xAmzGrantWrite)
      || request.hasHeader(.xAmzGrantWriteAcp)
  }

  /// Whether a switch is on: anything but `false`, so that a spelling a store reads as true is never missed.
  static func isOn(_ request: S3Request, _ name: FieldName) -> Bool {
    request.withHeader(name) { value in
      let off: StaticString = "false"
      return off.withUTF8Buffer { off in
        value.count != off.count || !zip(value, off).allSatisfy { ASCII.lowercased($0) == $1 }
      }
    } ?? false
  }
}
