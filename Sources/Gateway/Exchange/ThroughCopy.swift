import Authorization
import Backend
import HTTPWire
import NIOCore
import S3Model
import S3Wire

/// One copy between two stores under way: the source's answer becomes the target's body.
final class ThroughCopy: BackendCall {
  private let exchange: Exchange
  private let authorized: AuthorizedRequest
  private let target: any BackendClient
  fileprivate var writing: (any BackendCall)?
  fileprivate var withheld: ByteBuffer?
  fileprivate var isOver = false
  /// The read of the source; set right after it was started.
  var reading: (any BackendCall)?
  private(set) lazy var reader = SourceReader(copy: self)

  init(exchange: Exchange, authorized: AuthorizedRequest, to target: any BackendClient) {
    self.exchange = exchange
    self.authorized = authorized
    self.target = target
  }

  // MARK: As the exchange's call

  func send(_ bytes: ByteBuffer) {}
  func finish() {}
  func setReading(_ isReading: Bool) {}

  func cancel() {
    guard !isOver else { return }
    isOver = true
    reading?.cancel()
    writing?.cancel()
    reading = nil
    writing = nil
  }

  // MARK: From the source

  fileprivate func sourceResponded(_ response: BackendResponse) {
    switch response.status {
    case 200 where !authorized.request.hasHeader(.xAmzCopySourceRange), 206: break
    case 304: return fail(.refused(StoreError(.preconditionFailed)))
    case 200: return fail(.refused(StoreError(.invalidArgument, message: "The x-amz-copy-source-range is not valid")))
    default: return fail(.malformedResponse(reason: "status \(response.status) for the source"))
    }
    guard let length = response.contentLength else {
      fail(.malformedResponse(reason: "the source's length is not known"))
      return
    }
    guard let write = writeRequest(response.fields), let authorizedWrite = authorized.deriving(write) else {
      fail(.malformedResponse(reason: "the source's metadata cannot be written"))
      return
    }
    let request = BackendRequest(
      authorizedWrite, contentLength: length, document: nil, clientEndpoint: exchange.clientEndpoint)
    writing = target.start(request, receiver: TargetReceiver(copy: self))
  }

  fileprivate func sourceEnded() {
    reading = nil
    guard let writing else { return }
    if let last = withheld {
      withheld = nil
      writing.send(last)
    }
    writing.finish()
  }

  /// The write: the client's headers where it replaces metadata, else the source's.
  private func writeRequest(_ source: ResponseFields) -> S3Request? {
    let request = authorized.request
    guard let bucket = request.bucket, let key = request.key else { return nil }
    let isPart = request.operation == .uploadPartCopy
    var lines: [(StaticString, ByteString)] = []
    var metadata: [(name: ByteString, value: ByteString)] = []
    if !isPart {
      let replaces = request.header(.xAmzMetadataDirective, equals: "REPLACE")
      for name in Self.describing {
        let value = replaces ? request.header(name) : source.value(name).map { ByteString($0) }
        if let value { lines.append((name.name, value)) }
      }
      if replaces {
        request.forEachMetadata { name, value in metadata.append((Self.metadataName(name), value)) }
      } else {
        source.forEachMetadata { name, value in metadata.append((name, value)) }
      }
      for name in Self.clients {
        if let value = request.header(name) { lines.append((name.name, value)) }
      }
      if request.header(.xAmzTaggingDirective, equals: "REPLACE"), let value = request.header(.xAmzTagging) {
        lines.append((FieldName.xAmzTagging.name, value))
      }
      if let tags = exchange.copiedTags {
        lines.append((FieldName.xAmzTagging.name, ByteString(TagSet.header(tags))))
      }
    }
    for name in Self.customerKey {
      if let value = request.header(name) { lines.append((name.name, value)) }
    }
    guard var write = DerivedRequest.make("PUT", bucket, key, lines, more: metadata) else { return nil }
    write.operation = isPart ? .uploadPart : .putObject
    write.query = request.query
    write.accesses = request.accesses.filter { $0.bucket == bucket && $0.key == key && !$0.isRead }
    return write
  }

