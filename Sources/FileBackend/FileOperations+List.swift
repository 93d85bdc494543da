import Backend
import Cryptography
import S3Model
import S3Wire

extension FileOperations {
  static let listedMax = 1000

  static func listObjects(_ request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) -> FileReply {
    let listing = try Listing(request.request, store)
    let marker = request.request.query(.marker) ?? ""
    let page = try listing.page(after: marker.isEmpty ? nil : marker.bytes)
    // Without a delimiter the last key is the marker, and AWS leaves it to the client.
    let next = page.isTruncated && listing.delimiter != nil ? page.last : nil
    var result = listing.result(.v1(marker: marker, nextMarker: next.map { ByteString($0) }), page)
    for index in result.objects.indices { result.objects[index].owner = owner(store) }
    return FileReply(document: result.document)
  }

  static func listObjectsV2(_ request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) -> FileReply {
    let asked = request.request
    let listing = try Listing(asked, store)
    let token = asked.query(.continuationToken)
    let startAfter = asked.query(.startAfter)
    var after = startAfter.flatMap { $0.isEmpty ? nil : $0.bytes }
    if let token { after = try ContinuationToken.key(token) }
    let page = try listing.page(after: after)
    let next = page.isTruncated ? page.last.map { ContinuationToken.after($0) } : nil
    var result = listing.result(
      .v2(continuationToken: token, nextContinuationToken: next, startAfter: startAfter), page)
    if asked.query(.fetchOwner) == "true" {
      for index in result.objects.indices { result.objects[index].owner = owner(store) }
    }
    return FileReply(document: result.document)
  }

  /// Every object is its only version, `null`.
  static func listObjectVersions(
    _ request: BackendRequest, _ store: ObjectStore
  ) throws(BackendFailure) -> FileReply {
    let asked = request.request
    let listing = try Listing(asked, store)
    let keyMarker = asked.query(.keyMarker) ?? ""
    let versionMarker = asked.query(.versionIDMarker) ?? ""
    guard versionMarker.isEmpty || !keyMarker.isEmpty else {
      throw .refused(.invalidArgument, "A version-id marker cannot be specified without a key marker.")
    }
    // Behind a key's one version comes the next key, with or without that version as marker.
    let page = try listing.page(after: keyMarker.isEmpty ? nil : keyMarker.bytes)
    var result = ListVersionsResult(name: listing.bucket.name, maxKeys: listing.limit)
    result.prefix = listing.prefix
    result.delimiter = listing.delimiter
    result.keyMarker = keyMarker
    result.versionIDMarker = versionMarker
    result.isTruncated = page.isTruncated
    result.encoding = ListingEncoding(asked)
    for item in page.items {
      switch item {
      case .object(let key, let summary):
        var object = Listing.object(key, summary)
        object.owner = owner(store)
        result.entries.append(.version(object, id: "null", isLatest: true))
      case .commonPrefix(let prefix): result.commonPrefixes.append(ByteString(prefix))
      }
    }
    if page.isTruncated, let last = page.items.last {
      result.nextKeyMarker = page.last.map { ByteString($0) }
      if case .object = last { result.nextVersionIDMarker = "null" }
    }
    return FileReply(document: result.document)
  }
}

/// What the three listings share.
private struct Listing {
  let bucket: Bucket
  let prefix: ByteString
  /// Nil for an empty one too, as AWS.
  let delimiter: ByteString?
  let limit: Int
  private let store: ObjectStore
  private let encoding: ListingEncoding

  init(_ request: S3Request, _ store: ObjectStore) throws(BackendFailure) {
    self.store = store
    bucket = try store.bucket(request.bucket)
    prefix = request.query(.prefix) ?? ""
    delimiter = request.query(.delimiter).flatMap { $0.isEmpty ? nil : $0 }
    limit = FileOperations.limit(request, .maxKeys)
    encoding = ListingEncoding(request)
  }

  func page(after: [UInt8]?) throws(BackendFailure) -> ListingWalk.Page {
    try store.list(bucket, prefix: prefix.bytes, delimiter: delimiter?.bytes ?? [], after: after, limit: limit)
  }

  func result(_ version: ListBucketResult.Version, _ page: ListingWalk.Page) -> ListBucketResult {
    var result = ListBucketResult(name: bucket.name, version: version, maxKeys: limit)
    result.prefix = prefix
    result.delimiter = delimiter
    result.isTruncated = page.isTruncated
    result.encoding = encoding
    for item in page.items {
      switch item {
      case .object(let key, let summary): result.objects.append(Self.object(key, summary))
      case .commonPrefix(let prefix): result.commonPrefixes.append(ByteString(prefix))
      }
    }
    return result
  }

  static func object(_ key: [UInt8], _ summary: ObjectSummary) -> ListedObject {
    var object = ListedObject(
      key: ByteString(key), modified: summary.modified, etag: summary.etag.text, size: summary.size)
    if let algorithm = summary.checksumAlgorithm {
      object.checksumAlgorithm = "\(algorithm.name)"
      object.checksumType = summary.checksumType.name
    }
    return object
  }
}

extension FileOperations {
  /// A page's length: at most 1,000, whatever is asked for.
  static func limit(_ request: S3Request, _ name: QueryName) -> Int {
    guard let value = request.query(name), let number = DecimalInteger.parse(value.bytes) else { return listedMax }
    return min(Int(number), listedMax)
  }
}

extension ListingWalk.Page {
  /// Where the next page goes on.
  var last: [UInt8]? {
    switch items.last {
    case .object(let key, _): key
    case .commonPrefix(let prefix): prefix
    case nil: nil
    }
  }
}
