import Rego

/// A module of Rego and an input, compiled and evaluated with a small budget: the text of the module, a zero byte, the
/// input as JSON, then choices.
enum EvaluateFuzz {
  private static let instructionsMax = 20_000
  private static let memoryBytesMax = 1 << 20

  static func run(_ input: [UInt8]) {
    var choices = FuzzInput(input)
    let version: Module.Version = choices.bool() ? .v0 : .v1
    let isStrict = choices.bool()
    let parts = choices.bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    // Values nested deeper or longer are the reader's to refuse, which has its own target.
    let document = parts.count > 1 ? try? Value(json: Array(parts[1])) : nil
    let source = Source(name: "fuzz.rego", text: Array(parts[0]))
    guard let policy = compiled(source, version, data: document) else { return }
    let outcome = outcome(policy, document, isStrict: isStrict)
    expect(outcome == self.outcome(policy, document, isStrict: isStrict), "evaluating again gives the same")
    if case .values(let count) = outcome { expect(count <= 1, "a document has one value") }
    // Formatting moves comments and blank lines, never meaning.
    guard let text = try? RegoFormatter.format(source, version: version) else { return }
    let formatted = compiled(Source(name: source.name, text: text), version, data: document)
    guard let formatted else { return expect(false, "what was formatted still compiles") }
    let again = self.outcome(formatted, document, isStrict: isStrict)
    // How far a budget reaches follows the order of the plan.
    if outcome.isBudget || again.isBudget { return }
    expect(again == outcome, "what was formatted means the same")
  }

  /// A policy and the query for all it defines.
  private struct Compiled {
    var compiler: RegoCompiler
    var resolved: ResolvedPolicy
    var policy: Policy
  }

  private enum Outcome: Equatable {
    case values(Int)
    case value(Value)
    case error(EvaluationError.Code)
    case refused

    var isBudget: Bool {
      switch self {
      case .error(let code): code == .cancelled
      default: false
      }
    }
  }

  private static func compiled(_ source: Source, _ version: Module.Version, data: Value?) -> Compiled? {
    let compiler = RegoCompiler()
    do throws(RegoErrors) {
      let module = try RegoParser.parseModule(source, version: version)
      let resolved = try compiler.compile([module], sources: [source])
      var documents = Value.object(ValueObject([]))
      if let data, case .object = data { documents = data }
      return Compiled(compiler: compiler, resolved: resolved, policy: try Policy(resolved, data: documents))
    } catch {
      expect(!error.errors.isEmpty, "a refusal says why")
      expect(!error.render(sources: [source]).isEmpty, "errors can be shown")
    }
    return nil
  }

  private static func outcome(_ compiled: Compiled, _ input: Value?, isStrict: Bool) -> Outcome {
    let settings = EvaluationSettings(
      instructionsMax: instructionsMax, memoryBytesMax: memoryBytesMax, nowNanoseconds: 1_700_000_000_000_000_000,
      strictBuiltinErrors: isStrict, random: { Array(repeating: 7, count: $0) })
    guard let query = try? RegoParser.parseQuery(Source(name: "query", text: "x = data")),
      let checked = try? compiled.compiler.compileQuery(query, in: compiled.resolved),
      let prepared = try? compiled.policy.prepare(checked)
    else { return .refused }
    do throws(EvaluationError) {
      let rows = try prepared.evaluate(input: input.map { .value($0) } ?? .none, settings: settings)
      guard rows.count == 1, let value = rows.first?.values.first else { return .values(rows.count) }
      return .value(value)
    } catch {
      return .error(error.code)
    }
  }
}
