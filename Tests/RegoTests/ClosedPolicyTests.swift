import Testing

@testable import Rego

@Suite struct ClosedPolicyTests {
  private static func policy(_ text: String, data: String) throws -> (open: Policy, closed: Policy, rules: Int) {
    let source = Source(name: "a.rego", text: text)
    let data = try Value(json: data)
    let resolved = try RegoCompiler().compile([try RegoParser.parseModule(source, file: 0)], sources: [source])
    return (
      try Policy(resolved, data: data), try Policy(resolved, data: data, isClosed: true),
      ClosedPolicy.simplify(resolved, data: data).count
    )
  }

  private static func value(_ policy: Policy, _ path: [Text]) throws -> Value {
    let entry = policy.entrypoint(path)
    return try entry.evaluate(
      input: .value(try Value(json: #"{"x": 1, "names": ["a"]}"#)), settings: EvaluationSettings(),
      in: entry.makeContext())
  }

  /// Each module must mean the same whether its data is known to stay or not.
  @Test(arguments: [
    "deny contains x if some x in data.rules", "deny contains x if some x in data.none",
    "deny contains 1 if count(b) == 0\nb contains x if some x in data.none", "p if not data.none",
    "p if not data.rules",
    "p if { some x in b }\nb contains 1 if input.x == 1", "default p := 7\np := 1 if data.none.x",
    "default p := false\np if q\ndefault q := false\nq if data.none", "p := data.rules[_]",
    "p := x if x := data.rules[1]",
    "p := [x | some x in data.none]", "p := $\"{data.none}\"", "p if every x in data.none { x }",
    "p if every x in data.empty { x }", "f(x) := y if y := data.map[x]\np := f(\"k\")\nq := f(\"z\")",
    "p := 1 if data.none\nelse := 2 if data.rules\nelse := 3", "p[x] := 1 if some x in data.none\nq := count(p)",
    "p := q.r\nq.r := 1 if data.none\nq.s := 2",
    "p if input.x with input as data.none", "p if { print(data.none) }", "p := data.map.k.deep",
    "p := data.map[input.x]",
    "p if data.rules[0] == data.rules[1]", "p if not q\nq if { data.flag == false }",
  ])
  func meansTheSame(_ rules: String) throws {
    let data = #"{"rules": [1, 2, 3], "empty": [], "map": {"k": {"deep": 5}}, "flag": false}"#
    let (open, closed, _) = try Self.policy("package t\n\n" + rules, data: data)
    for path in [["t"], ["t", "p"], ["t", "q"], ["t", "deny"], ["t", "b"]] as [[Text]] {
      let expected = Result { try Self.value(open, path) }
      let found = Result { try Self.value(closed, path) }
      #expect("\(found)" == "\(expected)", "\(path)")
    }
  }

  @Test func dropsWhatCannotHold() throws {
    let text =
      "package t\n\np if data.none.x\np if data.rules[0] == 1\np if q\nq if data.none\nq if { some x in data.empty }"
    #expect(try Self.policy(text, data: #"{"rules": [1], "empty": {}}"#).rules == 2)
  }

  /// A test that replaces data must find the rules that the data at hand would have made impossible.
  @Test func leavesRulesAloneWhereDataIsReplaced() throws {
    let text = "package t\n\np if q with data.none as true\nq if data.none"
    let (_, closed, rules) = try Self.policy(text, data: "{}")
    #expect(rules == 2)
    #expect(try Self.value(closed, ["t", "p"]) == true)
  }
}
