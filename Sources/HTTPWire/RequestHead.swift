/// One request's line and header fields, exactly as received but for lower-cased field names.
///
/// The target is never normalized: what was signed, what is decided and what is forwarded all derive from these bytes.
public struct RequestHead: Sendable {
  public internal(set) var method: HTTPMethod = .other
  /// The method token as sent.
  public internal(set) var methodRange = ByteRange(0, 0)
  /// The raw path, percent-encoded as sent; starts with `/`.
  public internal(set) var path = ByteRange(0, 0)
  /// The raw query without its `?`; nil when the target has no `?`.
  public internal(set) var query: ByteRange?
  /// 0 or 1: HTTP/1.0 or HTTP/1.1.
  public internal(set) var minorVersion: UInt8 = 1
  public internal(set) var framing: BodyFraming = .none
  /// Whether the client lets the connection live on after this exchange.
  public internal(set) var keepsAlive = true
  /// `Expect: 100-continue` (RFC 9110 section 10.1.1).
  public internal(set) var expectsContinue = false
  public internal(set) var fields = HeaderFields()

  public init() {}
}
