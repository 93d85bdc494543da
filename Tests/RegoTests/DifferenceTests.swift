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
}
