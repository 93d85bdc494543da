import Authorization
import Backend
import IAMPolicy
import NIOCore
import S3Model
import S3Wire

/// `s3:ExistingObjectTag`: the store's tags of the object, fetched only when a statement about the access reads them.
extension Exchange {
  func readsStoredTags() -> Bool {
    guard let request, request.key != nil else { return false }
    return Authorizer.readsObjectTags(
      request.accesses, caller, snapshot.authorization, at: PolicyDate(milliseconds: now.milliseconds),
      baseConditions)
  }

  /// Asks the store, then goes on with ``Stage/authorize``. Whatever goes wrong leaves the tags unavailable, which
  /// denies; an object that does not exist has none.
  func fetchStoredTags() throws(ExchangeFailure) {
    guard let request, let target = Self.tagTarget(request) else { throw .undecidable("no object to read tags of") }
    try fetchTags(target) { $0.storedTags = $1 }
  }

  /// The same for the object that a copy writes over.
  func fetchReplacedTags() throws(ExchangeFailure) {
    guard let bucket = request?.bucket, let key = request?.key else { throw .undecidable("no object to read tags of") }
    try fetchTags((bucket, key, nil)) { $0.replacedTags = $1 }
  }

  private func fetchTags(
    _ target: (bucket: String, key: ByteString, versionID: ByteString?),
    then set: @escaping (Exchange, RequestConditions.StoredTags) -> Void
  ) throws(ExchangeFailure) {
    let (authorized, backend) = try tagLookup(target)
    collect(authorized, on: backend, bytesMax: Self.tagsBytesMax) { exchange, result in
      set(exchange, Self.tags(result))
      exchange.perform(.authorize)
    }
  }

  /// Of a store's answer with tags.
  static let tagsBytesMax = 65_536

  /// The gateway's own read of an object's tags.
  func tagLookup(
    _ target: (bucket: String, key: ByteString, versionID: ByteString?)
  ) throws(ExchangeFailure) -> (AuthorizedRequest, any StorageBackend) {
    guard var lookup = request else { throw .undecidable("no object to read tags of") }
    lookup.operation = .getObjectTagging
    lookup.bucket = target.bucket
    lookup.key = target.key
    lookup.query = target.versionID.map { [QueryItem(.tagging), QueryItem(.versionID, $0)] } ?? [QueryItem(.tagging)]
    lookup.copySource = nil
    lookup.hoisted = []
    guard let authorized = Authorizer.authorizeTagLookup(lookup) else { throw .undecidable("no tag lookup") }
    let backend = try self.backend(for: lookup)
    try refuseInexactKeys(lookup, backend)
    return (authorized, backend)
  }

  /// For a copy the tags of the source: that is what is read.
  private static func tagTarget(_ request: S3Request) -> (bucket: String, key: ByteString, versionID: ByteString?)? {
    if let source = request.copySource { return (source.bucket, source.key, source.versionID) }
    guard let bucket = request.bucket, let key = request.key else { return nil }
    return (bucket, key, request.versionID)
  }

  static func tags(
    _ result: Result<(response: BackendResponse, body: [UInt8]), BackendFailure>
  ) -> RequestConditions.StoredTags {
    switch result {
    case .failure(.refused(let error)) where error.status == 404: return .tags([])
    case .failure: return .failed
    case .success(let answer):
      do throws(S3WireError) {
        return .tags(try TagSet.parse(document: answer.body, countMax: TagSet.bucketTagsMax))
      } catch {
        return .failed
      }
    }
  }

  /// Runs a request of the gateway's own whose whole bounded answer it needs.
  /// - Parameter then: called on the event loop unless the exchange has ended meanwhile.
  func collect(
    _ authorized: AuthorizedRequest, on backend: any StorageBackend, document: [UInt8]? = nil, bytesMax: Int,
    then: @escaping (Exchange, Result<(response: BackendResponse, body: [UInt8]), BackendFailure>) -> Void
  ) {
    backendName = backend.name
    if upstreamFirstByte == nil { upstreamStart = .now() }
    let request = BackendRequest(
      authorized, contentLength: nil, document: document, clientEndpoint: clientEndpoint)
    let receiver = CollectingReceiver(bytesMax: bytesMax) { [weak self] result in
      guard let self, !self.response.isOver else { return }
      self.call = nil
      if self.upstreamFirstByte == nil { self.upstreamFirstByte = .now() - self.upstreamStart }
      then(self, result)
    }
    call = receiver.start(request, on: worker.client(backend))
  }
}
