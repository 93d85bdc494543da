public import Authorization
public import S3Model

/// What a store is asked to do, made only from an ``AuthorizedRequest``: forwarding an unchecked request does not compile.
///
/// Backends rebuild their request from these fields; they never see the client's credentials.
public struct BackendRequest: Sendable {
  /// The authorized request: operation, bucket, key, version, query, headers that may be forwarded.
  public let request: S3Request

  /// Bytes of plain body that ``BackendCall/send(_:)`` will deliver: aws-chunked framing removed. Nil when nothing
  /// is streamed.
  public let contentLength: UInt64?

  /// The request's XML document for operations that carry one, complete and verified; the backend sends it itself and
  /// ``contentLength`` is nil. For DeleteObjects it names only the keys that were allowed.
  public let document: [UInt8]?

  /// `https://host:port` as the client named this gateway, for Location elements; empty for the operations whose answer
  /// has none.
  public let clientEndpoint: String

  /// - Parameter clientEndpoint: evaluated only where an answer names it.
  public init(
    _ authorized: AuthorizedRequest, contentLength: UInt64?, document: [UInt8]?,
    clientEndpoint: @autoclosure () -> String
  ) {
    self.request = authorized.request
    self.contentLength = contentLength
    self.document = document
    self.clientEndpoint = request.operation == .completeMultipartUpload ? clientEndpoint() : ""
  }
}
