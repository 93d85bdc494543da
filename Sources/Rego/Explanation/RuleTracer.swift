/// Says of each rule behind a document whether it holds, and if not, which expression of its body is in the way.
///
/// The evaluator itself answers: a body is evaluated as a query of its own, and where it has no solution, the bodies
/// that end at each of its expressions are, until one has none. Slow, and never in the way of a decision.
public final class RuleTracer {
  public static let valuesMax = 8
  private static let depthMax = 8
  private static let tracesMax = 400
  /// Of an expression's text.
  private static let textMax = 160

  private let policy: Policy
  private let rules: [[Value]: [ResolvedRule]]
  private let paths: [[Value]]
  private var input = PolicyInput.none
  private var settings = EvaluationSettings()
  private var schema: InputSchema?
  private var traces: [RuleTrace] = []
  private var seen: Set<[Value]> = []

  /// - Parameter rules: those that the policy was planned from.
  public init(_ policy: Policy, rules: [ResolvedRule]) {
    self.policy = policy
    var groups: [[Value]: [ResolvedRule]] = [:]
    var paths: [[Value]] = []
    for rule in rules {
      if groups[rule.path] == nil { paths.append(rule.path) }
      groups[rule.path, default: []].append(rule)
    }
    self.rules = groups
    self.paths = paths
  }

  /// The rules of a document, and, after each, those that its body reaches. A rule is told of once.
  /// - Parameter path: below `data`.
  public func trace(
    _ path: [Text], input: PolicyInput, settings: EvaluationSettings, schema: InputSchema? = nil
  ) -> [RuleTrace] {
    self.input = input
    self.settings = settings
    self.schema = schema
    traces = []
    seen = []
    trace(path.map { .string($0) }, arguments: nil, depth: 0)
    return traces
  }

  // MARK: Rules

  private func trace(_ path: [Value], arguments: [Value]?, depth: Int) {
    guard depth <= Self.depthMax, let group = rules[path], seen.insert(path + (arguments ?? [])).inserted else {
      return
    }
    for rule in group {
      guard traces.count < Self.tracesMax else { return }
      trace(rule, arguments, depth)
    }
  }

  private func trace(_ rule: ResolvedRule, _ arguments: [Value]?, _ depth: Int) {
    var bindings: [ResolvedExpression] = []
    if case .function(let patterns) = rule.kind {
      guard let arguments, patterns.count == arguments.count else { return }
      bindings = zip(patterns, arguments).map { pattern, value in
        ResolvedExpression(.unify(pattern, ResolvedTerm(.constant(value), .none)), .none)
      }
    }
    var isDecided = false
    for branch in rule.branches {
      let body = bindings + branch.body.expressions
      var steps = branch.body.expressions.map { step($0.location) }
      let outcome: RuleTrace.Outcome
      var reached = branch.body.expressions.count
      if isDecided {
        outcome = .skipped
        reached = 0
      } else {
        outcome = self.outcome(rule, branch, body, skipping: bindings.count)
        if case .fails(let position) = outcome, branch.body.expressions.indices.contains(position) {
          reached = position + 1
          let text = steps[position]
          steps[position] = RuleTrace.Step(
            location: text.location, text: text.text,
            error: builtinError(rule, Array(body.prefix(bindings.count + position + 1))))
        }
        if case .fails = outcome {} else { isDecided = true }
      }
      traces.append(
        RuleTrace(
          name: name(rule, arguments), isDefault: rule.isDefault, location: branch.location,
          file: file(branch.location), outcome: outcome, steps: steps, depth: depth))
      for position in 0..<reached {
        follow(branch.body.expressions[position], after: Array(body.prefix(bindings.count + position)), rule, depth + 1)
      }
    }
  }

  private func outcome(
    _ rule: ResolvedRule, _ branch: ResolvedRule.Branch, _ body: [ResolvedExpression], skipping: Int
  ) -> RuleTrace.Outcome {
    do throws(EvaluationError) {
      let rows = try solutions(body, rule, of: [branch.value])
      if !rows.isEmpty {
        var values: [Value] = []
        for row in rows where values.count < Self.valuesMax && !values.contains(row[0]) { values.append(row[0]) }
        return .yields(values)
      }
      for end in 0..<body.count where try solutions(Array(body.prefix(end + 1)), rule, of: []).isEmpty {
        // An argument that does not fit its pattern stops before the body.
        return .fails(at: end - skipping)
      }
      return .undefinedValue
    } catch {
      return .error(error)
    }
  }

