import JSON
import Rego
import Testing

/// Values that evaluation reads where they stand, without counting references: none is released early, none is kept.
///
/// Worth most under the address sanitizer; a value released once too often shows in `weak` references without it too.
@Suite struct BorrowedValueTests {
  /// An array nobody else holds, of texts that are allocated each on its own.
  private static func freshArray(_ count: Int) -> ValueArray {
    ValueArray(
      (0..<count).map { .array(ValueArray([.string(Text("a text that is long enough \($0)")), .integer(Int64($0))])) })
  }

  /// Expressions that lend slots, each with a way to leave the loop: at the end, early, by a failure.
  static let bodies = [
    "p := x if some x in input.xs", "p if { some x in input.xs; x[1] == 3 }", "p := [x | some x in input.xs]",
    "p := {i: x | some i, x in input.xs}", "p := {x | x := input.xs[_]}", "p if every x in input.xs { x[1] < 100 }",
    "p if every x in input.xs { x[1] < 3 }", "p if every i, x in input.xs { input.xs[i] == x }",
    "p if not some_big\nsome_big if { some x in input.xs; x[1] > 100 }", "p := input.xs[i][0] if input.xs[i][1] == 4",
    "p := [t | some [t, n] in input.xs; n > 2]", "p := [t | some [t, 3] in input.xs]",
    "p := f(input.xs)\nf(x) := y if { some y in x; y[1] == 5 } else := x[0]",
    "p := f(input.xs, 0)\nf(x, n) := x[n] if n > 100 else := g(x, n + 1)\ng(x, n) := x[n]",
    "p := [f(x) | some x in input.xs]\nf([t, n]) := [n, t]", "p[x[0]] contains x[1] if some x in input.xs",
    "p contains x if some x in input.xs", "p[x[1]] := x if some x in input.xs",
    "p := [y | some x in input.xs; y := x with input.xs as []]",
    "p := [y | some x in input.xs; some y in q with input.xs as [x, x]]\nq contains z if some z in input.xs",
    "p := concat(\",\", [t | some [t, _] in input.xs])", "p := [x | walk(input.xs, [_, x]); is_string(x)]",
    "p := count(input.xs) if count(input.xs) > count([x | some x in input.xs; x[1] % 2 == 0])",
    "p := [a | some x in input.xs; a := [b | some y in input.xs; y != x; b := y][0]]",
    "p := array.concat(input.xs, [input.xs[0]])", "p := q[input.xs[2][0]]\nq[x[0]] := x if some x in input.xs",
    "p if q[input.xs[2]]\nq contains x if some x in input.xs", "p := r[_]\nr := [x | some x in input.xs; x[1] == 0]",
    "p := data.t.s[k][1] if { some k; data.t.s[k][1] == 1 }\ns[x[0]] := x if some x in input.xs",
    "p if { x := input.xs[_]; glob.match(concat(\"\", [x[0], \"*\"]), [\"/\"], x[0]); x[1] == 7 }",
    "p := x if { some x in input.xs; not x[1] in {0, 1, 2} }", "p := {\"o\": x} if x := input.xs[1]",
    "p := o.k[1] if o := object.union({\"k\": input.xs}, {})", "p := sprintf(\"%v\", [input.xs])",
    "p := f(f(f(input.xs)))\nf(x) := [y | some y in x]", "p := f(input.xs[0], input.xs[0])\nf(x, x) := x",
    "p := upper(input.xs[_][0])", "p := x if { some i; x := input.xs[i]; i > 100 } else := input.xs[1]",
    "default f(_) := []\np := f(input.xs)\nf(x) := x if count(x) > 100", "p := json.marshal([x | some x in input.xs])",
    "p := x if x := q with f as g\nq := [x | some x in f(input.xs)]\nf(x) := x\ng(x) := array.reverse(x)",
    "p := [v | some o in [{\"k\": v} | some v in input.xs]; some {\"k\": v} in [o]]",
    "p := x if { some x in input.xs; y := x; z := y; z[1] == 2 }", "p := max([n | some [_, n] in input.xs])",
    "p if { some x in input.xs; some y in input.xs; x == y; x[1] == 8 }",
    "p := $\"{input.xs[0]} and {input.xs[1][0]}\"",
    "p := numbers.range(1, 5)[_]",
  ]

  @Test(arguments: bodies)
  func releasesWhatItBorrows(body: String) throws {
    let fixture = try EvaluationFixture("package t\n" + body + "\n")
    let entrypoint = fixture.policy.entrypoint(["t", "p"])
    let context = entrypoint.makeContext()
    // Every budget from none to enough: an evaluation may end at each of its charges.
    var outcomes: [String] = []
    for instructions in [Int](0...60) + [100, 200, 400, 1_000_000] {
      let settings = EvaluationSettings(instructionsMax: instructions)
      outcomes.append(try Self.evaluate(entrypoint, context, settings))
    }
    for bytes in stride(from: 0, to: 800, by: 16) {
      outcomes.append(try Self.evaluate(entrypoint, context, EvaluationSettings(memoryBytesMax: bytes)))
    }
    outcomes.append(try Self.evaluate(entrypoint, context, EvaluationSettings(stackBytesMax: 0)))
    #expect(outcomes[0].contains("budget"))
    // Contexts answer as before after evaluations that were cut short.
    let fresh = try Self.evaluate(entrypoint, entrypoint.makeContext(), EvaluationSettings())
    #expect(try Self.evaluate(entrypoint, context, EvaluationSettings()) == fresh)
    #expect(outcomes[64] == fresh)
  }

