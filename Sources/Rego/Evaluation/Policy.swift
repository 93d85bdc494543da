/// A policy ready to be evaluated, by any number of threads at once: rules planned against base documents.
public final class Policy: Sendable {
  let root: DocumentTree
  /// Base documents.
  public let data: Value
  public let sources: [Source]
  let documents: [Document]
  let inputs: InputPaths
  let numberCount: Int
  let replacedBuiltins: Set<String>
  /// Places of the expressions that are counted, by counter; nil when the plan does not count.
  public let counted: [SourceLocation]?

  /// - Parameters:
  ///   - data: Base documents, an object.
  ///   - counting: Plans counters into every expression, for coverage; costs a little time in each evaluation.
  ///   - isClosed: No query will replace documents of `data` (`with data.x as y`), so that what is known of them is put in
  ///     place when planning, and rules that cannot hold cost nothing.
  public init(
    _ resolved: ResolvedPolicy, data: Value = .object(.empty), counting: Bool = false, isClosed: Bool = false
  ) throws(RegoErrors) {
    let rules = isClosed ? ClosedPolicy.simplify(resolved, data: data) : resolved.rules
    let root = DocumentTree(number: 0)
    var replaced: Set<String> = []
    for rule in rules {
      for branch in rule.branches { ReplacedBuiltins.collect(branch.body, &replaced) }
    }
    let planner = PolicyPlanner(
      root: root, data: data, inputs: InputPaths(), numberCount: 1, replacedBuiltins: replaced)
    if counting { planner.counted = [] }
    do throws(RegoErrors) {
      try planner.plan(rules, packages: resolved.modules.map(\.package))
    } catch {
      for document in planner.documents { document.discardPlan() }
      throw error
    }
    self.root = root
    self.data = data
    sources = resolved.sources
    documents = planner.documents
    inputs = planner.inputs
    numberCount = planner.numberCount
    replacedBuiltins = replaced
    counted = planner.counted
  }

  deinit {
    // Plans refer to the names below `data`, and these to the plans: nothing else would let go of them.
    for document in documents { document.discardPlan() }
  }

  /// Plans a query.
  public func prepare(_ query: ResolvedQuery) throws(RegoErrors) -> PreparedQuery {
    let planner = makePlanner()
    do throws(RegoError) {
      var body = BodyPlanner(policy: planner, localCount: query.localCount)
      var sequence = BodyPlanner.Sequence()
      try body.plan(query.body, &sequence)
      let results = query.results.filter { body.isBound($0.local) }
      let tail = CollectTail(ArrayNode(results.map { LocalNode(Int($0.local.slot)) }))
      return PreparedQuery(
        self, sequence.block(tail), frameSize: body.slotCount, names: results.map(\.name),
        layout: MemoryLayoutOfPlan(documents: planner.numberCount, inputs: planner.inputs))
    } catch {
      throw RegoErrors([error])
    }
  }

  /// A document below `data`, for evaluating it again and again.
  ///
  /// - Parameter path: Below `data`; need not exist.
  public func entrypoint(_ path: [Text]) -> Entrypoint {
    let planner = makePlanner()
    let node = Self.node(path, planner)
    return Entrypoint(
      self, node, layout: MemoryLayoutOfPlan(documents: planner.numberCount, inputs: planner.inputs))
  }

  /// Several documents that are evaluated together.
  public func entrypoints(_ paths: [[Text]]) -> EntrypointSet {
    let planner = makePlanner()
    let nodes = paths.map { Self.node($0, planner) }
    return EntrypointSet(
      self, nodes, layout: MemoryLayoutOfPlan(documents: planner.numberCount, inputs: planner.inputs))
  }

  private static func node(_ path: [Text], _ planner: PolicyPlanner) -> TermNode {
    let term = ResolvedTerm(
      .reference(.data, path.map { ResolvedTerm(.constant(.string($0)), .none) }), .none)
    var body = BodyPlanner(policy: planner, localCount: 0)
    var sequence = BodyPlanner.Sequence()
    do throws(RegoError) {
      return try body.node(term, &sequence)
    } catch {
      preconditionFailure("a constant reference does not plan: \(error.message)")
    }
  }

  private func makePlanner() -> PolicyPlanner {
    PolicyPlanner(root: root, data: data, inputs: inputs, numberCount: numberCount, replacedBuiltins: replacedBuiltins)
  }
}

/// Builtins that some `with` replaces, which therefore cannot be planned as operators.
enum ReplacedBuiltins {
  static func collect(_ body: ResolvedBody, _ names: inout Set<String>) {
    for expression in body.expressions {
      for with in expression.with {
        if case .builtin(let name) = with.target { names.insert(name) }
      }
      switch expression.node {
      case .not(let body), .every(_, _, _, let body): collect(body, &names)
      case .term(let term): collect(term, &names)
      case .unify(let left, let right):
        collect(left, &names)
        collect(right, &names)
      case .someIn(_, let value, let domain):
        collect(value, &names)
        collect(domain, &names)
      }
    }
  }

  private static func collect(_ term: ResolvedTerm, _ names: inout Set<String>) {
    switch term.node {
    case .constant, .local: break
    case .reference(let root, let path):
      if case .term(let term) = root { collect(term, &names) }
      for element in path { collect(element, &names) }
    case .call(_, let terms), .array(let terms), .set(let terms), .template(let terms):
      for term in terms { collect(term, &names) }
    case .object(let members):
      for (key, value) in members {
        collect(key, &names)
        collect(value, &names)
      }
    case .arrayComprehension(let head, let body), .setComprehension(let head, let body):
      collect(head, &names)
      collect(body, &names)
    case .objectComprehension(let key, let value, let body):
      collect(key, &names)
      collect(value, &names)
      collect(body, &names)
    }
  }
}
