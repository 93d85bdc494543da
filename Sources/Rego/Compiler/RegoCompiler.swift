/// Resolves and checks modules and queries. Source: OPA v1/ast/compile.go.
public struct RegoCompiler: Sendable {
  public var options: CompilerOptions
  let builtins: [String: Builtin]

  /// For tests: other builtins than the table's.
  init(options: CompilerOptions, builtins: [String: Builtin]) {
    self.options = options
    self.builtins = builtins
  }

  public init(options: CompilerOptions = CompilerOptions()) {
    self.options = options
    if let allowed = options.allowedBuiltins {
      builtins = BuiltinTable.all.filter { allowed.contains($0.key) }
    } else {
      builtins = BuiltinTable.all
    }
  }

  /// - Parameters:
  ///   - sources: what the modules were parsed from, by index `Module.file`.
  ///   - data: the base documents, to be checked for conflicts with rules; nil checks nothing.
  public func compile(_ modules: [Module], sources: [Source], data: Value? = nil) throws(RegoErrors) -> ResolvedPolicy {
    var compilation = PolicyCompilation(options: options, builtins: builtins, modules: modules, sources: sources)
    let rules = compilation.run(data: data)
    if !compilation.errors.isEmpty { throw RegoErrors(compilation.errors.reported) }
    var policy = ResolvedPolicy(sources: sources, rules: rules, modules: modules)
    policy.unsupportedBuiltins = UnsupportedCalls.find(rules)
    policy.tree = compilation.tree
    policy.types = compilation.types
    return policy
  }

  /// - Parameters:
  ///   - package: whose rules may be named without a path.
  ///   - imports: as if the query stood in a module with these.
  public func compileQuery(
    _ query: [Expression], in policy: ResolvedPolicy, package: [Text] = [], imports: [Module.Import] = []
  ) throws(RegoErrors) -> ResolvedQuery {
    let tree = policy.tree ?? Self.tree(policy.rules)
    var globals: [String: ModuleScope.Global] = [:]
    if !package.isEmpty, let node = tree.find(package.map { .string($0) }) {
      for case (.string(let name), let child) in node.children where child.holdsRules {
        globals[name.string] = .data(package + [name])
      }
    }
    PolicyCompilation.add(imports, to: &globals)
    let scope = ModuleScope(package: package, globals: globals, tree: tree, builtins: builtins)
    var resolver = RuleResolver(scope: scope, strict: options.strict)
    resolver.locals.hide(DeclaredNames.of(query))
    let body = ResolvedBody(resolver.resolve(query))
    var parts = OpenPartCheck(locals: resolver.locals)
    parts.check(body, bound: LocalSet())
    resolver.errors.add(parts.errors)
    if !resolver.errors.isEmpty { throw RegoErrors(resolver.errors.reported) }
    var order = BodyOrder()
    let ordered = order.order(body, bound: LocalSet())
    let errors = PolicyCompilation.errors(order.unsafe, resolver.locals)
    if !errors.isEmpty { throw RegoErrors(errors) }
    var finish = BodyFinish(locals: resolver.locals)
    var heads: [ResolvedTerm] = []
    let finished = finish.finish(ordered, heads: &heads, bound: LocalSet())
    if options.checksTypes, let types = policy.types {
      var checker = TypeChecker(types)
      let errors = checker.check(query: finished, names: finish.locals.names)
      if !errors.isEmpty { throw RegoErrors(errors) }
    }
    return ResolvedQuery(body: finished, localCount: finish.locals.names.count, results: resolver.outermost)
  }

  private static func tree(_ rules: [ResolvedRule]) -> RuleTree {
    let tree = RuleTree()
    for (index, rule) in rules.enumerated() {
      var arity: Int?
      if case .function(let arguments) = rule.kind { arity = arguments.count }
      tree.addRule(index, at: rule.path, arity: arity)
    }
    return tree
  }
}
