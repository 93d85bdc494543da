import NIOCore
import NIOPosix
import Testing

@testable import Telemetry

@Suite struct MetricsCollectorTests {
  @Test func sumsTheLoopsWhileTheyCount() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 3)
    var loops: [(eventLoop: any EventLoop, metrics: NIOLoopBound<LoopMetrics>)] = []
    for loop in group.makeIterator() {
      loops.append((loop, try await loop.submit { NIOLoopBound(LoopMetrics(), eventLoop: loop) }.get()))
    }
    let collector = MetricsCollector(loops)
    var last: UInt64 = 0
    for round in 1...50 {
      let counting = loops.map { loop in
        loop.eventLoop.submit { for _ in 0..<100 { loop.metrics.value.requestStarted() } }
      }
      let sample = try await collector.collect(on: group.next()).get()
      #expect(sample.requestsStarted >= last)
      last = sample.requestsStarted
      for future in counting { try await future.get() }
      #expect(try await collector.collect(on: group.next()).get().requestsStarted == UInt64(round * 300))
    }
    try await group.shutdownGracefully()
  }
}
