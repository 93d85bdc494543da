public import Authorization
import IAMPolicy
public import PolicyTool
import Rego
import S3Model

/// An explanation for a terminal.
public struct ExplanationText: Sendable {
  private let colors: TerminalColors
  private var lines: [String] = []

  public init(_ explanation: DecisionExplanation, colors: TerminalColors = .none) {
    self.colors = colors
    head(explanation)
    statements(explanation)
    bundle(explanation)
  }

  public var text: String { lines.joined(separator: "\n") }

  private mutating func head(_ explanation: DecisionExplanation) {
    let isAllowed = explanation.decision.isAllowed
    let access = explanation.access
    lines.append(
      colors.paint(isAllowed ? "ALLOWED" : "DENIED", isAllowed ? .green : .red)
        + "  \(access.action.name) on \(access.resource)")
    lines.append("  \(explanation.decision)")
  }

  private mutating func statements(_ explanation: DecisionExplanation) {
    lines += ["", "IAM"]
    if explanation.statements.isEmpty { lines.append("  no policy has a statement about this caller or resource") }
    var last: String?
    for statement in explanation.statements {
      let title = "  \(statement.origin) \(statement.trace.policy.name)"
      if title != last { lines.append(title) }
      last = title
      let trace = statement.trace
      let mark: String =
        if trace.counts {
          trace.statement.effect == .allow ? colors.paint("+", .green) : colors.paint("-", .red)
        } else {
          colors.paint("·", .faint)
        }
      lines.append(
        "    \(mark) \(ExplanationWords.name(trace)) (\(ExplanationWords.effect(trace))): "
          + ExplanationWords.outcome(trace))
      if let reason = ExplanationWords.reason(trace, explanation) { lines.append("        \(reason)") }
      if trace.counts {
        for condition in trace.conditions where condition.holds {
          lines.append("        " + colors.paint("Condition \(ExplanationWords.condition(condition)) holds", .faint))
        }
      }
    }
  }

  private mutating func bundle(_ explanation: DecisionExplanation) {
    guard let bundle = explanation.bundle else { return }
    lines += ["", "Rego (\(bundle.mode.rawValue)): \(ExplanationWords.weighing(bundle, explanation.decision))"]
    if let error = bundle.error { lines.append("  error: \(error.code.rawValue): \(error.message)") }
    for (name, value) in [("deny", bundle.deny), ("allow", bundle.allow), ("obligations", bundle.obligations)] {
      lines.append("  \(bundle.package).\(name) = \(value.isUndefined ? "undefined" : value.jsonText.string)")
    }
    for rule in bundle.rules {
      let indent = String(repeating: "  ", count: rule.depth + 1)
      var isTrue = false
      if case .yields = rule.outcome { isTrue = true }
      let mark = isTrue ? colors.paint("+", .green) : colors.paint("·", .faint)
      let name = (rule.isDefault ? "default " : "") + rule.name
      lines.append(
        "\(indent)\(mark) \(name) \(colors.paint("\(rule.file):\(rule.location.row)", .faint)): "
          + ExplanationWords.outcome(rule))
      if let (step, text) = ExplanationWords.failure(rule) {
        let place = step.map { "\(rule.file):\($0.location.row): " } ?? ""
        lines.append("\(indent)    \(place)\(text)")
      }
    }
  }
}
