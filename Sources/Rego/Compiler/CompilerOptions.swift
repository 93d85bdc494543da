/// How a policy is compiled.
public struct CompilerOptions: Sendable {
  /// Also refuse what OPA's `--strict` refuses: unused locals and imports, duplicate imports, deprecated builtins.
  public var strict = false
  /// Names of the builtins that modules may call; nil means all.
  public var allowedBuiltins: Set<String>?
  /// Refuse what no values can satisfy, such as `1 + "a"`; without it such expressions are undefined when evaluated.
  public var checksTypes = true

  public init(strict: Bool = false, allowedBuiltins: Set<String>? = nil, checksTypes: Bool = true) {
    self.strict = strict
    self.checksTypes = checksTypes
    self.allowedBuiltins = allowedBuiltins
  }
}
