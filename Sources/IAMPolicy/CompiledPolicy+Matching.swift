import S3Model

extension CompiledPolicy {
  /// The statements that apply to a request: action, principal, resource and conditions hold. For explanations; a
  /// decision stops at the first that counts.
  public func statements(
    applyingTo request: PolicyRequest, _ context: some ConditionContext
  ) -> [CompiledStatement] {
    var found: [CompiledStatement] = []
    request.resource.bytes.withUnsafeBufferPointer { bytes in
      forEachStatement(about: request.action) { statement in
        if statement.principalMatch(request.principal) > .none, statement.holds(bytes, context) == .yes {
          found.append(statement)
        }
        return true
      }
    }
    return found
  }
}

extension CompiledStatement {
  /// The condition keys that the conditions read, and the variables in them and in resources.
  public var conditionKeys: [ConditionKey] {
    var keys = conditions.flatMap { [$0.key] + $0.variables }
    switch resources {
    case .implied: break
    case .matching(let patterns), .except(let patterns): keys += patterns.flatMap(\.variables)
    }
    return keys
  }
}
