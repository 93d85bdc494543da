/// The query parameters of the S3 API, sub-resources included.
///
/// Names are case-sensitive. Source: Amazon S3 API Reference, each action's "URI Request Parameters".
public enum QueryName: UInt8, CaseIterable, Hashable, Sendable {
  case abac
  case accelerate
  case acl
  case analytics
  case annotation
  case annotationPrefix
  case annotationName
  case attributes
  case bucketRegion
  case continuationToken
  case cors
  case delete
  case delimiter
  case encodingType
  case encryption
  case fetchOwner
  case id
  case intelligentTiering
  case inventory
  case keyMarker
  case legalHold
  case lifecycle
  case listType
  case location
  case logging
  case marker
  case maxAnnotationResults
  case maxBuckets
  case maxDirectoryBuckets
  case maxKeys
  case maxParts
  case maxUploads
  case metadataAnnotationTable
  case metadataConfiguration
  case metadataInventoryTable
  case metadataJournalTable
  case metadataTable
  case metrics
  case notification
  case objectLock
  case ownershipControls
  case partNumberMarker
  case partNumber
  case policy
  case policyStatus
  case prefix
  case publicAccessBlock
  case renameObject
  case replication
  case requestPayment
  case responseCacheControl
  case responseContentDisposition
  case responseContentEncoding
  case responseContentLanguage
  case responseContentType
  case responseExpires
  case restore
  case retention
  case select
  case selectType
  case session
  case startAfter
  case tagging
  case torrent
  case uploadIDMarker
  case uploadID
  case uploads
  case versionIDMarker
  case versionID
  case versioning
  case versions
  case website
}

extension QueryName {
  /// The name as it stands in the query.
  public var name: StaticString {
    switch self {
    case .abac: "abac"
    case .accelerate: "accelerate"
    case .acl: "acl"
    case .analytics: "analytics"
    case .annotation: "annotation"
    case .annotationPrefix: "annotation-prefix"
    case .annotationName: "annotationName"
    case .attributes: "attributes"
    case .bucketRegion: "bucket-region"
    case .continuationToken: "continuation-token"
    case .cors: "cors"
    case .delete: "delete"
    case .delimiter: "delimiter"
    case .encodingType: "encoding-type"
    case .encryption: "encryption"
    case .fetchOwner: "fetch-owner"
    case .id: "id"
    case .intelligentTiering: "intelligent-tiering"
    case .inventory: "inventory"
    case .keyMarker: "key-marker"
    case .legalHold: "legal-hold"
    case .lifecycle: "lifecycle"
    case .listType: "list-type"
    case .location: "location"
    case .logging: "logging"
    case .marker: "marker"
    case .maxAnnotationResults: "max-annotation-results"
    case .maxBuckets: "max-buckets"
    case .maxDirectoryBuckets: "max-directory-buckets"
    case .maxKeys: "max-keys"
    case .maxParts: "max-parts"
    case .maxUploads: "max-uploads"
    case .metadataAnnotationTable: "metadataAnnotationTable"
    case .metadataConfiguration: "metadataConfiguration"
    case .metadataInventoryTable: "metadataInventoryTable"
    case .metadataJournalTable: "metadataJournalTable"
    case .metadataTable: "metadataTable"
    case .metrics: "metrics"
    case .notification: "notification"
    case .objectLock: "object-lock"
    case .ownershipControls: "ownershipControls"
    case .partNumberMarker: "part-number-marker"
    case .partNumber: "partNumber"
    case .policy: "policy"
    case .policyStatus: "policyStatus"
    case .prefix: "prefix"
    case .publicAccessBlock: "publicAccessBlock"
    case .renameObject: "renameObject"
    case .replication: "replication"
    case .requestPayment: "requestPayment"
    case .responseCacheControl: "response-cache-control"
    case .responseContentDisposition: "response-content-disposition"
    case .responseContentEncoding: "response-content-encoding"
    case .responseContentLanguage: "response-content-language"
    case .responseContentType: "response-content-type"
    case .responseExpires: "response-expires"
    case .restore: "restore"
    case .retention: "retention"
    case .select: "select"
    case .selectType: "select-type"
    case .session: "session"
    case .startAfter: "start-after"
    case .tagging: "tagging"
    case .torrent: "torrent"
    case .uploadIDMarker: "upload-id-marker"
    case .uploadID: "uploadId"
    case .uploads: "uploads"
    case .versionIDMarker: "version-id-marker"
    case .versionID: "versionId"
    case .versioning: "versioning"
    case .versions: "versions"
    case .website: "website"
    }
  }

  /// Whether the parameter selects an operation of its own.
  public var isSubresource: Bool {
    switch self {
    case .abac, .accelerate, .acl, .analytics, .annotation, .attributes, .cors, .delete, .encryption,
      .intelligentTiering, .inventory, .legalHold, .lifecycle, .listType, .location, .logging,
      .metadataAnnotationTable, .metadataConfiguration, .metadataInventoryTable, .metadataJournalTable,
      .metadataTable, .metrics, .notification, .objectLock, .ownershipControls, .policy, .policyStatus,
      .publicAccessBlock, .renameObject, .replication, .requestPayment, .restore, .retention, .select, .session,
      .tagging, .torrent, .uploads, .versioning, .versions, .website:
      true
    default:
      false
    }
  }
}
