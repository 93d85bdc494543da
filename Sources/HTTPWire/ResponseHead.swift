/// One response's status and header fields, as received from a store.
public struct ResponseHead: Sendable {
  /// 100...599.
  public internal(set) var status: UInt16 = 0
  public internal(set) var minorVersion: UInt8 = 1
  /// As the message says by itself; responses to HEAD, and 1xx, 204 and 304, have none whatever it says.
  public internal(set) var framing: BodyFraming = .none
  public internal(set) var keepsAlive = true
  /// Content-Length as a number, present on HEAD responses too.
  public internal(set) var contentLength: UInt64?
  public internal(set) var fields = HeaderFields()

  public init() {}
}
