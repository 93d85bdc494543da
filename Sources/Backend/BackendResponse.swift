/// A store's answer below 400, rebuilt from what S3 knows.
public struct BackendResponse: Sendable {
  /// 200, 204, 206, 304 …
  public var status: UInt16
  /// Header lines without framing, hop-by-hop, Date, Server and request ids, which are the gateway's.
  public var fields: ResponseFields
  /// Body bytes to come, or, for HEAD, that a GET would bring; nil when not known beforehand (sent chunked).
  public var contentLength: UInt64?

  public init(status: UInt16, fields: ResponseFields = ResponseFields(), contentLength: UInt64?) {
    self.status = status
    self.fields = fields
    self.contentLength = contentLength
  }
}