  /// The error that a builtin gives in the last of these expressions, which makes it undefined.
  private func builtinError(_ rule: ResolvedRule, _ body: [ResolvedExpression]) -> EvaluationError? {
    let lenient = settings
    defer { settings = lenient }
    settings.strictBuiltinErrors = true
    do throws(EvaluationError) {
      _ = try solutions(body, rule, of: [])
      return nil
    } catch {
      return error
    }
  }

  /// The values of terms in each solution of a body; one empty row for each where no terms are asked for.
  private func solutions(
    _ body: [ResolvedExpression], _ rule: ResolvedRule, of terms: [ResolvedTerm]
  ) throws(EvaluationError) -> [[Value]] {
    var body = body
    var results: [(name: String, local: Local)] = []
    for (position, term) in terms.enumerated() {
      let local = Local(slot: Int32(rule.localCount + position))
      body.append(ResolvedExpression(.unify(ResolvedTerm(.local(local), .none), term), .none))
      results.append(("\(position)", local))
    }
    let query = ResolvedQuery(
      body: ResolvedBody(body), localCount: rule.localCount + terms.count, results: results)
    let prepared: PreparedQuery
    do throws(RegoErrors) {
      prepared = try policy.prepare(query)
    } catch {
      throw EvaluationError(.internal, error.errors.first?.message ?? "the rule does not plan", rule.location)
    }
    return try prepared.evaluate(input: input, settings: settings, in: prepared.makeContext(schema: schema))
      .map(\.values)
  }

  // MARK: What rules reach

  private func follow(
    _ expression: ResolvedExpression, after body: [ResolvedExpression], _ rule: ResolvedRule, _ depth: Int
  ) {
    // Under replaced documents the rules are not what they are here.
    guard expression.with.isEmpty, depth <= Self.depthMax else { return }
    var reached = ReachedRules()
    reached.add(expression)
    for reference in reached.references {
      for path in paths where path.starts(with: reference) || reference.starts(with: path) {
        // A whole package is not followed: that is everything in it.
        if path.count > reference.count { continue }
        trace(path, arguments: nil, depth: depth)
      }
    }
    guard !reached.calls.isEmpty else { return }
    var bound = LocalSet()
    for expression in body { bound.formUnion(LocalCollector.collect(expression, .skipClosures)) }
    for call in reached.calls {
      let isGround = call.arguments.allSatisfy { LocalCollector.collect($0, []).isSubset(of: bound) }
      guard isGround else { continue }
      let rows: [[Value]]
      do throws(EvaluationError) { rows = try solutions(body, rule, of: call.arguments) } catch { continue }
      for row in rows.prefix(Self.valuesMax) {
        trace(call.path.map { .string($0) }, arguments: row, depth: depth)
      }
    }
  }

  // MARK: Texts

  private func name(_ rule: ResolvedRule, _ arguments: [Value]?) -> String {
    var name = "data"
    for element in rule.path {
      if case .string(let text) = element { name += "." + text.string } else { name += "[\(element.jsonText.string)]" }
    }
    if case .function = rule.kind, let arguments {
      name += "(" + arguments.map { $0.jsonText.string }.joined(separator: ", ") + ")"
    }
    return name
  }

  private func file(_ location: SourceLocation) -> String {
    policy.sources.indices.contains(Int(location.file)) ? policy.sources[Int(location.file)].name : ""
  }

  private func step(_ location: SourceLocation) -> RuleTrace.Step {
    var text = ""
    if policy.sources.indices.contains(Int(location.file)) {
      let source = policy.sources[Int(location.file)].text
      let start = max(0, min(Int(location.offset), source.count))
      let end = max(start, min(Int(location.end), source.count))
      text = String(decoding: source[start..<end], as: UTF8.self)
        .split { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r\n" }.joined(separator: " ")
      if text.count > Self.textMax { text = text.prefix(Self.textMax) + "…" }
    }
    return RuleTrace.Step(location: location, text: text, error: nil)
  }
}

@available(*, unavailable)
extension RuleTracer: Sendable {}
