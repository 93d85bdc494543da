/// A rule as written; chained bodies (`p { … } { … }`) are rules of their own with the same head.
public struct Rule: Sendable {
  public struct Head: Sendable {
    /// `p`, `p.q.r`, `p[x].y`: the first a variable, the rest any terms, dotted ones scalar strings.
    public var reference: [Term]
    /// nil when no function.
    public var arguments: [Term]?
    /// `contains key`.
    public var key: Term?
    /// `:= value`, `= value`; nil where `true` is meant.
    public var value: Term?
    /// `:=` rather than `=`.
    public var assigned: Bool
    public var location: SourceLocation

    public init(
      reference: [Term], arguments: [Term]? = nil, key: Term? = nil, value: Term? = nil, assigned: Bool = false,
      location: SourceLocation
    ) {
      self.reference = reference
      self.arguments = arguments
      self.key = key
      self.value = value
      self.assigned = assigned
      self.location = location
    }
  }

  public struct Else: Sendable {
    public var value: Term?
    public var assigned: Bool
    /// nil when it has none.
    public var body: [Expression]?
    public var location: SourceLocation
    /// Written with `if`.
    public var usesIf = false

    public init(value: Term?, assigned: Bool, body: [Expression]?, location: SourceLocation) {
      self.value = value
      self.assigned = assigned
      self.body = body
      self.location = location
    }
  }

  public var isDefault: Bool
  public var head: Head
  /// nil when it has none (`p := 1`).
  public var body: [Expression]?
  public var elses: [Else]
  public var location: SourceLocation
  /// Written as a further body of the rule before it (`p { … } { … }`).
  public var isChained = false
  /// Written with `if`.
  public var usesIf = false

  public init(isDefault: Bool, head: Head, body: [Expression]?, elses: [Else], location: SourceLocation) {
    self.isDefault = isDefault
    self.head = head
    self.body = body
    self.elses = elses
    self.location = location
  }
}