  /// What describes an object and goes with it.
  private static let describing: [FieldName] = [
    .contentType, .cacheControl, .contentDisposition, .contentEncoding, .contentLanguage, .expires,
  ]
  /// What the client says of the copy itself.
  private static let clients: [FieldName] = [
    .xAmzAcl, .xAmzGrantFullControl, .xAmzGrantRead, .xAmzGrantReadAcp, .xAmzGrantWriteAcp, .xAmzStorageClass,
    .xAmzWebsiteRedirectLocation, .xAmzServerSideEncryption, .xAmzServerSideEncryptionAwsKmsKeyId,
    .xAmzServerSideEncryptionBucketKeyEnabled, .xAmzServerSideEncryptionContext, .xAmzObjectLockMode,
    .xAmzObjectLockRetainUntilDate, .xAmzObjectLockLegalHold, .ifMatch, .ifNoneMatch,
  ]
  /// Whoever asks for encryption gets it or an error.
  private static let customerKey: [FieldName] = [
    .xAmzServerSideEncryptionCustomerAlgorithm, .xAmzServerSideEncryptionCustomerKey,
    .xAmzServerSideEncryptionCustomerKeyMd5,
  ]

  private static func metadataName(_ name: ByteString) -> ByteString {
    ByteString(Array("x-amz-meta-".utf8) + name.bytes)
  }

  // MARK: From the target

  fileprivate func targetEnded(_ response: BackendResponse?) {
    guard !isOver else { return }
    isOver = true
    writing = nil
    guard let response, let etag = response.fields.value(.etag) else {
      exchange.backendDidFail(.malformedResponse(reason: "the target gave no ETag"))
      return
    }
    let result = CopyResult(
      authorized.request.operation == .uploadPartCopy ? .part : .object,
      etag: EntityTags.unquoted(Array(etag.utf8)), modified: exchange.worker.now().milliseconds)
    exchange.call = nil
    exchange.respond(status: 200, contentType: "application/xml", body: result.document)
  }

  fileprivate func fail(_ failure: BackendFailure) {
    guard !isOver else { return }
    cancel()
    exchange.backendDidFail(failure)
  }
}

/// The source's side of a copy.
final class SourceReader: BackendReceiver {
  private unowned let copy: ThroughCopy

  init(copy: ThroughCopy) { self.copy = copy }

  func backendIsWritable(_ isWritable: Bool) {}
  func backendDidRespond(_ response: BackendResponse) { copy.sourceResponded(response) }

  func backendDidReceive(_ bytes: ByteBuffer) {
    // Held here: the write may fail within `send`, and nobody else keeps the copy then.
    let copy = self.copy
    let previous = copy.withheld
    // First: the target may take more from within `send`, and the source's end may be what comes.
    copy.withheld = bytes
    if let previous { copy.writing?.send(previous) }
  }

  func backendDidFinish() { copy.sourceEnded() }
  func backendDidFail(_ failure: BackendFailure) { copy.fail(failure) }
}

/// The target's side of a copy.
private final class TargetReceiver: BackendReceiver {
  private let copy: ThroughCopy
  private var response: BackendResponse?

  init(copy: ThroughCopy) { self.copy = copy }

  func backendIsWritable(_ isWritable: Bool) { copy.reading?.setReading(isWritable) }
  func backendDidRespond(_ response: BackendResponse) { self.response = response }
  func backendDidReceive(_ bytes: ByteBuffer) {}
  func backendDidFinish() { copy.targetEnded(response) }
  func backendDidFail(_ failure: BackendFailure) { copy.fail(failure) }
}

extension Access {
  /// Whether it lets something be read.
  fileprivate var isRead: Bool {
    switch action {
    case .s3(.getObject), .s3(.getObjectVersion), .s3(.getObjectTagging), .s3(.getObjectVersionTagging): true
    default: false
    }
  }
}
