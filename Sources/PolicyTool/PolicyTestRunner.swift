public import Rego

/// Runs tests, each in a world of its own.
public struct PolicyTestRunner: Sendable {
  public struct Result: Sendable {
    public enum Outcome: Sendable {
      case pass
      /// Undefined, or false.
      case fail
      case skip
      case error(String)
    }

    public var test: PolicyTest
    public var outcome: Outcome
    public var nanoseconds: Int64
    /// Lines of `print`.
    public var output: [String]
  }

  public let policy: Policy
  public var settings: EvaluationSettings
  /// A test that took longer is an error.
  public var timeoutNanoseconds: Int64

  public init(_ policy: Policy, settings: EvaluationSettings, timeoutNanoseconds: Int64) {
    self.policy = policy
    self.settings = settings
    self.timeoutNanoseconds = timeoutNanoseconds
  }

  /// - Parameter counts: by counter of `Policy.counted`, added to.
  public func run(_ test: PolicyTest, counts: inout [UInt64]) -> Result {
    if test.isSkipped { return Result(test: test, outcome: .skip, nanoseconds: 0, output: []) }
    if test.hasCases {
      // The document holds the cases that hold; those that fail would go unnoticed.
      let reason = "tests with cases (`\(test.name)[…]`) are not supported: use `every`"
      return Result(test: test, outcome: .error(reason), nanoseconds: 0, output: [])
    }
    let entrypoint = policy.entrypoint(test.package + [test.name])
    let context = entrypoint.makeContext()
    var output: [String] = []
    context.onNote = { output.append($0) }
    let begin = Clock.ticksNanoseconds
    var outcome: Result.Outcome
    do throws(EvaluationError) {
      outcome = try entrypoint.evaluate(input: .none, settings: settings, in: context).isTruthy ? .pass : .fail
    } catch {
      outcome = .error(ToolError.evaluation(error, sources: policy.sources).description)
    }
    let nanoseconds = Clock.ticksNanoseconds - begin
    if nanoseconds > timeoutNanoseconds {
      let seconds = Double(timeoutNanoseconds) / 1e9
      outcome = .error("took \(Duration.nanoseconds(nanoseconds)), more than the timeout of \(seconds) seconds")
    }
    let hits = context.counts
    if counts.isEmpty { counts = [UInt64](repeating: 0, count: hits.count) }
    for index in hits.indices { counts[index] += hits[index] }
    return Result(test: test, outcome: outcome, nanoseconds: nanoseconds, output: output)
  }

  /// Runs a test again and again.
  public func measure(_ test: PolicyTest, count: Int?) throws(ToolError) -> Measurement {
    let entrypoint = policy.entrypoint(test.package + [test.name])
    let context = entrypoint.makeContext()
    do throws(EvaluationError) {
      return try Measurement.take(count: count) { () throws(EvaluationError) in
        _ = try entrypoint.evaluate(input: .none, settings: settings, in: context)
      }
    } catch {
      throw .evaluation(error, sources: policy.sources)
    }
  }
}

extension PolicyTestRunner.Result {
  public var isGood: Bool {
    switch outcome {
    case .pass, .skip: true
    case .fail, .error: false
    }
  }
}
