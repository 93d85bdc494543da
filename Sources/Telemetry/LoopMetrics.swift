/// The counters of one event loop: plain memory, touched on that loop only. A scrape reads them by hopping onto the
/// loop, so counting needs neither lock nor atomic.
public final class LoopMetrics {
  private var values = MetricsSample()

  public init() {}

  /// A copy of all counters, to be added up with those of the other loops.
  public var sample: MetricsSample { values }

  public func connectionOpened() { values.connectionsOpened &+= 1 }
  public func connectionClosed() { values.connectionsClosed &+= 1 }

  /// A connection was turned away because there were too many.
  public func connectionRefused() { values.connectionsRefused &+= 1 }

  public func handshakeSucceeded() { values.handshakesSucceeded &+= 1 }
  public func handshakeFailed() { values.handshakesFailed &+= 1 }

  public func requestStarted() { values.requestsStarted &+= 1 }

  /// Once for every ``requestStarted()``.
  /// - Parameters:
  ///   - bytesIn: of the request's body.
  ///   - bytesOut: of the response's body.
  ///   - microseconds: from the first byte of the request to the last of the response.
  public func requestEnded(
    _ operation: OperationLabel, status: UInt16, bytesIn: UInt64, bytesOut: UInt64, microseconds: UInt64
  ) {
    values.requestsEnded &+= 1
    values.requests[operation.index * MetricsSample.statusClasses + MetricsSample.statusClass(status)] &+= 1
    let service = Int(operation.service.rawValue)
    values.bytesIn[service] &+= bytesIn
    values.bytesOut[service] &+= bytesOut
    values.durations[service].count(microseconds)
  }

  public func requestRefused(_ reason: RefusalLabel) { values.refusals[Int(reason.rawValue)] &+= 1 }

  /// - Parameter backend: its name in the settings.
  public func upstreamFailed(_ backend: String, _ error: UpstreamErrorLabel) {
    values.upstreamErrors[backend, default: MetricsSample.noUpstreamErrors][Int(error.rawValue)] &+= 1
  }

  /// - Parameter microseconds: from the start of the backend call to the head of its answer.
  public func upstreamResponded(_ backend: String, microseconds: UInt64) {
    values.upstreamDurations[backend, default: LatencyHistogram()].count(microseconds)
  }

  /// - Parameter microseconds: from the question to its answer, or to the lack of one.
  public func policyServerAnswered(microseconds: UInt64) { values.policyServerDuration.count(microseconds) }

  /// Beside ``policyServerAnswered(microseconds:)``: what came was no decision.
  public func policyServerFailed(_ error: PolicyServerErrorLabel) {
    values.policyServerErrors[Int(error.rawValue)] &+= 1
  }
}

@available(*, unavailable)
extension LoopMetrics: Sendable {}
