/// Refuses rules that depend on themselves. Source: OPA v1/ast/compile.go, `checkRecursion`.
enum RecursionCheck {
  static func errors(_ rules: [ResolvedRule], _ graph: DependencyGraph) -> [RegoError] {
    var errors: [RegoError] = []
    for component in graph.components() {
      let members = Set(component)
      for member in component.sorted() where Int(member) < rules.count {
        if component.count == 1, !graph.edges[Int(member)].contains(member) { continue }
        guard let cycle = graph.cycle(from: Int(member), within: members) else { continue }
        let rule = rules[Int(member)]
        let way = cycle.map { rules[$0].reference }.joined(separator: " -> ")
        errors.append(RegoError(.recursion, "rule \(rule.reference) is recursive: \(way)", rule.location))
      }
    }
    return errors
  }
}

extension ResolvedRule {
  /// `data.p.q[x]`, as messages name rules.
  var reference: String { ReferenceText.text(path, trailing, localNames) }
}

/// References in messages.
enum ReferenceText {
  static func text(_ path: [Value], _ trailing: [ResolvedTerm] = [], _ names: [String] = []) -> String {
    var text = "data" + path.map(segment).joined()
    for term in trailing {
      switch term.node {
      case .constant(let value): text += segment(value)
      case .local(let local): text += "[\(names[Int(local.slot)])]"
      default: text += "[_]"
      }
    }
    return text
  }

  /// The segments of a name, `a.b.c`.
  static func text(_ path: [String]) -> String {
    (path.first ?? "") + path.dropFirst().map { segment(.string(Text($0))) }.joined()
  }

  /// What cannot follow a dot in messages.
  private static let keywords: Set<String> = [
    "as", "contains", "default", "else", "every", "false", "if", "import", "in", "not", "null", "package", "some",
    "true", "with",
  ]

  static func scalar(_ value: Value) -> String {
    var printer = TermPrinter()
    printer.write(value)
    return String(decoding: printer.bytes, as: UTF8.self)
  }

  static func segment(_ value: Value) -> String {
    guard case .string(let text) = value else { return "[\(scalar(value))]" }
    return TermText.isName(text) && !keywords.contains(text.string) ? "." + text.string : "[\(scalar(value))]"
  }
}
