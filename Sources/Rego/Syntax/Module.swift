/// A parsed module.
public struct Module: Sendable {
  public struct Import: Sendable {
    /// Starts with `data`, `input`, `rego` or `future`.
    public var path: [Text]
    public var alias: String?
    public var location: SourceLocation
    public init(path: [Text], alias: String?, location: SourceLocation) {
      self.path = path
      self.alias = alias
      self.location = location
    }
  }

  public struct Comment: Sendable {
    /// Without the `#`.
    public var text: String
    public var location: SourceLocation
    public init(text: String, location: SourceLocation) {
      self.text = text
      self.location = location
    }
  }

  /// A `# METADATA` block: YAML, as a value, and what it stands before.
  public struct Annotation: Sendable {
    public enum Scope: String, Sendable { case rule, document, package, subpackages }
    public var scope: Scope
    public var value: Value
    /// Index in `rules` of the rule that follows, nil for package scopes.
    public var rule: Int?
    public var location: SourceLocation
    public init(scope: Scope, value: Value, rule: Int?, location: SourceLocation) {
      self.scope = scope
      self.value = value
      self.rule = rule
      self.location = location
    }
  }

  public enum Version: Sendable { case v0, v1 }

  /// Index in the list of sources.
  public var file: Int32
  /// Without `data`.
  public var package: [Text]
  public var packageLocation: SourceLocation
  public var imports: [Import]
  public var rules: [Rule]
  public var annotations: [Annotation]
  public var comments: [Comment]
  public var version: Version

  public init(
    file: Int32, package: [Text], packageLocation: SourceLocation, imports: [Import] = [], rules: [Rule] = [],
    annotations: [Annotation] = [], comments: [Comment] = [], version: Version = .v1
  ) {
    self.file = file
    self.package = package
    self.packageLocation = packageLocation
    self.imports = imports
    self.rules = rules
    self.annotations = annotations
    self.comments = comments
    self.version = version
  }
}
