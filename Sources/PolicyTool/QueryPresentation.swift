import Rego

/// Lays the answers of a query out as `opa eval --format` does. Source: OPA v1/.../presentation.go.
public enum QueryPresentation {
  public enum Format: String, Sendable, CaseIterable {
    case json, pretty, values, bindings, raw
  }

  /// Characters of one cell of a table.
  private static let cellWidthMax = 80

  /// Without a line break at the end; nil when there is nothing to print.
  public static func text(_ answers: [QueryRun.Answer], _ format: Format) -> String? {
    switch format {
    case .json: return json(answers).pretty
    case .pretty: return pretty(answers)
    case .values:
      let lines = answers.map { OutputDocument.array($0.expressions.map { .value($0.value) }).pretty }
      return lines.isEmpty ? nil : lines.joined(separator: "\n")
    case .bindings:
      let lines = answers.map { bindings($0).pretty }
      return lines.isEmpty ? nil : lines.joined(separator: "\n")
    case .raw:
      let lines = answers.map { $0.expressions.map { raw($0.value) }.joined(separator: " ") }
      return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }
  }

  private static func bindings(_ answer: QueryRun.Answer) -> OutputDocument {
    .object(answer.bindings.map { ($0.name, .value($0.value)) })
  }

  private static func json(_ answers: [QueryRun.Answer]) -> OutputDocument {
    if answers.isEmpty { return .object([]) }
    let results = answers.map { answer -> OutputDocument in
      let expressions = answer.expressions.map { expression -> OutputDocument in
        .object([
          ("value", .value(expression.value)), ("text", .text(expression.text)),
          ("location", .location(expression.location, file: nil)),
        ])
      }
      var members: [(String, OutputDocument)] = [("expressions", .array(expressions))]
      if !answer.bindings.isEmpty { members.append(("bindings", bindings(answer))) }
      return .object(members)
    }
    return .object([("result", .array(results))])
  }

  private static func raw(_ value: Value) -> String {
    if case .string(let text) = value { return text.string }
    return value.jsonText.string
  }

  private static func pretty(_ answers: [QueryRun.Answer]) -> String {
    guard let first = answers.first else { return "undefined" }
    let isBoolean: (QueryRun.Answer.Expression) -> Bool = { if case .boolean = $0.value { true } else { false } }
    if answers.count == 1, first.bindings.isEmpty {
      if first.expressions.count == 1 || first.expressions.allSatisfy(isBoolean), let shown = first.expressions.first {
        return OutputDocument.value(shown.value).pretty
      }
    }
    // Truth alone says nothing beside the bindings.
    let columns = first.expressions.indices.filter { index in !answers.allSatisfy { isBoolean($0.expressions[index]) } }
    var table = TextTable(first.bindings.map(\.name) + columns.map { first.expressions[$0].text })
    for answer in answers {
      let values = answer.bindings.map(\.value) + columns.map { answer.expressions[$0].value }
      table.rows.append(values.map { cell($0.jsonText.string) })
    }
    return table.boxed
  }

  private static func cell(_ text: String) -> String {
    text.count <= cellWidthMax ? text : text.prefix(cellWidthMax - 3) + "..."
  }
}
