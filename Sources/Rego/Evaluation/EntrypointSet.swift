/// Several documents of a policy, evaluated together: what one finds out the next ones share.
public final class EntrypointSet: Sendable {
  public let policy: Policy
  private let nodes: [TermNode]
  private let layout: MemoryLayoutOfPlan

  init(_ policy: Policy, _ nodes: [TermNode], layout: MemoryLayoutOfPlan) {
    self.policy = policy
    self.nodes = nodes
    self.layout = layout
  }

  /// The memory for evaluations of these documents; one per thread.
  public func makeContext(schema: InputSchema? = nil) -> EvaluationContext {
    EvaluationContext(policy, layout: layout, schema: schema)
  }

  /// The documents in the order asked for, `.undefined` where there is none.
  ///
  /// - Parameters:
  ///   - context: From `makeContext` of this set.
  ///   - skippingFirst: leaves the first one undefined and unevaluated.
  public func evaluate(
    input: PolicyInput, settings: EvaluationSettings, in context: EvaluationContext, skippingFirst: Bool = false
  ) throws(EvaluationError) -> [Value] {
    context.begin(input, settings, policy)
    defer { context.end() }
    var values: [Value] = []
    values.reserveCapacity(nodes.count)
    for (index, node) in nodes.enumerated() {
      if index == 0, skippingFirst {
        values.append(.undefined)
        continue
      }
      values.append(node.value(Frame(machine: context.machine, locals: context.machine.pointee.top)))
      try context.check(settings)
    }
    return values
  }
}
