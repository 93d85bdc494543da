import S3Model

/// One statement, ready to be decided.
public final class CompiledStatement: Sendable {
  public enum Effect: Sendable {
    case allow, deny
  }

  enum Principals: Sendable {
    case named(PrincipalPattern)
    /// `NotPrincipal`: everyone but these.
    case except(PrincipalPattern)
  }

  enum Resources: Sendable {
    /// Trust policies: the role itself.
    case implied
    case matching([ARNPattern])
    /// `NotResource`
    case except([ARNPattern])
  }

  /// Position in the document, from 0.
  public let index: Int
  public let sid: String?
  public let effect: Effect
  /// The actions the statement is about, `NotAction` already turned around.
  public let actions: ActionSet
  /// The condition keys that the statement's conditions and variables read.
  public let keys: ConditionKeySet
  let principals: Principals?
  let resources: Resources
  let conditions: [CompiledCondition]
  /// What is compiled here as it was written, for explanations.
  public let text: StatementText

  init(
    index: Int, sid: String?, effect: Effect, actions: ActionSet, principals: Principals?, resources: Resources,
    conditions: [CompiledCondition], text: StatementText
  ) {
    self.index = index
    self.sid = sid
    self.effect = effect
    self.actions = actions
    self.principals = principals
    self.resources = resources
    self.conditions = conditions
    self.text = text
    var keys = ConditionKeySet()
    for condition in conditions {
      keys.insert(condition.key.name)
      for variable in condition.variables { keys.insert(variable.name) }
    }
    switch resources {
    case .implied: break
    case .matching(let patterns), .except(let patterns):
      for variable in patterns.flatMap(\.variables) { keys.insert(variable.name) }
    }
    self.keys = keys
  }
}

extension CompiledStatement {
  /// How the statement names the principal; ``PrincipalMatch/direct`` where policies have no principals.
  @inline(__always)
  func principalMatch(_ principal: Principal) -> PrincipalMatch {
    switch principals {
    case nil: return .direct
    case .named(let pattern): return pattern.match(principal)
    case .except(let pattern):
      // Only `Deny` comes with `NotPrincipal`. Naming the account alone does not spare the account's users.
      return pattern.match(principal) > .account ? .none : .direct
    }
  }

  @inline(__always)
  func resourceMatch(_ resource: UnsafeBufferPointer<UInt8>, _ context: some ConditionContext) -> PatternMatch {
    switch resources {
    case .implied: return .yes
    case .matching(let patterns):
      var result = PatternMatch.no
      for pattern in patterns {
        switch pattern.matches(resource, context) {
        case .yes: return .yes
        // A resource named by a variable without a value is no resource of the request.
        case .no, .unresolved: break
        case .error: result = .error
        }
      }
      return result
    case .except(let patterns):
      var result = PatternMatch.yes
      for pattern in patterns {
        switch pattern.matches(resource, context) {
        case .yes: return .no
        case .no: break
        case .unresolved, .error: result = .error
        }
      }
      return result
    }
  }

  /// Whether resource and conditions hold; never ``PatternMatch/unresolved``.
  @inline(__always)
  func holds(_ resource: UnsafeBufferPointer<UInt8>, _ context: some ConditionContext) -> PatternMatch {
    var result = resourceMatch(resource, context)
    if result == .no { return .no }
    for condition in conditions {
      switch condition.holds(context) {
      case .yes: break
      case .no: return .no
      case .unresolved, .error: result = .error
      }
    }
    return result
  }
}
