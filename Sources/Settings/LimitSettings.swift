/// `limits`: what one client, and all of them together, may take.
public struct LimitSettings: Hashable, Sendable {
  /// Request line and header lines, in bytes.
  public let headBytesMax: Int
  /// Header lines.
  public let fieldCountMax: Int
  /// The plain body of one upload, in bytes. AWS: 5 GiB for a single PUT or part.
  public let bodyBytesMax: Int
  /// An XML, JSON or form body that is collected before it is understood, in bytes.
  public let documentBytesMax: Int
  /// A bucket policy, in bytes. AWS: 20 KiB.
  public let policyBytesMax: Int
  /// Between the end of one request and the start of the next on a connection.
  public let idleTimeout: Duration
  /// From the first byte of a head to its last.
  public let headTimeout: Duration
  /// Without any progress of a body, in either direction.
  public let bodyTimeout: Duration
  /// Slowest average at which a request body may come once ``bodyTimeout`` is used up, in bytes per second; 0 for any.
  public let bodyRateMin: Int
  /// Connections in all.
  public let connectionsMax: Int
  /// Connections from one address. Trusted proxies are not counted.
  public let connectionsPerAddressMax: Int
  /// Requests being served at one time.
  public let requestsInFlightMax: Int
  /// Body bytes that are read and thrown away after an early refusal, so that the client sees it.
  public let drainBytesMax: Int
  /// Time that the same may take.
  public let drainTimeout: Duration
  /// Time that running requests get when the gateway stops.
  public let shutdownTimeout: Duration
}

extension LimitSettings {
  /// - Parameter takesTickets: whether heads may carry Kerberos tickets, which a directory makes large.
  init(_ reader: SectionReader, takesTickets: Bool) {
    let kibibyte = 1 << 10
    let mebibyte = 1 << 20
    let tebibyte = 1 << 40
    let headBytes = reader.size("head_bytes_max", default: 16 * kibibyte, in: kibibyte...mebibyte)
    headBytesMax = takesTickets ? max(headBytes, 64 * kibibyte) : headBytes
    fieldCountMax = reader.number("field_count_max", default: 100, in: 8...1000)
    bodyBytesMax = reader.size("body_bytes_max", default: 5 << 30, in: kibibyte...(50 * tebibyte))
    documentBytesMax = reader.size("document_bytes_max", default: 2 * mebibyte, in: kibibyte...(64 * mebibyte))
    policyBytesMax = reader.size("policy_bytes_max", default: 20 * kibibyte, in: kibibyte...mebibyte)
    let tenMilliseconds = Duration.milliseconds(10)
    idleTimeout = reader.duration("idle_timeout", default: .seconds(75), in: tenMilliseconds...(.seconds(3600)))
    headTimeout = reader.duration("head_timeout", default: .seconds(10), in: tenMilliseconds...(.seconds(600)))
    bodyTimeout = reader.duration("body_timeout", default: .seconds(60), in: tenMilliseconds...(.seconds(3600)))
    bodyRateMin = reader.size("body_rate_min", default: 512, in: 0...(1 << 30))
    connectionsMax = reader.number("connections_max", default: 10_000, in: 1...1_000_000)
    connectionsPerAddressMax = reader.number("connections_per_address_max", default: 2_000, in: 1...1_000_000)
    requestsInFlightMax = reader.number("requests_in_flight_max", default: 10_000, in: 1...1_000_000)
    drainBytesMax = reader.size("drain_bytes_max", default: 256 * kibibyte, in: 0...(64 * mebibyte))
    drainTimeout = reader.duration("drain_timeout", default: .seconds(2), in: tenMilliseconds...(.seconds(60)))
    shutdownTimeout = reader.duration("shutdown_timeout", default: .seconds(30), in: .zero...(.seconds(3600)))
  }
}
