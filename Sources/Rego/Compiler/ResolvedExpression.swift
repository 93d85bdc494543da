/// Expressions in an order in which each finds what it needs bound.
public struct ResolvedBody: Sendable {
  public var expressions: [ResolvedExpression]
  public init(_ expressions: [ResolvedExpression]) { self.expressions = expressions }
}

/// One expression of an ordered body. When it runs, every local that an expression before it (or around it) mentions
/// outside of nested bodies is bound, and so are the function's arguments; the others are bound by it.
public struct ResolvedExpression: Sendable {
  public indirect enum Node: Sendable {
    /// Holds when the term is neither undefined nor false.
    case term(ResolvedTerm)
    /// `=` and `:=`: both sides are patterns.
    case unify(ResolvedTerm, ResolvedTerm)
    /// `some key, value in domain`: key and value are patterns. Undefined where the domain is no container.
    case someIn(key: ResolvedTerm?, value: ResolvedTerm, domain: ResolvedTerm)
    /// Holds when the body holds for every element; the locals are fresh.
    case every(key: Local?, value: Local?, domain: ResolvedTerm, body: ResolvedBody)
    /// Holds when the body does not; binds nothing.
    case not(ResolvedBody)
  }

  /// One replacement for the time of one expression.
  public struct With: Sendable {
    public enum Target: Sendable {
      /// `input` and the path below it.
      case input([Value])
      /// The path below `data`, of base or virtual documents.
      case data([Value])
      case builtin(String)
      /// The function at this path below `data`.
      case function([Text])
    }

    public enum Replacement: Sendable {
      case term(ResolvedTerm)
      case callee(Callee)
    }

    public var target: Target
    public var replacement: Replacement
    public var location: SourceLocation

    public init(target: Target, replacement: Replacement, location: SourceLocation) {
      self.target = target
      self.replacement = replacement
      self.location = location
    }
  }

  public var node: Node
  public var with: [With]
  public var location: SourceLocation
  /// Written `:=`: the right side binds the left one, never the other way round.
  var isAssignment = false

  public init(_ node: Node, with: [With] = [], _ location: SourceLocation) {
    self.node = node
    self.with = with
    self.location = location
  }
}
