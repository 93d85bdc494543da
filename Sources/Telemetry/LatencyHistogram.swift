/// Counts of durations by bucket, and their sum.
struct LatencyHistogram: Hashable, Sendable {
  /// Upper bounds in microseconds, inclusive, ascending; a last bucket without bound follows.
  static let bounds: [UInt64] = [
    250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
    10_000_000, 30_000_000, 60_000_000,
  ]

  /// By bucket, not cumulated.
  private(set) var counts = [UInt64](repeating: 0, count: LatencyHistogram.bounds.count + 1)
  private(set) var sumMicroseconds: UInt64 = 0

  @inline(__always)
  mutating func count(_ microseconds: UInt64) {
    var bucket = 0
    while bucket < Self.bounds.count && microseconds > Self.bounds[bucket] { bucket += 1 }
    counts[bucket] &+= 1
    sumMicroseconds &+= microseconds
  }

  mutating func add(_ other: LatencyHistogram) {
    for bucket in counts.indices { counts[bucket] &+= other.counts[bucket] }
    sumMicroseconds &+= other.sumMicroseconds
  }
}
