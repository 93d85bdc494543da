import Authorization
import Backend
import S3Model
import S3Wire

/// ListBuckets over several stores: from each only the buckets that are routed to it.
extension Exchange {
  private static let listBytesMax = 8 << 20
  /// AWS: `max-buckets` is 1 to 10,000.
  private static let pageMax = 10_000

  func mergeBuckets(_ authorized: AuthorizedRequest) throws(ExchangeFailure) {
    // Every store is asked for everything: pages are cut here, over the merged and sorted whole.
    var whole = authorized.request
    whole.query = []
    guard let authorized = authorized.deriving(whole) else { throw .undecidable("not the same accesses") }
    listNext(
      authorized, snapshot.routes.backends[...], ListAllMyBucketsResult(owner: DocumentOwner(id: ""), buckets: []))
  }

  private func listNext(
    _ authorized: AuthorizedRequest, _ backends: ArraySlice<any StorageBackend>, _ found: ListAllMyBucketsResult
  ) {
    guard let backend = backends.first else {
      respondBuckets(found)
      return
    }
    collect(authorized, on: backend, bytesMax: Self.listBytesMax) { exchange, result in
      switch result {
      case .failure(let failure): exchange.fail(.backend(failure))
      case .success(let answer):
        do throws(XMLFault) {
          let part = try ListAllMyBucketsResult(document: answer.body)
          var merged = found
          if merged.owner.id.isEmpty { merged.owner = part.owner }
          merged.buckets += part.buckets.filter { exchange.snapshot.routes.backend(for: $0.name) === backend }
          exchange.listNext(authorized, backends.dropFirst(), merged)
        } catch {
          exchange.fail(.backend(.malformedResponse(reason: "ListAllMyBucketsResult: \(error)")))
        }
      }
    }
  }

  private func respondBuckets(_ all: ListAllMyBucketsResult) {
    guard let request else { return }
    var result = all
    result.buckets.sort { $0.name < $1.name }
    if let prefix = request.query(.prefix) {
      result.prefix = prefix
      result.buckets.removeAll { !$0.name.utf8.starts(with: prefix.bytes) }
    }
    if let token = request.query(.continuationToken) {
      // The token is the last name of the page before.
      result.buckets.removeAll { ByteString($0.name) <= token }
    }
    let pageMax = request.query(.maxBuckets).flatMap { Int($0.text) }.map { min(max($0, 1), Self.pageMax) }
    if let pageMax, result.buckets.count > pageMax {
      result.buckets.removeSubrange(pageMax...)
      result.continuationToken = result.buckets.last.map { ByteString($0.name) }
    }
    respond(status: 200, contentType: "application/xml", body: result.document)
  }
}
