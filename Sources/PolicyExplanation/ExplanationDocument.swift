public import Authorization
import IAMPolicy
public import PolicyTool
import Rego
import S3Model

/// An explanation in JSON.
public enum ExplanationDocument {
  public static func document(_ explanation: DecisionExplanation) -> OutputDocument {
    var members: [(String, OutputDocument)] = [
      ("action", .text("\(explanation.access.action.name)")),
      ("resource", .text(explanation.access.resource.text)),
      ("allowed", .value(.boolean(explanation.decision.isAllowed))),
      ("explicit_deny", .value(.boolean(explanation.decision.isExplicitDeny))),
      ("reason", .text("\(explanation.decision)")),
      ("statements", .array(explanation.statements.map { statement($0, explanation) })),
    ]
    if let bundle = explanation.bundle { members.append(("rego", self.bundle(bundle, explanation.decision))) }
    return .object(members)
  }

  private static func statement(
    _ statement: DecisionExplanation.Statement, _ explanation: DecisionExplanation
  ) -> OutputDocument {
    let trace = statement.trace
    var members: [(String, OutputDocument)] = [
      ("layer", .text(trace.layer.rawValue)), ("origin", .text(statement.origin)), ("policy", .text(trace.policy.name)),
      ("index", .integer(trace.statement.index)),
    ]
    if let sid = trace.statement.sid, !sid.isEmpty { members.append(("sid", .text(sid))) }
    members.append(("effect", .text(ExplanationWords.effect(trace))))
    switch trace.outcome {
    case .applies: members.append(("outcome", .text("applies")))
    case .error: members.append(("outcome", .text("error")))
    case .mismatch(let mismatch):
      members.append(("outcome", .text("mismatch")))
      switch mismatch {
      case .action: members.append(("mismatch", .text("action")))
      case .principal: members.append(("mismatch", .text("principal")))
      case .resource: members.append(("mismatch", .text("resource")))
      case .condition: members.append(("mismatch", .text("condition")))
      }
    }
    if let reason = ExplanationWords.reason(trace, explanation) { members.append(("reason", .text(reason))) }
    if !trace.conditions.isEmpty { members.append(("conditions", .array(trace.conditions.map(condition)))) }
    return .object(members)
  }

  private static func condition(_ condition: StatementTrace.Condition) -> OutputDocument {
    .object([
      ("operator", .text(condition.text.operatorName)), ("key", .text("\(condition.text.key)")),
      ("operands", .array(condition.text.operands.map { .text($0) })),
      ("value", .value(ConditionText.value(condition.value))), ("holds", .value(.boolean(condition.holds))),
    ])
  }

  private static func bundle(_ bundle: DecisionExplanation.Bundle, _ decision: Decision) -> OutputDocument {
    var members: [(String, OutputDocument)] = [
      ("mode", .text(bundle.mode.rawValue)), ("asked", .value(.boolean(bundle.isAsked))),
      ("weighing", .text(ExplanationWords.weighing(bundle, decision))),
    ]
    for (name, value) in [("allow", bundle.allow), ("deny", bundle.deny), ("obligations", bundle.obligations)]
    where !value.isUndefined {
      members.append((name, .value(value)))
    }
    if let error = bundle.error { members.append(("error", .text("\(error.code.rawValue): \(error.message)"))) }
    members.append(("rules", .array(bundle.rules.map(rule))))
    members.append(("input", .value(bundle.input)))
    return .object(members)
  }

  private static func rule(_ rule: RuleTrace) -> OutputDocument {
    var members: [(String, OutputDocument)] = [
      ("path", .text(rule.name)), ("file", .text(rule.file)), ("line", .integer(Int(rule.location.row))),
      ("depth", .integer(rule.depth)), ("default", .value(.boolean(rule.isDefault))),
    ]
    switch rule.outcome {
    case .yields(let values):
      members.append(("outcome", .text("true")))
      members.append(("values", .array(values.map { .value($0) })))
    case .fails, .undefinedValue: members.append(("outcome", .text("undefined")))
    case .error(let error):
      members.append(("outcome", .text("error")))
      members.append(("error", .text("\(error.code.rawValue): \(error.message)")))
    case .skipped: members.append(("outcome", .text("skipped")))
    }
    if let (step, text) = ExplanationWords.failure(rule) {
      var failure: [(String, OutputDocument)] = [("text", .text(text))]
      if let step {
        failure.append(("file", .text(rule.file)))
        failure.append(("line", .integer(Int(step.location.row))))
      }
      members.append(("failed", .object(failure)))
    }
    return .object(members)
  }
}
