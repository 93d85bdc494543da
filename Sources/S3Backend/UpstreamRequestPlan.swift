import Backend
import HTTPWire
import S3Model
import S3Wire

/// What goes to the store for one request, decided once: everything but the signature, which each attempt makes anew.
struct UpstreamRequestPlan {
  let request: BackendRequest
  let method: HTTPMethod
  /// Body bytes that come from the client.
  let streamedLength: UInt64
  /// A body that is at hand.
  let document: [UInt8]?
  /// The body is held back until the store asks for it.
  let expectsContinue: Bool
  /// Doing it twice is doing it once.
  let isRepeatable: Bool
  /// The answer's document is read whole: it may hold an error, or names the store.
  let collectsAnswer: Bool
  /// Why it cannot be put to this store.
  let refusal: BackendFailure?

  /// - Parameter backend: whose configuration counts. Handed over as it is, because a copy retains each of its fields.
  init(_ request: BackendRequest, backend: S3Backend) {
    let operation = request.request.operation
    self.request = request
    method = operation.method
    document = Self.document(request, region: backend.configuration.region)
    streamedLength = document == nil ? request.contentLength ?? 0 : 0
    expectsContinue = streamedLength > backend.configuration.limits.expectContinueBytes
    isRepeatable = Self.isRepeatable(request.request)
    switch operation {
    case .copyObject, .uploadPartCopy, .completeMultipartUpload: collectsAnswer = true
    default: collectsAnswer = false
    }
    refusal = Self.refusal(request.request, scheme: backend.configuration.scheme)
  }

  /// The region that a client names for a new bucket, or leaves out, is the gateway's, which the gateway has checked; the
  /// store is told its own. It is left out only for us-east-1: elsewhere AWS refuses a bucket that names none.
  private static func document(_ request: BackendRequest, region: String) -> [UInt8]? {
    guard request.request.operation == .createBucket, let document = request.document else {
      return request.document
    }
    let parsed = Result { () throws(S3WireError) in try CreateBucketConfiguration(document: document) }
    guard case .success(var configuration) = parsed else { return document }
    configuration.locationConstraint = region == "us-east-1" ? nil : region
    return configuration.document
  }

  private static func isRepeatable(_ request: S3Request) -> Bool {
    // After a first run that succeeded unseen, the condition would no longer hold.
    let isConditionalWrite =
      request.operation.method != .get && request.operation.method != .head
      && (request.hasHeader(.ifMatch) || request.hasHeader(.ifNoneMatch))
    switch request.operation {
    case .createBucket, .deleteBucket, .renameObject, .createSession, .restoreObject: return false
    case .selectObjectContent: return true
    default: return request.operation.method != .post && !isConditionalWrite
    }
  }

  private static func refusal(_ request: S3Request, scheme: S3BackendConfiguration.Scheme) -> BackendFailure? {
    switch request.operation {
    // The gateway turns a form into PutObject; the other answers a Lambda that a store behind a gateway has not.
    case .postObject, .writeGetObjectResponse: return .notImplemented
    default: break
    }
    // The parser refuses these; a line break here would be a header that nobody authorized.
    for header in request.hoisted where !header.name.bytes.allSatisfy(ASCII.isToken) {
      return .refused(StoreError(.invalidRequest))
    }
    guard scheme == .http else { return nil }
    for name in customerKeys where request.hasHeader(name) {
      // The client's key would cross the network in the clear.
      return .refused(
        StoreError(.invalidRequest, message: "The store behind this gateway is not reached over a secure connection."))
    }
    return nil
  }

  private static let customerKeys: [FieldName] = [
    .xAmzServerSideEncryptionCustomerKey, .xAmzCopySourceServerSideEncryptionCustomerKey,
  ]
}
