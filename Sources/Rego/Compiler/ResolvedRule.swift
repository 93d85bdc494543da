/// A rule after resolution.
public struct ResolvedRule: Sendable {
  public enum Kind: Sendable {
    /// One value: complete rules, and members of partial objects (`p[x] := v`, `p[x].y := v`).
    case value
    /// `contains`: the value is an element of the set at the reference.
    case element
    /// Callable; `arguments` are patterns.
    case function([ResolvedTerm])
  }

  /// Value and body of the rule or of one of its `else`s, tried in turn.
  public struct Branch: Sendable {
    public var value: ResolvedTerm
    public var body: ResolvedBody
    public var location: SourceLocation
    public init(value: ResolvedTerm, body: ResolvedBody, location: SourceLocation) {
      self.value = value
      self.body = body
      self.location = location
    }
  }

  public var kind: Kind
  public var isDefault: Bool
  /// Package and name and further segments, below `data`, up to the first that is no constant.
  public var path: [Value]
  /// What follows in the head's reference: `p[x].y` has `x` and `"y"` here.
  public var trailing: [ResolvedTerm]
  /// Never empty.
  public var branches: [Branch]
  /// Slots of the frame.
  public var localCount: Int
  /// Names by slot as written, `_` and generated ones included, for explanations.
  public var localNames: [String]
  public var location: SourceLocation
  /// Of the module.
  public var package: [Text]

  public init(
    kind: Kind, isDefault: Bool, path: [Value], trailing: [ResolvedTerm], branches: [Branch], localCount: Int,
    localNames: [String], location: SourceLocation, package: [Text]
  ) {
    self.kind = kind
    self.isDefault = isDefault
    self.path = path
    self.trailing = trailing
    self.branches = branches
    self.localCount = localCount
    self.localNames = localNames
    self.location = location
    self.package = package
  }
}

/// A query after resolution: `x = data.p.q; x > 1`.
public struct ResolvedQuery: Sendable {
  public var body: ResolvedBody
  public var localCount: Int
  /// The variables to report, in order of appearance.
  public var results: [(name: String, local: Local)]
  public init(body: ResolvedBody, localCount: Int, results: [(name: String, local: Local)]) {
    self.body = body
    self.localCount = localCount
    self.results = results
  }
}

/// All modules of a policy, resolved and checked.
public struct ResolvedPolicy: Sendable {
  public var sources: [Source]
  public var rules: [ResolvedRule]
  /// Annotations by module, for `inspect` and `rego.metadata.*`.
  public var modules: [Module]
  /// Calls of builtins that this engine never runs, such as `http.send`, where no `with` around replaces them.
  public var unsupportedBuiltins: [UnsupportedBuiltin] = []
  /// For queries: where rules are, and what their values can be; nil when the policy was not made by the compiler.
  var tree: RuleTree?
  var types: TypeTree?
  public init(sources: [Source], rules: [ResolvedRule], modules: [Module]) {
    self.sources = sources
    self.rules = rules
    self.modules = modules
  }
}

/// A call that `serve` and `check` refuse.
public struct UnsupportedBuiltin: Sendable, Equatable {
  public var name: String
  public var location: SourceLocation
}
