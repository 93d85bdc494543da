import Authorization
import Backend
import HTTPWire
import NIOCore
import S3Model
import S3Wire
import SigV4

/// To the store, or to the part of the gateway that answers by itself.
extension Exchange {
  func forward() throws(ExchangeFailure) -> Stage {
    guard let request else { throw .undecidable("no request") }
    if request.operation == .optionsObject {
      try answerPreflight()
      return .wait
    }
    // A document is read only now, when the client may send it at all.
    if request.operation.requestBody == .document, !body.isComplete {
      try startBody(.collect(bytesMax: snapshot.documentBytesMax, then: .forward))
      return .wait
    }
    if request.operation == .deleteObjects {
      try forwardDeletions()
      return .wait
    }
    guard let authorized else { throw .undecidable("not authorized") }
    if !snapshot.authorization.accessBlocks.isEmpty { try refusePublicACL(request) }
    if needsCORSRules {
      try fetchCORSRules()
      return .wait
    }
    askForPatience()
    switch request.operation {
    case .listBuckets where !snapshot.routes.isSingle: try mergeBuckets(authorized)
    case .getBucketPolicy, .putBucketPolicy, .deleteBucketPolicy, .getBucketPolicyStatus:
      try keepBucketPolicy(authorized)
    case .getPublicAccessBlock, .putPublicAccessBlock, .deletePublicAccessBlock:
      try keepPublicAccessBlock(authorized)
    case .createBucket:
      guard let bucket = request.bucket, worker.keeper.rules.contain(bucket) else {
        try pass(authorized)
        break
      }
      try dropLeftRules(authorized, bucket)
    case .getBucketLocation: try tellLocation(authorized)
    case .copyObject, .uploadPartCopy:
      if try copiesBetweenBackends() { try copyThrough(authorized) } else { try pass(authorized) }
    default: try pass(authorized)
    }
    return .wait
  }

  /// To the store, now that what stood before it is done.
  func passOn() throws(ExchangeFailure) -> Stage {
    guard let authorized else { throw .undecidable("not authorized") }
    try pass(authorized)
    return .wait
  }

  /// Hands the request to its store, the body streaming behind it.
  private func pass(_ authorized: AuthorizedRequest) throws(ExchangeFailure) {
    let request = authorized.request
    let backend = try self.backend(for: request)
    try refuseInexactKeys(request, backend)
    guard request.operation.requestBody == .object else {
      start(authorized, on: backend, contentLength: nil, document: document(request))
      call?.finish()
      return
    }
    if let form = body.form {
      start(authorized, on: backend, contentLength: form.fileLength, document: nil)
      try resumeForm()
      return
    }
    let length = try objectLength()
    if length == 0, !body.isComplete {
      // Nothing to withhold, so everything is verified before the store hears of it.
      try startBody(.collect(bytesMax: 0, then: .forward))
      return
    }
    if length > bodyBytesMax { throw .bodyTooLarge(bytesMax: bodyBytesMax) }
    start(authorized, on: backend, contentLength: length, document: nil)
    if length == 0 { call?.finish() } else { try startBody(.stream) }
  }

  /// The document that goes to the store; of tags, the ones that were decided about, whatever else the client's text
  /// may mean to another reader.
  private func document(_ request: S3Request) -> [UInt8]? {
    guard request.operation.requestBody == .document else { return nil }
    if request.operation == .putObjectTagging, let bodyTags { return TagSet.document(bodyTags) }
    return body.collected
  }

  func start(
    _ authorized: AuthorizedRequest, on backend: any StorageBackend, contentLength: UInt64?, document: [UInt8]?
  ) {
    backendName = backend.name
    upstreamStart = .now()
    let request = BackendRequest(
      authorized, contentLength: contentLength, document: document, clientEndpoint: clientEndpoint)
    call = worker.client(backend).start(request, receiver: self)
  }

  /// Bytes of the plain object in the body: aws-chunked removed.
  private func objectLength() throws(ExchangeFailure) -> UInt64 {
    if let decoded = expectation?.decodedBytes { return decoded }
    switch head.framing {
    case .none: return 0
    case .contentLength(let length): return length
    case .chunked, .untilClose: throw .missingContentLength
    }
  }

  func backend(for request: S3Request) throws(ExchangeFailure) -> any StorageBackend {
    guard let bucket = request.bucket else {
      guard let first = snapshot.routes.backends.first else { throw .notImplemented("no backend") }
      return first
    }
    guard let backend = snapshot.routes.backend(for: bucket) else {
      throw .backend(.refused(StoreError(.noSuchBucket)))
    }
    return backend
  }

  /// A store that folds `a/../b` into `b` would be given another key than the one that was decided about.
  func refuseInexactKeys(_ request: S3Request, _ backend: any StorageBackend) throws(ExchangeFailure) {
    guard !backend.isByteExact else { return }
    if let key = request.key, KeySegments.areFoldable(key) { throw .keyNotExact }
    if let source = request.copySource, KeySegments.areFoldable(source.key) { throw .keyNotExact }
  }

  /// After a store has done what was asked: what the gateway keeps beside it.
  func didServe() {
    guard let request, let bucket = request.bucket, request.operation == .deleteBucket else { return }
    // A bucket made anew under this name is another bucket.
    worker.keeper.forgetBucket(bucket, on: worker.eventLoop)
  }
}

/// Segments of keys that paths give a meaning of their own.
enum KeySegments {
  /// Whether a key has a `.`, `..` or empty segment. A single `/` at the end makes no empty segment that folds.
  static func areFoldable(_ key: ByteString) -> Bool {
    var start = 0
    let bytes = key.bytes
    while start <= bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != 0x2F { end += 1 }
      let count = end - start
      let isLast = end == bytes.count
      if count == 0, !(isLast && start > 0) { return true }
      if count == 1, bytes[start] == 0x2E { return true }
      if count == 2, bytes[start] == 0x2E, bytes[start + 1] == 0x2E { return true }
      start = end + 1
    }
    return false
  }
}
