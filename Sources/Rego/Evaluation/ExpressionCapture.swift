/// Lets a query report the value of each of its expressions, as `opa eval` does, false ones included.
public enum ExpressionCapture {
  /// Gives every expression that is a term a variable for its value, to be resolved and prepared as any query.
  public static func rewrite(_ query: [Expression]) -> [Expression] {
    query.enumerated().map { index, expression in
      guard case .term(let term) = expression.node, !expression.negated else { return expression }
      var rewritten = expression
      rewritten.node = .unification(Term(.variable(name(index)), term.location), term)
      return rewritten
    }
  }

  /// Values of all expressions of one solution; those that have none of their own are `true`.
  public static func values(_ row: Bindings, expressionCount: Int) -> [Value] {
    (0..<expressionCount).map { row[name($0)] ?? true }
  }

  /// A variable that only `rewrite` makes, no part of the bindings to show.
  public static func isCapture(_ variable: String) -> Bool { variable.hasPrefix(prefix) }

  private static let prefix = "__expression_"
  private static func name(_ index: Int) -> String { "\(prefix)\(index)__" }
}
