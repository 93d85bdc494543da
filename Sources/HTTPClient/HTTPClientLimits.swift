public import S3Model

/// Bounds on what one server can cost.
public struct HTTPClientLimits: Sendable {
  /// TCP and TLS together, for one address.
  public var connectTimeout: Duration = .seconds(5)
  /// How long an unused connection stays open.
  public var unusedConnectionLimit: Duration = .seconds(20)
  /// Per event loop. A stream occupies one for as long as it runs.
  public var connectionsMax = 16
  /// Requests that wait for a connection, per event loop.
  public var waitingRequestsMax = 1024
  /// Status line and headers of an answer.
  public var headBytesMax = 16_384
  /// Header lines of an answer.
  public var fieldCountMax = 100
  /// After a failed connection attempt requests fail at once, until this and at most `backOffMax` have passed.
  public var backOffMin: Duration = .milliseconds(100)
  public var backOffMax: Duration = .seconds(5)
  /// Whether an address that the host's name resolves to may be connected to; nil allows all.
  public var addressFilter: (@Sendable (IPAddress) -> Bool)?

  public init() {}
}
