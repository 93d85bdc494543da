/// Counters of one loop, or of several added up.
public struct MetricsSample: Sendable {
  /// 1xx to 5xx, and what is no status at all.
  static let statusClasses = 6
  static let noUpstreamErrors = [UInt64](repeating: 0, count: UpstreamErrorLabel.allCases.count)

  var connectionsOpened: UInt64 = 0
  var connectionsClosed: UInt64 = 0
  var connectionsRefused: UInt64 = 0
  var handshakesSucceeded: UInt64 = 0
  var handshakesFailed: UInt64 = 0
  var requestsStarted: UInt64 = 0
  var requestsEnded: UInt64 = 0
  /// By operation and status class.
  var requests = [UInt64](repeating: 0, count: OperationLabel.count * MetricsSample.statusClasses)
  /// By service.
  var bytesIn = [UInt64](repeating: 0, count: ServiceLabel.allCases.count)
  var bytesOut = [UInt64](repeating: 0, count: ServiceLabel.allCases.count)
  var durations = [LatencyHistogram](repeating: LatencyHistogram(), count: ServiceLabel.allCases.count)
  /// By reason.
  var refusals = [UInt64](repeating: 0, count: RefusalLabel.allCases.count)
  /// By backend, then by error.
  var upstreamErrors: [String: [UInt64]] = [:]
  /// By backend.
  var upstreamDurations: [String: LatencyHistogram] = [:]
  var policyServerDuration = LatencyHistogram()
  /// By error.
  var policyServerErrors = [UInt64](repeating: 0, count: PolicyServerErrorLabel.allCases.count)

  public init() {}

  @inline(__always)
  static func statusClass(_ status: UInt16) -> Int { (100..<600).contains(status) ? Int(status / 100) - 1 : 5 }

  public mutating func add(_ other: MetricsSample) {
    connectionsOpened &+= other.connectionsOpened
    connectionsClosed &+= other.connectionsClosed
    connectionsRefused &+= other.connectionsRefused
    handshakesSucceeded &+= other.handshakesSucceeded
    handshakesFailed &+= other.handshakesFailed
    requestsStarted &+= other.requestsStarted
    requestsEnded &+= other.requestsEnded
    Self.add(other.requests, to: &requests)
    Self.add(other.bytesIn, to: &bytesIn)
    Self.add(other.bytesOut, to: &bytesOut)
    for index in durations.indices { durations[index].add(other.durations[index]) }
    Self.add(other.refusals, to: &refusals)
    for (backend, counts) in other.upstreamErrors {
      Self.add(counts, to: &upstreamErrors[backend, default: Self.noUpstreamErrors])
    }
    for (backend, histogram) in other.upstreamDurations {
      upstreamDurations[backend, default: LatencyHistogram()].add(histogram)
    }
    policyServerDuration.add(other.policyServerDuration)
    Self.add(other.policyServerErrors, to: &policyServerErrors)
  }

  private static func add(_ counts: [UInt64], to sums: inout [UInt64]) {
    for index in sums.indices { sums[index] &+= counts[index] }
  }
}
