import JSON
import Rego
import Testing

@Suite struct EvaluationTests {
  @Test func rulesAreFoundByWhatTheyAskFor() throws {
    let rules = (0..<100).map { "p contains \($0) if input.action == \"a\($0)\"" }.joined(separator: "\n")
    let fixture = try EvaluationFixture(
      "package t\n\(rules)\np contains \"always\" if true\np contains \"other\" if input.other in [\"a\", \"b\"]\n")
    #expect(
      try fixture.value("p", input: .value(Value(json: #"{"action": "a42"}"#))) == .set(ValueSet([42, "always"])))
    #expect(
      try fixture.value("p", input: .value(Value(json: #"{"action": "a1", "other": "b"}"#)))
        == .set(ValueSet([1, "always", "other"])))
    #expect(try fixture.value("p") == .set(ValueSet(["always"])))
  }

  @Test func costDoesNotGrowWithRulesThatCannotHold() throws {
    func instructions(_ count: Int) throws -> Int {
      let rules = (0..<count).map { "p if { input.action == \"a\($0)\"; input.b == 1 }" }.joined(separator: "\n")
      let fixture = try EvaluationFixture("package t\n\(rules)\n")
      let input = PolicyInput.value(try Value(json: #"{"action": "a1", "b": 1}"#))
      // The least budget that suffices.
      return (1...1000).first { budget in
        do throws(EvaluationError) {
          _ = try fixture.value("p", input: input, settings: EvaluationSettings(instructionsMax: budget))
          return true
        } catch {
          return false
        }
      } ?? .max
    }
    #expect(try instructions(10) == instructions(500))
  }

  @Test func functionsAreFoundByTheirArguments() throws {
    let fixture = try EvaluationFixture(
      """
      package t
      f("a") := 1
      f("b") := 2
      f(x) := 3 if x == "c"
      f([x, y]) := x + y
      default f(_) := 0
      p := [f("a"), f("b"), f("c"), f([1, 2]), f("d")]
      """)
    #expect(try fixture.value("p") == [1, 2, 3, 3, 0])
  }

  @Test func callsThatBranchAreRemembered() throws {
    // 2^60 calls without that.
    let functions = (1...60).map { "f\($0)(x) := f\($0 - 1)(x) + f\($0 - 1)(x)" }.joined(separator: "\n")
    let fixture = try EvaluationFixture("package t\nf0(x) := x\n\(functions)\np := f60(1)\n")
    #expect(try fixture.value("p") == .integer(1 << 60))
  }

  @Test func membersCostNoWholeDocument() throws {
    let users = (0..<2000).map { #""u\#($0)": {"roles": ["r\#($0 % 10)"]}"# }.joined(separator: ",")
    let fixture = try EvaluationFixture(
      """
      package t
      roles[name] := user.roles if some name, user in data.users
      admins contains name if "r1" in data.users[name].roles
      p := roles[input.name]
      q if admins[input.name]
      all := count(roles)
      conflict[k] := v if some [k, v] in [["a", 1], ["a", 2], ["b", 1]]
      c := conflict[input.name]
      """, data: "{\"users\": {\(users)}}")
    let settings = EvaluationSettings(instructionsMax: 100)
    let input = PolicyInput.value(try Value(json: #"{"name": "u1"}"#))
    #expect(try fixture.value("p", input: input, settings: settings) == ["r1"])
    #expect(try fixture.value("q", input: input, settings: settings) == true)
    let other = PolicyInput.value(try Value(json: #"{"name": "u2"}"#))
    #expect(try fixture.value("q", input: other, settings: settings).isUndefined)
    #expect(throws: EvaluationError.self) { try fixture.value("all", input: input, settings: settings) }
    #expect(try fixture.value("all", input: input) == 2000)
    #expect(try fixture.value("c", input: .value(Value(json: #"{"name": "b"}"#))) == 1)
    let error = #expect(throws: EvaluationError.self) {
      try fixture.value("c", input: .value(Value(json: #"{"name": "a"}"#)))
    }
    #expect(error?.message == "object keys must be unique")
  }

  struct BudgetCase: Sendable, CustomTestStringConvertible {
    var name: String
    var policy: String
    var testDescription: String { name }
  }

  static let hungry = [
    BudgetCase(
      name: "iterations",
      policy: "p := count([1 | some a in data.n; some b in data.n; some c in data.n; a + b + c < 0])"),
    BudgetCase(
      name: "memory", policy: "p := count([[a, b, c] | some a in data.n; some b in data.n; some c in data.n])"),
    BudgetCase(name: "builtin", policy: "p := count(numbers.range(1, 1000000000))"),
  ]

  @Test(arguments: hungry)
  func budgetsEndEvaluations(_ test: BudgetCase) throws {
    let numbers = (0..<300).map(String.init).joined(separator: ",")
    let fixture = try EvaluationFixture("package t\n\(test.policy)\n", data: "{\"n\": [\(numbers)]}")
    let error = #expect(throws: EvaluationError.self) { try fixture.value("p") }
    #expect(error?.code == .cancelled)
  }

  @Test func aBudgetIsAnErrorEvenInsideNegation() throws {
    let fixture = try EvaluationFixture(
      "package t\nq if { some a in numbers.range(1, 100000); a < 0 }\np if not q\n")
    #expect(try fixture.value("p") == true)
    let error = #expect(throws: EvaluationError.self) {
      try fixture.value("p", settings: EvaluationSettings(instructionsMax: 1000))
    }
    #expect(error?.code == .cancelled)
  }

  @Test func longChainsOfRulesDoNotOverflow() throws {
    let rules = (1...5000).map { "r\($0) if r\($0 - 1)" }.joined(separator: "\n")
    let fixture = try EvaluationFixture("package t\nr0 := true\n\(rules)\n")
    #expect(try fixture.value("r100") == true)
    let error = #expect(throws: EvaluationError.self) { try fixture.value("r5000") }
    #expect(error?.code == .cancelled)
  }

  @Test func onlyWhatIsReadOfTheInputIsMade() throws {
    final class Recorder: LazyInput {
      var asked: [Int] = []
      func value(field: Int) -> Value {
        asked.append(field)
        return field == 7 ? "alice" : .undefined
      }
      func document() -> Value {
        asked.append(-1)
        return .object(ValueObject([("other", 1)]))
      }
    }
    let fixture = try EvaluationFixture(
      """
      package t
      p if { input.user.name == "alice"; input.user.name != "bob" }
      q := input.other
      """)
    let schema = InputSchema { $0 == ["user", "name"] ? 7 : nil }
    let recorder = Recorder()
    let entrypoint = fixture.policy.entrypoint(["t", "p"])
    let context = entrypoint.makeContext(schema: schema)
    #expect(try entrypoint.evaluate(input: .lazy(recorder), settings: EvaluationSettings(), in: context) == true)
    #expect(recorder.asked == [7])
    let other = fixture.policy.entrypoint(["t", "q"])
    let value = try other.evaluate(
      input: .lazy(recorder), settings: EvaluationSettings(), in: other.makeContext(schema: schema))
    #expect(value == 1)
    #expect(recorder.asked == [7, -1])
  }

  @Test func scannedInputReadsAsItsValue() throws {
    let fixture = try EvaluationFixture(
      """
      package t
      p := [input.a.b, input.list[1], input.a, object.get(input, "none", "default")]
      q if input.missing.deep
      r := x if x := input.a with input.a as 5
      """)
    let text = Array(#"{"a": {"b": "\u0041"}, "list": [1, 2.50]}"#.utf8)
    let whole = try Value(json: text)
    for name in ["p", "q", "r"] {
      let scanned: Value = try text.withUnsafeBytes {
        try fixture.value(name, input: .json(JSONTape(scanning: $0), $0))
      }
      #expect(try scanned == fixture.value(name, input: .value(whole)))
    }
  }

  @Test func evaluationsDoNotSeeEachOther() throws {
    let fixture = try EvaluationFixture("package t\np := [input.x, f(input.x)]\nf(x) := x + 1\n")
    let entrypoint = fixture.policy.entrypoint(["t", "p"])
    let context = entrypoint.makeContext()
    let settings = EvaluationSettings()
    for x in 0..<5 {
      let input = Value.object(ValueObject([("x", .integer(Int64(x)))]))
      let value = try entrypoint.evaluate(input: .value(input), settings: settings, in: context)
      #expect(value == [.integer(Int64(x)), .integer(Int64(x + 1))])
    }
    #expect(try entrypoint.evaluate(input: .none, settings: settings, in: context).isUndefined)
    #expect(throws: EvaluationError.self) {
      try entrypoint.evaluate(input: .none, settings: EvaluationSettings(instructionsMax: 0), in: context)
    }
    let input = Value.object(ValueObject([("x", 1)]))
    #expect(try entrypoint.evaluate(input: .value(input), settings: settings, in: context) == [1, 2])
  }

  @Test func onePolicyServesManyThreads() async throws {
    let fixture = try EvaluationFixture(
      "package t\np := count([x | some x in data.n; x % input.m == 0])\n",
      data: "{\"n\": [\((0..<200).map(String.init).joined(separator: ","))]}")
    let entrypoint = fixture.policy.entrypoint(["t", "p"])
    let right = await withTaskGroup(of: Int.self) { group in
      for m in 1...8 {
        group.addTask {
          let context = entrypoint.makeContext()
          let input = Value.object(ValueObject([("m", .integer(Int64(m)))]))
          return (0..<50).count { _ in
            let value = try? entrypoint.evaluate(input: .value(input), settings: EvaluationSettings(), in: context)
            return value == .integer(Int64((199 / m) + 1))
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(right == 400)
  }

  @Test func conflictsAreErrors() throws {
    let fixture = try EvaluationFixture(
      """
      package t
      p := 1 if input.x
      p := 2 if input.y
      q[k] := v if some [k, v] in [["a", 1], ["a", 2]]
      """)
    #expect(try fixture.value("p", input: .value(Value(json: #"{"x": 1}"#))) == 1)
    let error = #expect(throws: EvaluationError.self) {
      try fixture.value("p", input: .value(Value(json: #"{"x": 1, "y": 1}"#)))
    }
    #expect(error?.code == .conflict)
    #expect(error?.message == "complete rules must not produce multiple outputs")
    #expect(#expect(throws: EvaluationError.self) { try fixture.value("q") }?.message == "object keys must be unique")
  }

  @Test func builtinErrorsAreUndefinedUnlessStrict() throws {
    let fixture = try EvaluationFixture("package t\nq if 1 / input.x == 1\np if not q\n")
    let input = PolicyInput.value(try Value(json: #"{"x": 0}"#))
    #expect(try fixture.value("p", input: input) == true)
    let error = #expect(throws: EvaluationError.self) {
      try fixture.value("p", input: input, settings: EvaluationSettings(strictBuiltinErrors: true))
    }
    #expect(error?.code == .builtin)
  }

  @Test func expressionsAreCounted() throws {
    let fixture = try EvaluationFixture(
      """
      package t
      p if {
        input.x == 1
        input.y == 2
      }
      """, counting: true)
    let entrypoint = fixture.policy.entrypoint(["t", "p"])
    let context = entrypoint.makeContext()
    for _ in 0..<3 {
      let input = PolicyInput.value(try Value(json: #"{"x": 0, "y": 2}"#))
      _ = try entrypoint.evaluate(input: input, settings: EvaluationSettings(), in: context)
    }
    let byRow = Dictionary(
      zip(fixture.policy.counted ?? [], context.counts).map { ($0.row, $1) }, uniquingKeysWith: max)
    #expect(byRow == [2: 3, 3: 3, 4: 0])
  }

  /// What OPA says, with nothing below `input.no`.
  @Test(
    arguments: [
      ("not input.no == data.x", true), ("not input.no == 1", true), ("not 1 == input.no.z", true),
      ("y := 1; not input.no == y", true), ("not input.no < 1", false), ("not input.no != 1", false),
      ("not count(input.no) == 1", false), ("not input.k == 1", false), ("y = data.xs[y]", false),
    ])
  func undefinedOperandsReadAsInOPA(_ body: String, _ holds: Bool) throws {
    let fixture = try EvaluationFixture("package t\np if { \(body) }\n", data: #"{"x": [1], "xs": [1, 2]}"#)
    let value = try fixture.value("p", input: .value(Value(json: #"{"k": 1}"#)))
    #expect(value == (holds ? true : .undefined))
  }

  @Test func printGoesOnPastUndefinedOperands() throws {
    let fixture = try EvaluationFixture("package t\np if { print(\"x is\", input.x, [1]); true }\n")
    let entrypoint = fixture.policy.entrypoint(["t", "p"])
    let context = entrypoint.makeContext()
    var lines: [String] = []
    context.onNote = { lines.append($0) }
    #expect(try entrypoint.evaluate(input: .none, settings: EvaluationSettings(), in: context) == true)
    #expect(lines == ["x is <undefined> [1]"])
  }

  @Test func queriesReportTheirExpressions() throws {
    let fixture = try EvaluationFixture("package t\n")
    let parsed = try RegoParser.parseQuery(Source(name: "query", text: "x := 1; x == 2; x + 1"))
    let rewritten = ExpressionCapture.rewrite(parsed)
    let rows = try fixture.policy.prepare(try RegoCompiler().compileQuery(rewritten, in: fixture.resolved))
      .evaluate(input: .none)
    #expect(rows.map { ExpressionCapture.values($0, expressionCount: 3) } == [[true, false, 2]])
    #expect(rows[0]["x"] == 1)
  }
}
