import Bundles
import PolicyTool
import Rego
import Testing

/// What a trace says of rules is what evaluating their documents says.
@Suite struct RuleTracerTests {
  private static let starter: String =
    #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/policies"

  private func bundle(_ content: BundleContent) throws -> CompiledBundle { try CompiledBundle(content) }

  @Test func starterBundleTests() throws {
    let bundle = try bundle(PolicyFiles.load(bundles: [Self.starter]))
    let tracer = RuleTracer(bundle.policy, rules: bundle.resolved.rules)
    let tests = PolicyTest.find(in: bundle.resolved).filter { !$0.isSkipped && !$0.hasCases }
    #expect(tests.count > 30)
    for test in tests {
      let traces = tracer.trace(
        test.package + [test.name], input: .none, settings: .interactive(sources: bundle.resolved.sources))
      #expect(traces.contains { $0.depth == 0 && $0.isTrue }, "\(test.fullName)")
    }
  }

  private static let inputs: [String] = [
    "{}",
    #"{"service":"s3","action":"s3:GetObject","bucket":"b","object":{"key":"k"},"principal":{"type":"user","name":"alice"}}"#,
    #"""
    {"service":"s3","action":"s3:DeleteObject","bucket":"ledger-1","object":{"key":"hr/x","tags":{"class":"secret"}},
     "principal":{"type":"role-session","role":"admin","groups":["ops","security"],"tags":{"team":"a"}},
     "session":{"mfa":true,"claims":{"tenant":"north"}},"request":{"source_ip":"10.1.2.3","secure":true}}
    """#,
  ]

  @Test(arguments: inputs) func starterBundleRules(input: String) throws {
    let content = try PolicyFiles.load(bundles: [Self.starter]).withoutTests
    let bundle = try bundle(content)
    let settings = EvaluationSettings(nowNanoseconds: 1_769_860_800_000_000_000)
    let value = PolicyInput.value(try Value(json: input))
    let tracer = RuleTracer(bundle.policy, rules: bundle.resolved.rules)
    var paths: [[Text]] = []
    for rule in bundle.resolved.rules {
      if case .function = rule.kind { continue }
      let path = rule.path.compactMap { if case .string(let text) = $0 { text } else { nil } }
      guard path.count == rule.path.count, rule.trailing.isEmpty, !paths.contains(path) else { continue }
      paths.append(path)
    }
    #expect(paths.count > 20)
    for path in paths {
      let entrypoint = bundle.policy.entrypoint(path)
      let found = try entrypoint.evaluate(input: value, settings: settings, in: entrypoint.makeContext())
      let traces = tracer.trace(path, input: value, settings: settings).filter { $0.depth == 0 }
      let regular = traces.filter { !$0.isDefault }.flatMap(\.values)
      let message: Comment = "\(path.map(\.string)): \(found.jsonText)"
      switch found {
      case .set(let set) where set.isEmpty: #expect(regular.isEmpty, message)
      case .set(let set): #expect(Set(regular).isSubset(of: set.elements) && !regular.isEmpty, message)
      case .undefined: #expect(regular.isEmpty && !traces.contains { $0.isDefault }, message)
      default:
        let expected = regular.isEmpty ? traces.filter(\.isDefault).flatMap(\.values) : regular
        #expect(expected.allSatisfy { $0 == found } && !expected.isEmpty, message)
      }
    }
  }

  private func trace(_ module: String, _ path: [Text], input: String = "{}") throws -> [RuleTrace] {
    var content = BundleContent()
    content.modules = [Source(name: "m.rego", text: module)]
    let bundle = try bundle(content)
    return RuleTracer(bundle.policy, rules: bundle.resolved.rules).trace(
      path, input: .value(try Value(json: input)), settings: EvaluationSettings())
  }

  @Test func namesTheExpressionThatFails() throws {
    let module = """
      package p

      allow if {
        input.a == 1
        some x in input.list
        x > 10
      }
      """
    let stops: [(String, String?)] = [
      (#"{}"#, "input.a == 1"), (#"{"a":1}"#, "some x in input.list"), (#"{"a":1,"list":[3]}"#, "x > 10"),
      (#"{"a":1,"list":[3,11]}"#, nil),
    ]
    for (input, expected) in stops {
      let traces = try trace(module, ["p", "allow"], input: input)
      #expect(traces.count == 1)
      #expect(traces[0].failedText == expected)
      #expect(traces[0].isTrue == (expected == nil))
    }
  }

  @Test func followsRulesAndFunctions() throws {
    let module = """
      package p

      allow if allowed_name(input.name)
      allow if not blocked

      allowed_name(name) if startswith(name, "a")
      allowed_name("root") if true

      blocked if input.blocked
      """
    let traces = try trace(module, ["p", "allow"], input: #"{"name":"bob","blocked":true}"#)
    #expect(
      traces.map(\.name) == [
        "data.p.allow", #"data.p.allowed_name("bob")"#, #"data.p.allowed_name("bob")"#, "data.p.allow",
        "data.p.blocked",
      ])
    #expect(traces.map(\.isTrue) == [false, false, false, false, true])
    #expect(traces[1].failedText == #"startswith(name, "a")"#)
    #expect(traces[3].failedText == "not blocked")
  }

  @Test func elseBranchesAndErrors() throws {
    let module = """
      package p

      size := 1 if input.small
      else := 2 if to_number(input.text) > 1
      else := 3
      """
    let second = try trace(module, ["p", "size"], input: #"{"text":"5"}"#)
    #expect(second.map(\.isTrue) == [false, true, false])
    if case .skipped = second[2].outcome {} else { Issue.record("\(second[2].outcome)") }
    let third = try trace(module, ["p", "size"], input: #"{"text":"x"}"#)
    #expect(third.map(\.isTrue) == [false, false, true])
    guard case .fails(let position) = third[1].outcome else { return #expect(Bool(false)) }
    #expect(third[1].steps[position].error?.code == .builtin)
  }
}

extension RuleTrace {
  fileprivate var values: [Value] { if case .yields(let values) = outcome { values } else { [] } }
  fileprivate var isTrue: Bool { !values.isEmpty }
  fileprivate var failedText: String? {
    if case .fails(let position) = outcome, steps.indices.contains(position) { steps[position].text } else { nil }
  }
}