  /// The outcome as a text, after it was seen that nothing holds the input any more and nothing in it was destroyed.
  private static func evaluate(
    _ entrypoint: Entrypoint, _ context: EvaluationContext, _ settings: EvaluationSettings
  ) throws -> String {
    weak var array: ValueArray?
    weak var member: ValueArray?
    var outcome = ""
    do {
      let held = freshArray(9)
      array = held
      guard case .array(let first) = held[0] else { return "" }
      member = first
      let input = PolicyInput.value(.object(ValueObject([("xs", .array(held))])))
      do throws(EvaluationError) {
        outcome = "\(try entrypoint.evaluate(input: input, settings: settings, in: context))"
      } catch {
        outcome = error.message
      }
      #expect(Value.array(held) == .array(freshArray(9)))
    }
    #expect(array == nil, "kept by an evaluation that came to \(outcome)")
    #expect(member == nil, "kept by an evaluation that came to \(outcome)")
    return outcome
  }

  /// A policy, its data and its queries go when the last reference does, whatever its rules refer to.
  @Test(arguments: [
    "p := [x | x := data.xs[_]]", "p := data.u", "p := data.u[x] if x := input.n", "p := data[x].v if x := input.n",
    "p := x if x := data.u.v with data.u.v as 2", "p := x if x := data.u.f(1) with data.u.f as g\ng(x) := data.u.f(x)",
    "s contains x if some x in data.xs\np if s[input.n]",
    "p := [x | some k; x := data.t.o[k]]\no[k] := v if some k, v in data.xs",
    "p if data.u.missing.q", "p := [x | x := data.xs[input.n].k[_]]",
  ])
  func policiesAreReleased(rules: String) throws {
    weak var policy: Policy?
    weak var data: ValueArray?
    do {
      let sources = [
        Source(name: "t.rego", text: "package t\n" + rules + "\n"),
        Source(name: "u.rego", text: "package u\nv := data.xs\nf(x) := x\n"),
      ]
      let resolved = try RegoCompiler().compile(sources.map { try RegoParser.parseModule($0) }, sources: sources)
      let held = Self.freshArray(3)
      let made = try Policy(resolved, data: .object(ValueObject([("xs", .array(held))])))
      (policy, data) = (made, held)
      let entrypoint = made.entrypoint(["t", "p"])
      _ = try entrypoint.evaluate(
        input: .value(.object(ValueObject([("n", "t")]))), settings: EvaluationSettings(), in: entrypoint.makeContext())
      #expect(policy != nil)
    }
    #expect(policy == nil)
    #expect(data == nil)
  }

  /// A slot is as large as the room that evaluation keeps for one.
  @Test func valuesFitTheirRoom() {
    #expect(MemoryLayout<Value>.size <= 16)
    #expect(MemoryLayout<Value>.stride == 16)
    #expect(MemoryLayout<Value>.alignment <= MemoryLayout<UInt64>.alignment)
  }

  /// The elements of a container stand apart from the array they came from, and are released once.
  @Test func containersOwnTheirElements() {
    weak var element: ValueArray?
    do {
      var values: [Value] = (0..<20).map { .array(ValueArray([.integer($0)])) }
      if case .array(let last) = values[19] { element = last }
      let array = ValueArray(values)
      let set = ValueSet(values)
      let object = ValueObject(values.map { ($0, $0) })
      let elements = array.elements
      values.removeAll()
      #expect(element != nil)
      #expect(elements.count == 20 && elements[19] == [19] && elements.reversed()[0] == [19])
      #expect(set.contains([19]) && !set.contains([20]))
      #expect(object[[19]] == [19] && object[[20]].isUndefined)
      #expect(object.keys == set.elements && object.values == elements)
      #expect(Array(elements.dropFirst(18)) == [[18], [19]])
    }
    #expect(element == nil)
    #expect(ValueArray.empty.elements.isEmpty && ValueObject.empty.keys.isEmpty && ValueSet.empty.elements.first == nil)
  }

  /// A replacement with another count of parameters must not read beyond what it is called with.
  @Test(arguments: [
    "p := f(1) with f as g\nf(x) := x\ng(x, y) := y", "p := f(1, 2) with f as g\nf(x, y) := y\ng(x) := x",
    "p := count([1]) with count as g\ng(x, y) := y", "default f(_) := 1\nf(x, y) := y\np := f(1, 2)",
  ])
  func refusesReplacementsOfAnotherArity(rules: String) throws {
    do {
      let fixture = try EvaluationFixture("package t\n" + rules + "\n")
      let value = try fixture.value("p")
      Issue.record("compiled, and came to \(value)")
    } catch is RegoErrors {}
  }
}
