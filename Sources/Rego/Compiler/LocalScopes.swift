/// The locals of one rule or query by name, scope within scope, as OPA's rewriting of declared variables sees them.
/// Source: OPA v1/ast/compile.go, `rewriteLocalVars`.
struct LocalScopes {
  enum Occurrence {
    case argument, seen, assigned, declared
  }

  struct Scope {
    var locals: [String: Local] = [:]
    var occurrences: [String: Occurrence] = [:]
    /// In order of declaration.
    var declarations: [Declaration] = []
  }

  /// A local declared by `some`, `every`, `:=` or as an argument.
  struct Declaration {
    var name: String
    var local: Local
    var occurrence: Occurrence
    var location: SourceLocation
  }

  private(set) var names: [String] = []
  private(set) var generated: [Bool] = []
  /// By slot: whether anything but its declaration mentions the local.
  private(set) var used: [Bool] = []
  private var scopes: [Scope] = [Scope()]
  /// Names that nobody declared are one variable throughout the rule.
  private var undeclared: [String: Local] = [:]
  /// Names declared anywhere in the bodies around: they hide rules and imports.
  private var hiding: [Set<String>] = []

  mutating func push(hiding names: Set<String>) {
    scopes.append(Scope())
    hiding.append(names)
  }

  /// A scope for one branch of a rule: the arguments belong to it, so that declaring one again is noticed.
  mutating func pushBranch(hiding names: Set<String>) {
    scopes.append(scopes[scopes.count - 1])
    hiding.append(names)
    undeclared.removeAll()
  }

  mutating func pop() {
    scopes.removeLast()
    hiding.removeLast()
  }

  /// Further names that hide rules and imports in the scope at hand.
  mutating func hide(_ names: Set<String>) { hiding.append(names) }

  func hides(_ name: String) -> Bool { hiding.contains { $0.contains(name) } }

  mutating func make(_ name: String, generated isGenerated: Bool = false) -> Local {
    names.append(name)
    generated.append(isGenerated)
    used.append(false)
    return Local(slot: Int32(names.count - 1))
  }

  mutating func declare(
    _ name: String, _ occurrence: Occurrence, _ location: SourceLocation
  ) -> Result<Local, Redeclaration> {
    switch scopes[scopes.count - 1].occurrences[name] {
    case .seen: return .failure(Redeclaration(message: "var \(name) referenced above"))
    case .assigned: return .failure(Redeclaration(message: "var \(name) assigned above"))
    case .declared: return .failure(Redeclaration(message: "var \(name) declared above"))
    case .argument: return .failure(Redeclaration(message: "arg \(name) redeclared"))
    case nil: break
    }
    let local = make(name)
    scopes[scopes.count - 1].locals[name] = local
    scopes[scopes.count - 1].occurrences[name] = occurrence
    scopes[scopes.count - 1].declarations.append(
      Declaration(name: name, local: local, occurrence: occurrence, location: location))
    return .success(local)
  }

  struct Redeclaration: Error { var message: String }

  /// The declared or already seen local of this name.
  func find(_ name: String) -> Local? {
    for scope in scopes.reversed() { if let local = scope.locals[name] { return local } }
    return nil
  }

  /// A call mentions its function's name: declaring it afterwards is a mistake.
  mutating func see(_ name: String) {
    if scopes[scopes.count - 1].occurrences[name] == nil { scopes[scopes.count - 1].occurrences[name] = .seen }
  }

  mutating func use(_ local: Local) { used[Int(local.slot)] = true }

  /// Arguments are no use of themselves.
  mutating func forgetUses() { for slot in used.indices { used[slot] = false } }

  /// Declarations of the scope at hand that nothing uses.
  func unused(_ occurrence: Occurrence) -> [Declaration] {
    scopes[scopes.count - 1].declarations.filter { $0.occurrence == occurrence && !used[Int($0.local.slot)] }
  }

  func isDeclared(_ name: String) -> Bool {
    for scope in scopes.reversed() {
      if let occurrence = scope.occurrences[name] { return occurrence != .seen }
    }
    return false
  }

  /// The local of a name that is no global; first sight of an undeclared one makes it.
  mutating func mention(_ name: String) -> Local {
    if let local = find(name) { return local }
    let local: Local
    if let known = undeclared[name] {
      local = known
    } else {
      local = make(name)
      undeclared[name] = local
    }
    scopes[scopes.count - 1].locals[name] = local
    scopes[scopes.count - 1].occurrences[name] = .seen
    return local
  }
}
