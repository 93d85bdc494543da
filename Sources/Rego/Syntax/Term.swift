/// A term as written.
public struct Term: Sendable {
  public indirect enum Node: Sendable {
    /// null, boolean, number, string.
    case scalar(Value)
    /// `$"…{term}…"`: texts and terms in turn.
    case template([TemplatePart])
    /// A name, also `input` and `data`; `_` is a fresh wildcard each time.
    case variable(String)
    /// `head.a["b"][c]`: a dotted segment is a scalar string. The head may be any term (call, array, comprehension …).
    case reference(head: Term, path: [Term])
    /// `f(x)`, `a.b.f(x)`, and every operator by OPA's name (`plus`, `equal`, `internal.member_2` …).
    case call(function: Term, arguments: [Term])
    case array([Term])
    case object([(key: Term, value: Term)])
    case set([Term])
    case arrayComprehension(Term, [Expression])
    case setComprehension(Term, [Expression])
    case objectComprehension(key: Term, value: Term, [Expression])
  }

  public enum TemplatePart: Sendable {
    case text(Text)
    case term(Term)
    /// `{x with input as y}`: an expression, only where it has `with`; its node is `.term`.
    case expression(Expression)
  }

  public var node: Node
  public var location: SourceLocation
  /// Written in parentheses or as an operator: the formatter needs to know.
  public var parenthesized = false
  /// A string or template string written in backquotes.
  public var isRaw = false

  public init(_ node: Node, _ location: SourceLocation) {
    self.node = node
    self.location = location
  }
}
