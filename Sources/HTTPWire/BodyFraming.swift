/// How a message's body is delimited (RFC 9112 section 6).
public enum BodyFraming: Sendable, Equatable {
  case none
  case contentLength(UInt64)
  case chunked
  /// Until the connection closes; responses only.
  case untilClose
}
