/// One solution of a query.
public struct Bindings: Sendable, Equatable {
  public let names: [String]
  public let values: [Value]

  public subscript(name: String) -> Value? { names.firstIndex(of: name).map { values[$0] } }
}

/// A query planned against a policy.
public final class PreparedQuery: Sendable {
  public let policy: Policy
  /// The variables reported.
  public let names: [String]
  private let body: Block
  private let frameSize: Int
  private let layout: MemoryLayoutOfPlan

  init(_ policy: Policy, _ body: Block, frameSize: Int, names: [String], layout: MemoryLayoutOfPlan) {
    self.policy = policy
    self.body = body
    self.frameSize = frameSize
    self.names = names
    self.layout = layout
  }

  public func makeContext(schema: InputSchema? = nil) -> EvaluationContext {
    EvaluationContext(policy, layout: layout, schema: schema)
  }

  /// All solutions, in order of evaluation.
  public func evaluate(
    input: PolicyInput, settings: EvaluationSettings = EvaluationSettings()
  ) throws(EvaluationError) -> [Bindings] {
    try evaluate(input: input, settings: settings, in: makeContext())
  }

  public func evaluate(
    input: PolicyInput, settings: EvaluationSettings, in context: EvaluationContext
  ) throws(EvaluationError) -> [Bindings] {
    context.begin(input, settings, policy)
    defer { context.end() }
    let machine = context.machine
    var rows: [Value] = []
    withUnsafeMutablePointer(to: &rows) { rows in
      let mark = machine.pointee.mark
      guard let locals = machine.pointee.enter(frameSize) else { return }
      machine.pointee.collector = rows
      _ = body.run(Frame(machine: machine, locals: locals))
      machine.pointee.collector = nil
      machine.pointee.leave(locals, frameSize, mark)
    }
    try context.check(settings)
    return rows.map { row in
      guard case .array(let row) = row else { return Bindings(names: [], values: []) }
      return Bindings(names: names, values: row.elements)
    }
  }
}

/// A document of a policy, evaluated again and again.
public final class Entrypoint: Sendable {
  public let policy: Policy
  private let node: TermNode
  private let layout: MemoryLayoutOfPlan

  init(_ policy: Policy, _ node: TermNode, layout: MemoryLayoutOfPlan) {
    self.policy = policy
    self.node = node
    self.layout = layout
  }

  /// The memory for evaluations of this document; one per thread.
  public func makeContext(schema: InputSchema? = nil) -> EvaluationContext {
    EvaluationContext(policy, layout: layout, schema: schema)
  }

  /// The document, `.undefined` when there is none.
  ///
  /// - Parameter context: From `makeContext` of this entrypoint.
  public func evaluate(
    input: PolicyInput, settings: EvaluationSettings, in context: EvaluationContext
  ) throws(EvaluationError) -> Value {
    context.begin(input, settings, policy)
    defer { context.end() }
    let value = node.value(Frame(machine: context.machine, locals: context.machine.pointee.top))
    try context.check(settings)
    return value
  }
}

/// The memory of evaluations, reused from one to the next. Belongs to one thread.
public final class EvaluationContext {
  let machine: UnsafeMutablePointer<Machine>
  private let policy: Policy
  private let fields: UnsafeMutablePointer<Int32>?
  private let fieldCount: Int
  private let hits: UnsafeMutablePointer<UInt64>?

  init(_ policy: Policy, layout: MemoryLayoutOfPlan, schema: InputSchema?) {
    self.policy = policy
    let session = BuiltinSession()
    machine = .allocate(capacity: 1)
    machine.initialize(to: Machine(layout: layout, session: session, memory: WorldMemory(layout)))
    session.machine = machine
    fieldCount = layout.inputs.count
    if let schema {
      let fields = UnsafeMutablePointer<Int32>.allocate(capacity: fieldCount)
      for (slot, path) in layout.inputs.paths.enumerated() {
        let field = path.isEmpty ? nil : schema.field(path)
        (fields + slot).initialize(to: field.map { Int32(truncatingIfNeeded: $0) } ?? -1)
      }
      self.fields = fields
    } else {
      fields = nil
    }
    if let counted = policy.counted {
      hits = .allocate(capacity: counted.count)
      hits?.initialize(repeating: 0, count: counted.count)
    } else {
      hits = nil
    }
    machine.pointee.hits = hits
  }

  deinit {
    machine.pointee.deallocate()
    machine.deinitialize(count: 1)
    machine.deallocate()
    fields?.deallocate()
    hits?.deallocate()
  }

  /// How often each expression of `Policy.counted` was reached by evaluations in this context.
  public var counts: [UInt64] {
    guard let hits, let counted = policy.counted else { return [] }
    return (0..<counted.count).map { hits[$0] }
  }

  /// Called with every line of `print` and `trace`.
  public var onNote: ((String) -> Void)? {
    get { machine.pointee.session.onNote }
    set { machine.pointee.session.onNote = newValue }
  }

  func begin(_ input: PolicyInput, _ settings: EvaluationSettings, _ policy: Policy) {
    precondition(policy === self.policy, "a context of another policy")
    machine.pointee.undefinedFlow = .exhausted
    machine.pointee.failure = nil
    machine.pointee.builtinFailure = nil
    machine.pointee.instructionsLeft = settings.instructionsMax
    machine.pointee.bytesLeft = settings.memoryBytesMax
    machine.pointee.stackLimit = stackAddress() &- UInt(settings.stackBytesMax)
    machine.pointee.world.input = input
    machine.pointee.world.fields = fields.map { UnsafePointer($0) }
    machine.pointee.world.base = policy.data
    machine.pointee.session.begin(settings)
  }

  func end() {
    machine.pointee.world.memory.forget()
    machine.pointee.world.input = .none
    machine.pointee.collector = nil
    machine.pointee.members = nil
  }

  func check(_ settings: EvaluationSettings) throws(EvaluationError) {
    // Nothing runs after a failure: the builtin's came first.
    if settings.strictBuiltinErrors, let failure = machine.pointee.builtinFailure { throw failure }
    if let failure = machine.pointee.failure { throw failure }
  }
}

@available(*, unavailable)
extension EvaluationContext: Sendable {}
