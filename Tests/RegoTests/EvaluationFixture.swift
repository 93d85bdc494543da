import JSON
import Rego

/// Compiles and evaluates small policies.
struct EvaluationFixture {
  let policy: Policy
  let resolved: ResolvedPolicy

  init(_ text: String, data: String = "{}", counting: Bool = false) throws {
    let source = Source(name: "test.rego", text: text)
    resolved = try RegoCompiler().compile([RegoParser.parseModule(source)], sources: [source])
    policy = try Policy(resolved, data: try Value(json: data), counting: counting)
  }

  func query(
    _ query: String, input: PolicyInput = .none, settings: EvaluationSettings = EvaluationSettings()
  ) throws -> [Bindings] {
    let parsed = try RegoParser.parseQuery(Source(name: "query", text: query))
    return try policy.prepare(try RegoCompiler().compileQuery(parsed, in: resolved))
      .evaluate(input: input, settings: settings)
  }

  /// The value of `data.t.NAME`.
  func value(
    _ name: String, input: PolicyInput = .none, settings: EvaluationSettings = EvaluationSettings()
  ) throws(EvaluationError) -> Value {
    let entrypoint = policy.entrypoint(["t", Text(name)])
    return try entrypoint.evaluate(input: input, settings: settings, in: entrypoint.makeContext())
  }
}
