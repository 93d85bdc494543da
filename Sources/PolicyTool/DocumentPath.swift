public import Rego

/// A query that names one document: `data.authz.allow`.
public enum DocumentPath {
  /// The path below `data`, nil for any other query.
  public static func read(_ query: String) -> [Text]? {
    let expressions: [Expression]
    do throws(RegoErrors) { expressions = try RegoParser.parseQuery(Source(name: "", text: query)) } catch {
      return nil
    }
    guard expressions.count == 1, case .term(let term) = expressions[0].node, !expressions[0].negated,
      expressions[0].with.isEmpty, case .reference(let head, let path) = term.node,
      case .variable("data") = head.node
    else { return nil }
    var names: [Text] = []
    for element in path {
      guard case .scalar(.string(let name)) = element.node else { return nil }
      names.append(name)
    }
    return names
  }
}
