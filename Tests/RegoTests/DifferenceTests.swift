import JSON
import Rego
import Testing

/// What comparing with OPA on generated policies found (Tests/Differential).
struct DifferenceTests {
  @Test(arguments: [
    "some [x, x] in [[1, 1]]", "some x, x in [0]", "some {\"a\": x, \"b\": x} in [{\"a\": 1, \"b\": 1}]",
  ])
  func nameStandsTwiceInSome(body: String) throws {
    let fixture = try EvaluationFixture("package t\np := true if { \(body) }")
    #expect(try fixture.value("p") == true)
  }

  @Test(arguments: [
    "some x in \"abc\"; x == 1", "some i, x in 2; x == i", "some x in is_string(1); x == 1",
    "some x in q.a; x == 1",
  ])
  func domainsHaveMembers(body: String) {
    let text = "package t\nq contains \"a\" if input.b\np if { \(body) }"
    let error = #expect(throws: RegoErrors.self) { try EvaluationFixture(text) }
    #expect(error?.errors.map(\.code) == [.type])
  }

  @Test func keysOfDomainsHaveTheirTypes() throws {
    _ = try EvaluationFixture("package t\np if { some i, x in [1]; i == 0; x == 1 }")
    let error = #expect(throws: RegoErrors.self) {
      try EvaluationFixture("package t\np if { some i, x in [1]; i == \"a\"; x == 1 }")
    }
    #expect(error?.errors.first?.code == .type)
  }

  @Test func earlierFailureOfABuiltinIsTold() throws {
    let fixture = try EvaluationFixture(
      "package t\np := 1 if { to_number(input.s) == 1 } else := x if { some x in [1, 2] }")
    let input = PolicyInput.value(try Value(json: #"{"s": "no"}"#))
    func code(_ isStrict: Bool) -> EvaluationError.Code? {
      let settings = EvaluationSettings(strictBuiltinErrors: isStrict)
      return #expect(throws: EvaluationError.self) { try fixture.value("p", input: input, settings: settings) }?.code
    }
    #expect(code(true) == .builtin)
    #expect(code(false) == .conflict)
  }

  /// Types where OPA refuses, and next to each what it takes.
  @Test(
    arguments: [
      ("p[\"a\"] := 1\np[x] := x if { some x in input.l }\nq := p[false]", nil),
      ("p[\"\"] := \"a\"\np[x] := 1 if { x := \"b\" }\nq := p[false]", .type),
      ("p.b.c := 1\nq if { p.b.c.d }", .type),
      ("p[0.1] := 1\nq contains x if { i := bits.rsh(1, 2); x := p[i] }", nil),
      ("q if { {1} == {\"a\"} }", .type),
      ("q if { {x: x | x := true} == {\"a\": 2} }", nil),
      ("q if { {\"x\": 1 | input.x} == {\"a\": \"x\"} }", .type),
      ("f(a) := b if { some b in [a] }", nil),
      ("f(a) := b if { some b in [a | input.x] }", .type),
      ("f(a) := b if { some b in {a | input.x} }", .type),
      ("f(a) := b if { b := {a | input.x} }", nil),
      ("f(a) := count({a | input.x})", .type),
      ("f(a) := object.keys({\"x\": a | input.x})", nil),
      ("p := 1\nq if { every x in [1] { p.x == x } }", .type),
      ("q if { every x in [1] { x == \"a\" } }", nil),
      ("p := a if { [a] = {1: x | x := 2} }", .type),
      ("p := a if { {1: x | x := 2} = [a] }", .unsafeVariable),
    ] as [(String, RegoError.Code?)]) func typesAreOPAs(rules: String, code: RegoError.Code?)
  {
    let text = "package t\n\(rules)\n"
    if let code {
      let error = #expect(throws: RegoErrors.self) { try EvaluationFixture(text) }
      #expect(error?.errors.map(\.code) == [code])
    } else {
      #expect(throws: Never.self) { try EvaluationFixture(text) }
    }
  }
}
