import S3Model

/// A policy document, checked and compiled; immutable and shared by everything it is attached to.
public final class CompiledPolicy: Sendable {
  /// The policy's name or ARN, for decisions, audit and errors.
  public let name: String
  public let kind: PolicyKind
  public let statements: [CompiledStatement]
  /// The condition keys that any statement reads.
  public let keys: ConditionKeySet

  /// For every action the statements about it, denying ones first: those of action `i` are
  /// `order[starts[i]..<starts[i + 1]]`. A decision looks at no other statement.
  private let starts: [UInt32]
  private let order: [CompiledStatement]

  init(name: String, kind: PolicyKind, statements: [CompiledStatement]) {
    self.name = name
    self.kind = kind
    self.statements = statements
    var keys = ConditionKeySet()
    for statement in statements { keys.formUnion(statement.keys) }
    self.keys = keys
    let sorted = statements.filter { $0.effect == .deny } + statements.filter { $0.effect == .allow }
    var starts: [UInt32] = []
    var order: [CompiledStatement] = []
    for action in ActionSet.all {
      starts.append(UInt32(order.count))
      order += sorted.filter { $0.actions.contains(action) }
    }
    starts.append(UInt32(order.count))
    self.starts = starts
    self.order = order
  }

  /// Visits the statements about an action, denying ones first, until the visitor returns false.
  @inline(__always)
  func forEachStatement(about action: Action, _ visit: (CompiledStatement) -> Bool) {
    let index = action.index
    var position = Int(starts[index])
    let end = Int(starts[index + 1])
    while position < end {
      guard visit(order[position]) else { return }
      position += 1
    }
  }
}
