import Authorization
import Backend
import HTTPWire
import NIOCore
import S3Model
import S3Wire

/// Copies between two stores: read from one, written to the other, streamed through the gateway and never delegated.
///
/// Metadata and tags follow S3's rules for CopyObject; the write is committed only when the whole source has been read.
extension Exchange {
  func copiesBetweenBackends() throws(ExchangeFailure) -> Bool {
    guard let request, let source = request.copySource, let bucket = request.bucket else { return false }
    guard let from = snapshot.routes.backend(for: source.bucket) else {
      throw .backend(.refused(StoreError(.noSuchBucket)))
    }
    guard let to = snapshot.routes.backend(for: bucket) else { throw .backend(.refused(StoreError(.noSuchBucket))) }
    return from !== to
  }

  func copyThrough(_ authorized: AuthorizedRequest) throws(ExchangeFailure) {
    let request = authorized.request
    guard let source = request.copySource, let from = snapshot.routes.backend(for: source.bucket) else {
      throw .backend(.refused(StoreError(.noSuchBucket)))
    }
    let to = try backend(for: request)
    try refuseInexactKeys(request, to)
    try refuseInexactKeys(request, from)
    guard let read = Self.read(of: request, source), let authorizedRead = authorized.deriving(read) else {
      throw .undecidable("the source's read is not among what is allowed")
    }
    backendName = to.name
    upstreamStart = .now()
    let copy = ThroughCopy(exchange: self, authorized: authorized, to: worker.client(to))
    let backendRequest = BackendRequest(
      authorizedRead, contentLength: nil, document: nil, clientEndpoint: clientEndpoint)
    let reading = worker.client(from).start(backendRequest, receiver: copy.reader)
    copy.reading = reading
    call = copy
    reading.finish()
  }

  /// The GetObject that the copy needs, with the copy's conditions and range as its own.
  private static func read(of request: S3Request, _ source: CopySource) -> S3Request? {
    var lines: [(StaticString, ByteString)] = []
    let conditions: [(FieldName, StaticString)] = [
      (.xAmzCopySourceIfMatch, "if-match"), (.xAmzCopySourceIfNoneMatch, "if-none-match"),
      (.xAmzCopySourceIfModifiedSince, "if-modified-since"),
      (.xAmzCopySourceIfUnmodifiedSince, "if-unmodified-since"), (.xAmzCopySourceRange, "range"),
      (.xAmzCopySourceServerSideEncryptionCustomerAlgorithm, "x-amz-server-side-encryption-customer-algorithm"),
      (.xAmzCopySourceServerSideEncryptionCustomerKey, "x-amz-server-side-encryption-customer-key"),
      (.xAmzCopySourceServerSideEncryptionCustomerKeyMd5, "x-amz-server-side-encryption-customer-key-md5"),
    ]
    for (name, plain) in conditions {
      if let value = request.header(name) { lines.append((plain, value)) }
    }
    guard var read = DerivedRequest.make("GET", source.bucket, source.key, lines) else { return nil }
    read.operation = .getObject
    read.query = source.versionID.map { [QueryItem(.versionID, $0)] } ?? []
    read.accesses = request.accesses.filter { access in
      access.bucket == source.bucket && access.key == source.key
        && (access.action == .s3(.getObject) || access.action == .s3(.getObjectVersion))
    }
    return read
  }
}
