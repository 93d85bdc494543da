public import NIOCore

/// Reads the counters of all event loops.
public struct MetricsCollector: Sendable {
  private let loops: [(eventLoop: any EventLoop, metrics: NIOLoopBound<LoopMetrics>)]

  public init(_ loops: [(eventLoop: any EventLoop, metrics: NIOLoopBound<LoopMetrics>)]) {
    self.loops = loops
  }

  /// The sum over all loops. Each loop is asked on itself, between two pieces of its work.
  public func collect(on eventLoop: any EventLoop) -> EventLoopFuture<MetricsSample> {
    let samples = loops.map { loop in loop.eventLoop.submit { loop.metrics.value.sample } }
    return EventLoopFuture.whenAllSucceed(samples, on: eventLoop).map { samples in
      var sum = MetricsSample()
      for sample in samples { sum.add(sample) }
      return sum
    }
  }
}
