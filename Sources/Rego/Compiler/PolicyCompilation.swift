/// One compilation of all modules of a policy.
struct PolicyCompilation {
  let options: CompilerOptions
  let builtins: [String: Builtin]
  let modules: [Module]
  let sources: [Source]
  let tree = RuleTree()
  let types = TypeTree()
  private(set) var errors = StagedErrors()

  init(options: CompilerOptions, builtins: [String: Builtin], modules: [Module], sources: [Source]) {
    self.options = options
    self.builtins = builtins
    self.modules = modules
    self.sources = sources
  }

  mutating func run(data: Value?) -> [ResolvedRule] {
    var names: [[Text]: [String: ModuleScope.Global]] = [:]
    var count = 0
    for module in modules {
      tree.addPackage(module.package)
      for rule in module.rules {
        if let name = rule.name {
          names[module.package, default: [:]][name] = .data(module.package + [Text(name)])
        }
        tree.addRule(count, at: rule.constantPath(in: module.package), arity: rule.head.arguments?.count)
        count += 1
      }
    }
    var checks = ModuleChecks()
    for module in modules where options.strict || module.isV1 { checks.check(module) }
    errors.add(checks.errors)
    checkConflicts(data: data)
    var rules: [ResolvedRule] = []
    rules.reserveCapacity(count)
    let annotations = AnnotationIndex(modules)
    for (moduleIndex, module) in modules.enumerated() {
      var globals = names[module.package] ?? [:]
      Self.add(module.imports, to: &globals)
      let scope = ModuleScope(
        package: module.package, globals: globals, tree: tree, builtins: builtins,
        refusesDeprecated: options.strict || module.isV1)
      var used: Set<String> = []
      for (ruleIndex, rule) in module.rules.enumerated() {
        let metadata = RuleMetadata(
          index: annotations, module: moduleIndex, rule: ruleIndex, path: rule.constantPath(in: module.package),
          package: module.package)
        var compilation = RuleCompilation(scope: scope, strict: options.strict, metadata: metadata)
        let resolved = compilation.compile(rule)
        errors.add(compilation.errors)
        rules.append(resolved)
        used.formUnion(compilation.usedGlobals)
      }
      if options.strict { refuseUnused(module.imports, used) }
    }
    if !errors.contains(before: .recursion) {
      let graph = DependencyGraph(rules, tree)
      errors.add(.recursion, RecursionCheck.errors(rules, graph))
      if options.checksTypes, !errors.contains(before: .types) {
        var checker = TypeChecker(types)
        for index in graph.order() { checker.check(rules[index]) }
        errors.add(.types, checker.errors)
      }
    }
    return rules
  }

  private mutating func refuseUnused(_ imports: [Module.Import], _ used: Set<String>) {
    for item in imports where item.path.first == "data" || item.path.first == "input" {
      guard let name = item.alias ?? item.path.last?.string, !used.contains(name) else { continue }
      errors.add(.references, RegoError(.compile, "\(item.text) unused", item.location))
    }
  }

  private mutating func checkConflicts(data: Value?) {
    var entries: [ConflictCheck.Entry] = []
    for module in modules {
      for rule in module.rules { entries.append(ConflictCheck.Entry(rule: rule, module: module)) }
    }
    var check = ConflictCheck(entries, sources: sources)
    check.check(tree)
    if let data { check.checkData(tree, data) }
    check.checkPackages(tree, modules)
    errors.add(.conflicts, check.errors)
  }

  static func add(_ imports: [Module.Import], to globals: inout [String: ModuleScope.Global]) {
    for item in imports {
      guard let root = item.path.first, let last = item.path.last else { continue }
      let name = item.alias ?? last.string
      if root == "data" {
        globals[name] = .data(Array(item.path.dropFirst()))
      } else if root == "input" {
        globals[name] = .input(Array(item.path.dropFirst()))
      }
    }
  }

  /// One error for each local, at the first expression that misses it.
  static func errors(_ unsafe: [BodyOrder.Unsafe], _ locals: LocalScopes) -> [RegoError] {
    var first: [Local: SourceLocation] = [:]
    for entry in unsafe {
      if let known = first[entry.local], known.offset <= entry.location.offset { continue }
      first[entry.local] = entry.location
    }
    let ordered = first.sorted { ($0.value.offset, $0.key.slot) < ($1.value.offset, $1.key.slot) }
    let named = ordered.filter { !locals.generated[Int($0.key.slot)] }
    if named.isEmpty {
      return ordered.map { RegoError(.unsafeVariable, "expression is unsafe", $0.value) }
    }
    return named.map { RegoError(.unsafeVariable, "var \(locals.names[Int($0.key.slot)]) is unsafe", $0.value) }
  }
}

extension Module {
  /// Follows the rules of v1, by its version or by importing `rego.v1`.
  var isV1: Bool { version == .v1 || imports.contains { $0.path == ["rego", "v1"] } }
}

extension Rule {
  /// The first segment of the head's reference.
  var name: String? {
    guard let first = head.reference.first, case .variable(let name) = first.node else { return nil }
    return name
  }

  /// Package, name and the constant segments after it.
  func constantPath(in package: [Text]) -> [Value] {
    var path: [Value] = package.map { .string($0) }
    if let name { path.append(.string(Text(name))) }
    for term in head.reference.dropFirst() {
      guard case .scalar(let value) = term.node else { break }
      path.append(value)
    }
    return path
  }
}
