/// A term after resolution: imports and package names replaced, variables given slots, calls bound to what they call.
public struct ResolvedTerm: Sendable {
  public indirect enum Node: Sendable {
    /// Any ground term, containers folded.
    case constant(Value)
    case local(Local)
    /// `root[path…]`; path terms may be locals not bound yet, which makes the reference an iteration. The path of a
    /// reference to `input` or `data` may be empty.
    case reference(Root, [ResolvedTerm])
    case call(Callee, [ResolvedTerm])
    case array([ResolvedTerm])
    case object([(key: ResolvedTerm, value: ResolvedTerm)])
    case set([ResolvedTerm])
    case arrayComprehension(ResolvedTerm, ResolvedBody)
    case setComprehension(ResolvedTerm, ResolvedBody)
    case objectComprehension(key: ResolvedTerm, value: ResolvedTerm, ResolvedBody)
    /// Parts joined. Each is a constant, or a set comprehension whose one element is the part; none reads
    /// `<undefined>`, several are an error.
    case template([ResolvedTerm])
  }

  public indirect enum Root: Sendable {
    case input
    case data
    case local(Local)
    /// A call, a comprehension, a container.
    case term(ResolvedTerm)
  }

  public var node: Node
  public var location: SourceLocation

  public init(_ node: Node, _ location: SourceLocation) {
    self.node = node
    self.location = location
  }
}

/// A variable's slot in the frame of its rule, function or query; bodies nested in it share the frame, and no two
/// variables of one rule share a slot.
public struct Local: Sendable, Hashable {
  public var slot: Int32
  public init(slot: Int32) { self.slot = slot }
}

/// What a call calls.
public enum Callee: Sendable {
  case builtin(Builtin)
  /// The function rules at this path below `data`.
  case function([Text])
}
