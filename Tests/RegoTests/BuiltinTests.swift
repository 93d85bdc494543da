import Rego
import Testing

/// Calls of builtins against what OPA answers: a term as `sprintf("%v")` shows it, or `! ` and the error's code and text.
@Suite struct BuiltinTests {
  static let families: [String: [(call: String, expected: String)]] = [
    "numbers and containers": numbersAndContainers, "strings": strings, "encodings": encodings,
    "identifiers": identifiers, "uris": uris, "yaml": yaml, "schemas": schemas, "templates": templates,
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

  /// Bad templates and YAML are errors here as there, in our words.
  @Test(arguments: [
    #"strings.render_template("{{", {})"#, #"strings.render_template("{{end}}", {})"#,
    #"strings.render_template("{{if .a}}", {})"#, #"strings.render_template("{{unknown .a}}", {})"#,
    #"strings.render_template("{{.a.b}}", {"a": 1})"#, #"strings.render_template("{{break}}", {})"#,
    #"strings.render_template("{{eq .a 1}}", {"a": 1})"#, #"strings.render_template("{{.a}", {})"#,
    #"strings.render_template("{{define \"t\"}}{{end}}", {})"#, #"strings.render_template("{{(.a}}", {})"#,
    #"yaml.unmarshal("a: b: c")"#, #"yaml.unmarshal(".inf")"#, #"yaml.unmarshal("{a: [}")"#,
    #"yaml.unmarshal("a: 1\na: 2")"#, #"yaml.unmarshal("? [1]\n: 2")"#, #"json.unmarshal("[1] x")"#,
    #"json.unmarshal("1e1000000")"#, #"json.match_schema({}, {"$ref": "http://example.com/x"})"#,
  ])
  func refuses(_ call: String) {
    let found = Self.answer(call)
    #expect(found.hasPrefix("! eval_builtin_error: ") || found == "undefined", "\(call): \(found)")
  }

  /// Work that would not end is stopped by the budgets.
  @Test(arguments: [
    "numbers.range(1, 1000000000000)", "bits.lsh(1, 100000000)",
    #"strings.render_template("{{range 100000000000}}x{{end}}", {})"#,
    "count(json.unmarshal(concat(\"\", [\"[\" | numbers.range(1, 100000)[_]])))",
  ])
  func isBounded(_ call: String) {
    let found = Self.answer(call)
    #expect(found.hasPrefix("! "), "\(call): \(found.prefix(200))")
  }

  static func answer(_ call: String, input: PolicyInput = .none) -> String {
    do {
      let query = try RegoParser.parseQuery(Source(name: "query", text: "x := [\(call)]"))
      let compiler = RegoCompiler()
      let resolved = try compiler.compile([], sources: [])
      let prepared = try Policy(resolved).prepare(try compiler.compileQuery(query, in: resolved))
      let rows = try prepared.evaluate(input: input, settings: EvaluationSettings(strictBuiltinErrors: true))
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
