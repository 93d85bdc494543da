/// One expression of a body.
public struct Expression: Sendable {
  public indirect enum Node: Sendable {
    /// A term by itself, calls and comparisons included (`x == y` is a call of `equal`).
    case term(Term)
    /// `a := b`
    case assignment(Term, Term)
    /// `a = b`
    case unification(Term, Term)
    /// `some x, y`
    case someDeclaration([Term])
    /// `some v in domain`, `some k, v in domain`
    case someIn(key: Term?, value: Term, domain: Term)
    /// `every v in domain { … }`, `every k, v in domain { … }`
    case every(key: Term?, value: Term, domain: Term, body: [Expression])
  }

  public struct With: Sendable {
    /// `input…`, `data…` or the name of a function.
    public var target: Term
    public var value: Term
    public var location: SourceLocation
    public init(target: Term, value: Term, location: SourceLocation) {
      self.target = target
      self.value = value
      self.location = location
    }
  }

  public var node: Node
  public var negated: Bool
  public var with: [With]
  public var location: SourceLocation

  public init(_ node: Node, negated: Bool = false, with: [With] = [], _ location: SourceLocation) {
    self.node = node
    self.negated = negated
    self.with = with
    self.location = location
  }
}
