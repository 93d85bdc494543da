import Rego
import Testing

/// Calls of builtins against what OPA answers: a term as `sprintf("%v")` shows it, or `! ` and the error's code and text.
@Suite struct BuiltinTests {
  static let families: [String: [(call: String, expected: String)]] = [
    "numbers and containers": numbersAndContainers, "strings": strings, "encodings": encodings,
    "identifiers": identifiers, "uris": uris, "yaml": yaml, "schemas": schemas,
  ]

  @Test(arguments: families.keys.sorted())
  func agreesWithOPA(_ family: String) {
    let cases = Self.families[family] ?? []
    #expect(cases.count > 10)
    for (call, expected) in cases {
      let found = Self.answer(call)
      #expect(found == expected, "\(call)")
    }
  }

  static func answer(_ call: String) -> String {
    do {
      let query = try RegoParser.parseQuery(Source(name: "query", text: "x := [\(call)]"))
      let compiler = RegoCompiler()
      let resolved = try compiler.compile([], sources: [])
      let prepared = try Policy(resolved).prepare(try compiler.compileQuery(query, in: resolved))
      let rows = try prepared.evaluate(input: .none, settings: EvaluationSettings(strictBuiltinErrors: true))
      guard let row = rows.first else { return "undefined" }
      let text = (row["x"] ?? .undefined).description
      return String(text.dropFirst().dropLast())
    } catch let error as EvaluationError {
      return "! \(error.code.rawValue): \(error.message)"
    } catch let errors as RegoErrors {
      return errors.errors.map { "compile: \($0.message)" }.joined(separator: "; ")
    } catch {
      return "\(error)"
    }
  }
}
