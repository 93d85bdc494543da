extension CompiledPolicy {
  /// A policy that denies everything to whomever it binds.
  ///
  /// It stands in where a policy should be that cannot be read or found: what that one denied must not be lost, and what
  /// it denied is not known.
  public static func denial(name: String, kind: PolicyKind = .identity) -> CompiledPolicy {
    let statement = CompiledStatement(
      index: 0, sid: "Unusable", effect: .deny, actions: ActionSet(matching: "*".utf8), principals: nil,
      resources: .implied, conditions: [], text: StatementText(action: "*", resource: "*"))
    return CompiledPolicy(name: name, kind: kind, statements: [statement])
  }
}
