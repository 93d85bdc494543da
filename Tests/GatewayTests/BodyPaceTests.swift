import NIOCore
import Testing

@testable import Gateway

@Suite struct BodyPaceTests {
  private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

  /// Seconds until a client is cut off that sends `bytes` every `interval` seconds; nil if it may go on for an hour.
  private func secondsServed(
    _ bytes: Int, every interval: Int64, timeout: Int64 = 60, bytesPerSecondMin: Int = 512
  ) -> Int64? {
    var pace = BodyPace(at: Self.start, timeout: .seconds(timeout))
    for second in 0..<3600 as Range<Int64> {
      let now = Self.start + .seconds(second)
      if now >= pace.deadline { return second }
      if second % interval == 0 {
        pace.receive(bytes, at: now, timeout: .seconds(timeout), bytesPerSecondMin: bytesPerSecondMin)
      }
    }
    return nil
  }

  @Test func whoKeepsTheRateMayGoOn() {
    #expect(secondsServed(512, every: 1) == nil)
    #expect(secondsServed(512 * 50, every: 50) == nil, "in bursts too, within the slack")
    #expect(secondsServed(1 << 30, every: 59) == nil)
  }

  @Test func aByteNowAndThenHoldsNothing() {
    #expect(secondsServed(1, every: 1) == 61)
    #expect(secondsServed(1, every: 59) == 61)
    #expect(secondsServed(256, every: 1) == 119, "half the rate, twice the time")
  }

  @Test func aBurstBuysNoMoreThanTheTimeout() {
    var pace = BodyPace(at: Self.start, timeout: .seconds(60))
    pace.receive(1 << 30, at: Self.start + .seconds(10), timeout: .seconds(60), bytesPerSecondMin: 512)
    #expect(pace.deadline == Self.start + .seconds(70))
  }

  @Test func withoutARateOnlyStandstillCounts() {
    #expect(secondsServed(1, every: 59, bytesPerSecondMin: 0) == nil)
    #expect(secondsServed(1, every: 61, bytesPerSecondMin: 0) == 60)
  }

  @Test func waitingForTheStoreCostsNothing() {
    var pace = BodyPace(at: Self.start, timeout: .seconds(60))
    pace.pause(at: Self.start + .seconds(20))
    pace.pause(at: Self.start + .seconds(30))
    pace.resume(at: Self.start + .seconds(120))
    #expect(pace.deadline == Self.start + .seconds(160))
    pace.resume(at: Self.start + .seconds(130))
    #expect(pace.deadline == Self.start + .seconds(160))
  }
}
