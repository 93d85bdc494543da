import JSON
import Rego
import Testing

/// Calls that are planned as nodes of their own, and values that are read where they stand.
@Suite struct PatternCallTests {
  static let input = #"{"name": "team-1/reports/a.pdf", "number": 7, "address": "10.1.2.3", "none": null}"#

  @Test(arguments: [
    (#"glob.match("team-1/**", ["/"], input.name)"#, true),
    (#"glob.match("team-1/*", ["/"], input.name)"#, false),
    (#"glob.match("team-1/*", null, input.name)"#, true),
    (#"glob.match("team-1/*", [], input.name)"#, false),
    (#"glob.match("team-1/*/*", ["/", "."], input.name)"#, false),
    (#"glob.match(data.patterns[0], ["/"], input.name)"#, true),
    // One text, other delimiters.
    (#"glob.match(data.patterns[1], ["/"], input.name)"#, false),
    (#"glob.match(data.patterns[1], ["."], input.name)"#, false),
    (#"glob.match(data.patterns[1], [":"], input.name)"#, true),
    (#"glob.match(data.patterns[2], ["/"], input.name)"#, nil),
    (#"glob.match("team-1/**", ["/"], input.number)"#, nil),
    (#"glob.match("[", ["/"], input.name)"#, nil),
    (#"glob.match("team-1/**", ["/"], input.missing)"#, nil),
    (#"net.cidr_contains("10.0.0.0/8", input.address)"#, true),
    (#"net.cidr_contains(data.networks[0], input.address)"#, false),
    (#"net.cidr_contains(data.networks[1], input.address)"#, true),
    (#"net.cidr_contains("10.0.0.0/8", "10.1.0.0/16")"#, true),
    (#"net.cidr_contains("10.0.0.0/8", input.name)"#, nil),
    (#"net.cidr_contains("nonsense", input.address)"#, nil),
    (#"net.cidr_contains("10.0.0.0/8", input.number)"#, nil),
  ])
  func answersAsTheBuiltin(call: String, expected: Bool?) throws {
    let data = ##"{"patterns": ["team-1/**", "team-1/*", 3], "networks": ["192.168.0.0/16", "10.1.2.3/32"]}"##
    let fixture = try EvaluationFixture("package t\np := \(call)\nq if \(call)\nn if not \(call)\n", data: data)
    let input = PolicyInput.value(try Value(json: Self.input))
    #expect(try fixture.value("p", input: input) == (expected.map { .boolean($0) } ?? .undefined))
    #expect(try fixture.value("q", input: input) == (expected == true ? true : .undefined))
    // What is missing is asked for before the negation.
    if call.contains("missing") { return }
    #expect(try fixture.value("n", input: input) == (expected == true ? .undefined : true))
  }

  @Test func replacedCallsAreNotAnswered() throws {
    let fixture = try EvaluationFixture(
      """
      package t
      yes(_, _) := true
      p if glob.match("a", ["/"], "b")
      q if net.cidr_contains("10.0.0.0/8", "192.168.0.1")
      """)
    #expect(try fixture.query("data.t.p with glob.match as true").count == 1)
    #expect(try fixture.query("data.t.p").isEmpty)
    #expect(try fixture.query("data.t.q with net.cidr_contains as data.t.yes").count == 1)
    #expect(try fixture.query("data.t.q").isEmpty)
  }

  /// What a loop lends out stays when the loop is over, in contexts that are used again too.
  @Test func valuesOutliveTheirLoops() throws {
    let long = String(repeating: "long", count: 8)
    let fixture = try EvaluationFixture(
      """
      package t
      made := [x | some y in [concat("", ["\(long)", "a"]), concat("", ["\(long)", "b"])]; x := y]
      pairs := {k: v | some k, v in object.union({concat("", ["\(long)", "k"]): input.names}, {})}
      nested := [x | some [x, [y]] in [[made[0], [made[1]]], [made[1], [made[0]]]]; every z in made { z != y; true } ]
      split := [x | some [x, _] in [[concat("", ["\(long)", n]), 1] | some n in input.names]]
      call := f(concat("", ["\(long)", "c"]))
      f(x) := y if some y in [x]
      walked := [v | some path; walk([concat("", ["\(long)", "w"])], [path, v]); count(path) == 1]
      iterated := [v | v := [concat("", ["\(long)", n]) | some n in input.names][_]]
      """)
    let input = PolicyInput.value(try Value(json: #"{"names": ["x", "y"]}"#))
    func texts(_ ends: String...) -> Value { .array(ValueArray(ends.map { .string(Text(long + $0)) })) }
    for _ in 0..<3 {
      #expect(try fixture.value("made", input: input) == texts("a", "b"))
      #expect(
        try fixture.value("pairs", input: input)
          == .object(ValueObject([(.string(Text(long + "k")), ["x", "y"])])))
      #expect(try fixture.value("nested", input: input) == [])
      #expect(try fixture.value("split", input: input) == texts("x", "y"))
      #expect(try fixture.value("call", input: input) == .string(Text(long + "c")))
      #expect(try fixture.value("walked", input: input) == texts("w"))
      #expect(try fixture.value("iterated", input: input) == texts("x", "y"))
    }
  }
}
