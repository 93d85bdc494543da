import Backend
import HTTPWire
import S3Model
import S3Wire

extension FileOperations {
  static func listBuckets(_ request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) -> FileReply {
    let asked = request.request
    let prefix = asked.query(.prefix)?.bytes ?? []
    let limit = asked.query(.maxBuckets).flatMap { DecimalInteger.parse($0.bytes) }.map { Int($0) }
    let after = try asked.query(.continuationToken).map { token throws(BackendFailure) in
      try ContinuationToken.key(token)
    }
    var buckets = store.allBuckets().filter { bucket in
      let name = Array(bucket.name.utf8)
      if let after, ByteOrder.compare(name, after) <= 0 { return false }
      return ByteOrder.hasPrefix(name, prefix)
    }
    if let region = asked.query(.bucketRegion), region != ByteString(store.region) { buckets = [] }
    var isTruncated = false
    if let limit, buckets.count > limit {
      buckets = Array(buckets.prefix(limit))
      isTruncated = true
    }
    var result = ListAllMyBucketsResult(
      owner: owner(store),
      buckets: buckets.map {
        ListAllMyBucketsResult.Bucket(name: $0.name, created: $0.settings.created, region: store.region)
      })
    result.prefix = asked.query(.prefix)
    if isTruncated, let last = buckets.last {
      result.continuationToken = ContinuationToken.after(Array(last.name.utf8))
    }
    return FileReply(document: result.document)
  }

  static func createBucket(_ request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) -> FileReply {
    let name = request.request.bucket ?? ""
    var configuration = CreateBucketConfiguration()
    if request.document?.isEmpty == false {
      configuration = try document(request) { bytes throws(S3WireError) in
        try CreateBucketConfiguration(document: bytes)
      }
    }
    if let region = configuration.locationConstraint, region != store.region {
      throw .refused(.illegalLocationConstraintException)
    }
    let isNew = try store.createBucket(name, tags: pairs(configuration.tags))
    // Where AWS began, creating one's own bucket again succeeds and changes nothing; elsewhere it is an error.
    guard isNew || store.region == "us-east-1" else { throw .refused(.bucketAlreadyOwnedByYou) }
    var fields = ResponseFields()
    fields.append(.location, "/\(name)")
    return FileReply(fields: fields)
  }

  static func headBucket(_ request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) -> FileReply {
    _ = try store.bucket(request.request.bucket)
    var fields = ResponseFields()
    fields.append(.xAmzBucketRegion, store.region)
    fields.append(.xAmzAccessPointAlias, "false")
    return FileReply(fields: fields)
  }

  static func deleteBucket(_ request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) -> FileReply {
    try store.deleteBucket(request.request.bucket)
    return FileReply(status: 204)
  }

  static func getBucketLocation(
    _ request: BackendRequest, _ store: ObjectStore
  ) throws(BackendFailure) -> FileReply {
    _ = try store.bucket(request.request.bucket)
    return FileReply(document: SmallDocuments.location(region: store.region))
  }

  /// Never versioned: the empty configuration, which is how AWS says it.
  static func getBucketVersioning(
    _ request: BackendRequest, _ store: ObjectStore
  ) throws(BackendFailure) -> FileReply {
    _ = try store.bucket(request.request.bucket)
    return FileReply(document: VersioningConfiguration().document)
  }

  // MARK: Tags

  static func getBucketTagging(
    _ request: BackendRequest, _ store: ObjectStore
  ) throws(BackendFailure) -> FileReply {
    let tags = try store.bucket(request.request.bucket).settings.tags
    guard !tags.isEmpty else { throw .refused(.noSuchTagSet) }
    return FileReply(document: TagSet.document(objectTags(tags)))
  }

  static func putBucketTagging(
    _ request: BackendRequest, _ store: ObjectStore
  ) throws(BackendFailure) -> FileReply {
    let bucket = try store.bucket(request.request.bucket)
    let tags = try document(request) { bytes throws(S3WireError) in
      try TagSet.parse(document: bytes, countMax: TagSet.bucketTagsMax)
    }
    try store.changeSettings(of: bucket) { $0.tags = pairs(tags) }
    return FileReply(status: 204)
  }

  static func deleteBucketTagging(
    _ request: BackendRequest, _ store: ObjectStore
  ) throws(BackendFailure) -> FileReply {
    try store.changeSettings(of: store.bucket(request.request.bucket)) { $0.tags = [] }
    return FileReply(status: 204)
  }

  // MARK: CORS

  static func getBucketCors(_ request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) -> FileReply {
    guard let document = try store.bucket(request.request.bucket).settings.cors else {
      throw .refused(.noSuchCORSConfiguration)
    }
    return FileReply(document: document)
  }

  static func putBucketCors(_ request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) -> FileReply {
    let bucket = try store.bucket(request.request.bucket)
    let configuration = try document(request) { bytes throws(S3WireError) in try CORSConfiguration(document: bytes) }
    try store.changeSettings(of: bucket) { $0.cors = configuration.document }
    return FileReply()
  }

  static func deleteBucketCors(
    _ request: BackendRequest, _ store: ObjectStore
  ) throws(BackendFailure) -> FileReply {
    try store.changeSettings(of: store.bucket(request.request.bucket)) { $0.cors = nil }
    return FileReply(status: 204)
  }

  // MARK: Access control lists

  static func getBucketAcl(_ request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) -> FileReply {
    _ = try store.bucket(request.request.bucket)
    return FileReply(document: AccessControlPolicy(ownerID: store.accountID).document)
  }

  static func putBucketAcl(_ request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) -> FileReply {
    _ = try store.bucket(request.request.bucket)
    try checkACL(request, store)
    return FileReply()
  }

  /// Accepts the one list there is: the owner has full control. A header's was checked with all headers.
  static func checkACL(_ request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) {
    if request.document?.isEmpty == false {
      let policy: AccessControlPolicy
      do throws(S3WireError) {
        policy = try AccessControlPolicy(document: request.document ?? [])
      } catch {
        throw .refused(.malformedACLError)
      }
      guard policy.isOwnerFullControl, policy.ownerID == store.accountID else {
        throw .refused(.accessControlListNotSupported)
      }
    } else if !request.request.hasHeader(.xAmzAcl) {
      throw .refused(.missingSecurityHeader)
    }
  }

  // MARK: Vocabulary

  static func owner(_ store: ObjectStore) -> DocumentOwner { DocumentOwner(id: store.accountID) }

  static func pairs(_ tags: [ObjectTag]) -> [NamedValue] {
    tags.map { NamedValue(name: $0.key.bytes, value: $0.value.bytes) }
  }

  static func objectTags(_ pairs: [NamedValue]) -> [ObjectTag] {
    pairs.map { ObjectTag(key: ByteString($0.name), value: ByteString($0.value)) }
  }
}
