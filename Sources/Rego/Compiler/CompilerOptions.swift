/// How a policy is compiled.
public struct CompilerOptions: Sendable {
  /// Also refuse what OPA's `--strict` refuses: unused locals and imports, duplicate imports, deprecated builtins.
  public var strict = false
  /// Names of the builtins that modules may call; nil means all.
  public var allowedBuiltins: Set<String>?

  public init(strict: Bool = false, allowedBuiltins: Set<String>? = nil) {
    self.strict = strict
    self.allowedBuiltins = allowedBuiltins
  }
}
