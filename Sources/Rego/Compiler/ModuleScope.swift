/// What a module's rules see: names of the package's rules, imports, and everything there is to call.
struct ModuleScope {
  /// What a name stands for; the path is below the root.
  enum Global {
    case input([Text])
    case data([Text])
  }

  var package: [Text]
  /// Rules of the package, then imports.
  var globals: [String: Global]
  var tree: RuleTree
  var builtins: [String: Builtin]
  /// Of v1 modules, and of all in strict mode.
  var refusesDeprecated = false

  static func constants(_ path: some Sequence<Text>, _ location: SourceLocation) -> [ResolvedTerm] {
    path.map { ResolvedTerm(.constant(.string($0)), location) }
  }
}
