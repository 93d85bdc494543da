import Glibc

/// How long something took that was done again and again.
public struct Measurement: Sendable {
  public var count: Int
  /// Mean, over all.
  public var meanNanoseconds: Double
  public var minimumNanoseconds: Double
  public var medianNanoseconds: Double
  public var p99Nanoseconds: Double
  /// How many make one sample: reading the clock takes a while itself, so short ones are timed together.
  public var sampleSize: Int

  public var perSecond: Double { meanNanoseconds > 0 ? 1e9 / meanNanoseconds : 0 }

  /// Of one sample, at least.
  private static let sampleNanosecondsMin: Int64 = 4_000
  /// Of all, when no count is given.
  private static let runNanoseconds: Int64 = 300_000_000
  private static let samplesMax = 1_000_000

  /// - Parameter count: how often; nil for about a third of a second.
  public static func take<Failure: Error>(
    count: Int? = nil, _ body: () throws(Failure) -> Void
  ) throws(Failure) -> Measurement {
    // Warm, and know about how long one takes.
    var tried = 0
    let warmBegin = Clock.ticksNanoseconds
    repeat {
      try body()
      tried += 1
    } while tried < 3 || (tried < 2000 && Clock.ticksNanoseconds - warmBegin < 20_000_000)
    let one = max(1, (Clock.ticksNanoseconds - warmBegin) / Int64(tried))
    let total = max(1, count ?? Int(min(20_000_000, max(10, runNanoseconds / one))))
    let size = min(total, max(1, Int((sampleNanosecondsMin + one - 1) / one)))
    let sampleCount = min(samplesMax, max(1, total / size))
    var samples: [Int64] = []
    samples.reserveCapacity(sampleCount)
    for _ in 0..<sampleCount {
      let begin = Clock.ticksNanoseconds
      for _ in 0..<size { try body() }
      samples.append(Clock.ticksNanoseconds - begin)
    }
    let mean = Double(samples.reduce(0, +)) / Double(sampleCount * size)
    samples.sort()
    func quantile(_ share: Double) -> Double {
      Double(samples[min(sampleCount - 1, Int(Double(sampleCount) * share))]) / Double(size)
    }
    return Measurement(
      count: sampleCount * size, meanNanoseconds: mean, minimumNanoseconds: quantile(0),
      medianNanoseconds: quantile(0.5),
      p99Nanoseconds: quantile(0.99), sampleSize: size)
  }

  /// Cells for `titles`.
  public var cells: [String] {
    let times = [meanNanoseconds, minimumNanoseconds, medianNanoseconds, p99Nanoseconds].map {
      $0 < 100 ? Decimal.text($0, places: 1) : Decimal.grouped(Int64($0.rounded()))
    }
    return times + [Decimal.grouped(Int64(perSecond.rounded())), Decimal.grouped(Int64(count))]
  }

  public static let titles = ["ns/decision", "min", "median", "p99", "decisions/s", "count"]

  public var document: OutputDocument {
    .object([
      ("count", .integer(count)), ("sample_size", .integer(sampleSize)),
      ("mean_ns", .integer(Int(meanNanoseconds.rounded()))), ("min_ns", .integer(Int(minimumNanoseconds.rounded()))),
      ("median_ns", .integer(Int(medianNanoseconds.rounded()))), ("p99_ns", .integer(Int(p99Nanoseconds.rounded()))),
      ("decisions_per_second", .integer(Int(perSecond.rounded()))),
    ])
  }
}
