import Authorization
import IAMPolicy
import Rego
import S3Model

/// The words of explanations, the same in text and JSON.
enum ExplanationWords {
  static func name(_ trace: StatementTrace) -> String {
    guard let sid = trace.statement.sid, !sid.isEmpty else { return "Statement[\(trace.statement.index)]" }
    return sid
  }

  static func effect(_ trace: StatementTrace) -> String { trace.statement.effect == .allow ? "Allow" : "Deny" }

  static func outcome(_ trace: StatementTrace) -> String {
    switch trace.outcome {
    case .applies: trace.statement.effect == .allow ? "allows" : "denies"
    case .error: trace.statement.effect == .allow ? "error, allows nothing" : "error, denies"
    case .mismatch: "does not match"
    }
  }

  /// Why it does not match or cannot be evaluated; nil where it applies.
  static func reason(_ trace: StatementTrace, _ explanation: DecisionExplanation) -> String? {
    let text = trace.statement.text
    func element(_ element: StatementText.Element?, _ what: String) -> String {
      guard let element else { return "\(what): does not match" }
      return "\(element.name) \(ConditionText.list(element.values)) does not match \(what)"
    }
    switch trace.outcome {
    case .applies: return nil
    case .error:
      guard let failed = trace.conditions.first(where: \.isError) else { return "its resource cannot be evaluated" }
      return "Condition \(condition(failed)) cannot be evaluated"
    case .mismatch(.action): return element(text.actions, explanation.access.action.name.description)
    case .mismatch(.principal): return element(text.principals, "the principal")
    case .mismatch(.resource): return element(text.resources, explanation.access.resource.text)
    case .mismatch(.condition(let position)): return "Condition \(condition(trace.conditions[position])) does not hold"
    }
  }

  static func condition(_ condition: StatementTrace.Condition) -> String {
    let operands = ConditionText.list(condition.text.operands)
    return
      "\(condition.text.operatorName) \(condition.text.key) \(operands) (request: \(ConditionText.text(condition.value)))"
  }

  /// How the mode weighs the bundle against IAM.
  static func weighing(_ bundle: DecisionExplanation.Bundle, _ decision: Decision) -> String {
    let rule =
      switch bundle.mode {
      case .off: "IAM decides alone"
      case .restrict: "IAM must allow and `deny` must be empty; `allow` is not used"
      case .grant: "IAM or `allow` must allow, `deny` must be empty, and nothing in IAM may deny"
      case .decide: "`allow` must hold and `deny` must be empty; boundaries, session policies and denials of IAM stay"
      }
    if bundle.isAsked { return rule }
    switch decision.outcome {
    case .policy(let policy) where policy.isExplicitDeny: return "\(rule). Not asked: IAM denies explicitly"
    case .policy(let policy) where !policy.isAllowed: return "\(rule). Not asked: IAM does not allow (\(policy))"
    default: return "\(rule). Not asked"
    }
  }

  static func outcome(_ rule: RuleTrace) -> String {
    switch rule.outcome {
    case .yields(let values):
      values.count == 1 && values[0] == .boolean(true)
        ? "true" : "yields " + values.map { $0.jsonText.string }.joined(separator: ", ")
    case .fails, .undefinedValue: "undefined"
    case .error(let error): "error: \(error.message)"
    case .skipped: "not tried: a branch before it holds"
    }
  }

  /// The expression that is in the way.
  static func failure(_ rule: RuleTrace) -> (step: RuleTrace.Step?, text: String)? {
    switch rule.outcome {
    case .fails(let position) where rule.steps.indices.contains(position):
      let step = rule.steps[position]
      let error = step.error.map { " (\($0.message))" } ?? ""
      return (step, step.text + error)
    case .fails: return (nil, "the arguments do not match the rule's head")
    case .undefinedValue: return (nil, "the value is undefined")
    case .yields, .error, .skipped: return nil
    }
  }
}
