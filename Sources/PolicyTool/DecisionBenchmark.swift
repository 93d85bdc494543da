import JSON
public import Rego

/// Measures one document of a policy over inputs, in the ways an input can be given.
public struct DecisionBenchmark {
  public enum Mode: String, Sendable, CaseIterable {
    /// A JSON text is read for every decision.
    case json
    /// The input is a value already.
    case value
  }

  private let entrypoint: Entrypoint
  private let settings: EvaluationSettings
  private let texts: [[UInt8]]
  private let values: [Value]

  /// - Parameter inputs: JSON texts, taken in turn; none for no input.
  public init(
    _ entrypoint: Entrypoint, inputs: [[UInt8]], settings: EvaluationSettings
  ) throws(ToolError) {
    self.entrypoint = entrypoint
    self.settings = settings
    texts = inputs
    var values: [Value] = []
    for text in inputs { values.append(try PolicyFiles.document(text, path: "input.json")) }
    self.values = values
  }

  /// The decision on the first input.
  public func decision() throws(ToolError) -> Value {
    do throws(EvaluationError) {
      let input = values.first.map { PolicyInput.value($0) } ?? PolicyInput.none
      return try entrypoint.evaluate(input: input, settings: settings, in: entrypoint.makeContext())
    } catch {
      throw .evaluation(error, sources: entrypoint.policy.sources)
    }
  }

  public func measure(_ mode: Mode, count: Int? = nil) throws(ToolError) -> Measurement {
    let context = entrypoint.makeContext()
    var turn = 0
    do throws(EvaluationError) {
      switch mode {
      case _ where values.isEmpty:
        return try Measurement.take(count: count) { () throws(EvaluationError) in
          _ = try entrypoint.evaluate(input: .none, settings: settings, in: context)
        }
      case .value:
        return try Measurement.take(count: count) { () throws(EvaluationError) in
          _ = try entrypoint.evaluate(input: .value(values[turn]), settings: settings, in: context)
          turn = turn + 1 == values.count ? 0 : turn + 1
        }
      case .json:
        var tape = JSONTape()
        return try Measurement.take(count: count) { () throws(EvaluationError) in
          try decide(texts[turn], &tape, context)
          turn = turn + 1 == texts.count ? 0 : turn + 1
        }
      }
    } catch {
      throw .evaluation(error, sources: entrypoint.policy.sources)
    }
  }

  private func decide(
    _ text: [UInt8], _ tape: inout JSONTape, _ context: EvaluationContext
  ) throws(EvaluationError) {
    let result: Result<Void, EvaluationError> = text.withUnsafeBytes { bytes in
      do throws(JSONError) { try tape.scan(bytes) } catch {
        return .failure(EvaluationError(.internal, "the input is no JSON"))
      }
      do throws(EvaluationError) {
        _ = try entrypoint.evaluate(input: .json(tape, bytes), settings: settings, in: context)
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }
}
