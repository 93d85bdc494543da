import HTTPWire
import S3Model

/// Which parameters an operation takes, beside the sub-resource that selects it.
enum QueryRules {
  /// Drops parameters that mean nothing to the operation, as S3 does, and refuses those that would select another
  /// operation, version or part: dropping these would run something else than was asked for.
  static func apply(_ operation: S3Operation, _ items: [QueryItem]) throws(S3WireError) -> [QueryItem] {
    var kept = items
    if !items.isEmpty {
      for item in items where !item.name.isSubresource && !takes(operation, item.name) {
        guard !selects(item.name) else { throw .invalidQueryParameter(item.name) }
        kept.removeAll { $0.name == item.name }
      }
      for item in kept { try check(item) }
    }
    return kept
  }

  private static func selects(_ name: QueryName) -> Bool {
    switch name {
    case .annotationName, .id, .partNumber, .selectType, .uploadID, .versionID: true
    default: false
    }
  }

  private static func check(_ item: QueryItem) throws(S3WireError) {
    switch item.name {
    case .versionID, .uploadID, .id, .annotationName:
      guard !item.value.isEmpty, item.value.count <= 1024 else { throw .invalidQueryParameter(item.name) }
    case .partNumber:
      guard let number = DecimalInteger.parse(item.value.bytes), (1...10_000).contains(number) else {
        throw .invalidQueryParameter(.partNumber)
      }
    case .maxKeys, .maxParts, .maxUploads, .partNumberMarker:
      guard let number = DecimalInteger.parse(item.value.bytes), number <= Int64(Int32.max) else {
        throw .invalidQueryParameter(item.name)
      }
    case .maxBuckets:
      guard let number = DecimalInteger.parse(item.value.bytes), (1...10_000).contains(number) else {
        throw .invalidQueryParameter(.maxBuckets)
      }
    case .encodingType:
      guard item.value == "url" else { throw .invalidQueryParameter(.encodingType) }
    default: break
    }
  }

  private static func takes(_ operation: S3Operation, _ name: QueryName) -> Bool {
    switch name {
    case .versionID: takesVersion(operation)
    case .uploadID:
      switch operation {
      case .abortMultipartUpload, .completeMultipartUpload, .listParts, .uploadPart, .uploadPartCopy: true
      default: false
      }
    case .partNumber:
      switch operation {
      case .getObject, .headObject, .uploadPart, .uploadPartCopy: true
      default: false
      }
    case .id: takesID(operation)
    case .selectType: operation == .selectObjectContent
    case .responseCacheControl, .responseContentDisposition, .responseContentEncoding, .responseContentLanguage,
      .responseContentType, .responseExpires:
      operation == .getObject || operation == .headObject
    case .prefix:
      listsKeys(operation) || operation == .listBuckets
    case .delimiter, .encodingType: listsKeys(operation)
    case .maxKeys: operation == .listObjects || operation == .listObjectsV2 || operation == .listObjectVersions
    case .marker: operation == .listObjects
    case .startAfter, .fetchOwner: operation == .listObjectsV2
    case .continuationToken: takesContinuationToken(operation)
    case .keyMarker: operation == .listObjectVersions || operation == .listMultipartUploads
    case .versionIDMarker: operation == .listObjectVersions
    case .uploadIDMarker, .maxUploads: operation == .listMultipartUploads
    case .maxParts, .partNumberMarker: operation == .listParts
    case .maxBuckets, .bucketRegion: operation == .listBuckets
    case .maxDirectoryBuckets: operation == .listDirectoryBuckets
    case .annotationName:
      operation == .getObjectAnnotation || operation == .putObjectAnnotation || operation == .deleteObjectAnnotation
    case .annotationPrefix, .maxAnnotationResults: operation == .listObjectAnnotations
    default: false
    }
  }

  private static func listsKeys(_ operation: S3Operation) -> Bool {
    switch operation {
    case .listObjects, .listObjectsV2, .listObjectVersions, .listMultipartUploads: true
    default: false
    }
  }

  private static func takesContinuationToken(_ operation: S3Operation) -> Bool {
    switch operation {
    case .listBuckets, .listDirectoryBuckets, .listObjectsV2, .listBucketAnalyticsConfigurations,
      .listBucketIntelligentTieringConfigurations, .listBucketInventoryConfigurations,
      .listBucketMetricsConfigurations, .listObjectAnnotations:
      true
    default: false
    }
  }

  private static func takesVersion(_ operation: S3Operation) -> Bool {
    switch operation {
    case .deleteObject, .deleteObjectAnnotation, .deleteObjectTagging, .getObject, .getObjectAcl,
      .getObjectAnnotation, .getObjectAttributes, .getObjectLegalHold, .getObjectRetention, .getObjectTagging,
      .getObjectTorrent, .headObject, .listObjectAnnotations, .putObjectAcl, .putObjectAnnotation,
      .putObjectLegalHold, .putObjectRetention, .putObjectTagging, .restoreObject, .updateObjectEncryption:
      true
    default: false
    }
  }

  private static func takesID(_ operation: S3Operation) -> Bool {
    switch operation {
    case .deleteBucketAnalyticsConfiguration, .deleteBucketIntelligentTieringConfiguration,
      .deleteBucketInventoryConfiguration, .deleteBucketMetricsConfiguration, .getBucketAnalyticsConfiguration,
      .getBucketIntelligentTieringConfiguration, .getBucketInventoryConfiguration, .getBucketMetricsConfiguration,
      .putBucketAnalyticsConfiguration, .putBucketIntelligentTieringConfiguration,
      .putBucketInventoryConfiguration, .putBucketMetricsConfiguration:
      true
    default: false
    }
  }
}
