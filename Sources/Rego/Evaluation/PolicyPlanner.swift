/// Plans all rules of a policy, or one query against it.
///
/// A class, as the planners of all bodies add to it; it lives only while planning.
final class PolicyPlanner {
  let root: DocumentTree
  let data: Value
  var inputs: InputPaths
  let replacedBuiltins: Set<String>
  /// Documents and names numbered so far.
  var numberCount: Int
  private(set) var documents: [Document] = []
  private var functions: [[Text]: Document] = [:]
  /// While the rules of a policy are planned: those of each document, and documents that were asked for meanwhile.
  private var groups: [ObjectIdentifier: [ResolvedRule]] = [:]
  private var pending: [(document: Document, rules: [ResolvedRule])] = []
  /// Places of counted expressions by counter, when the plan counts.
  var counted: [SourceLocation]?
  private var counters: [SourceLocation: Int] = [:]

  init(root: DocumentTree, data: Value, inputs: InputPaths, numberCount: Int, replacedBuiltins: Set<String>) {
    self.root = root
    self.data = data
    self.inputs = inputs
    self.numberCount = numberCount
    self.replacedBuiltins = replacedBuiltins
  }

  func inputSlot(_ path: [Value]) -> Int { inputs.slot(path) }

  /// The counter of an expression.
  func count(_ location: SourceLocation) -> Int? {
    guard counted != nil else { return nil }
    if let number = counters[location] { return number }
    let number = counters.count
    counters[location] = number
    counted?.append(location)
    return number
  }

  func function(_ path: [Text], _ location: SourceLocation) throws(RegoError) -> Document {
    if let document = functions[path] { return document }
    var tree = root
    for name in path {
      guard let child = tree.children[.string(name)] else {
        throw RegoError(.type, "undefined function data.\(path.map(\.string).joined(separator: "."))", location)
      }
      tree = child
    }
    guard let document = tree.document else {
      throw RegoError(.type, "undefined function data.\(path.map(\.string).joined(separator: "."))", location)
    }
    functions[path] = document
    return document
  }

  // MARK: Rules

  /// - Parameter packages: those of all modules; each is an object even without rules.
  func plan(_ rules: [ResolvedRule], packages: [[Text]]) throws(RegoErrors) {
    for package in packages { _ = root.descend(package.map { .string($0) }[...], &numberCount) }
    var groups: [[ResolvedRule]] = []
    var positions: [[Value]: Int] = [:]
    for rule in rules {
      if let position = positions[rule.path] {
        groups[position].append(rule)
      } else {
        positions[rule.path] = groups.count
        groups.append([rule])
      }
    }
    for group in groups {
      let tree = root.descend(group[0].path[...], &numberCount)
      let document = Document(kind: Self.kind(group), path: group[0].path, number: numberCount)
      numberCount += 1
      document.location = group[0].location
      document.tree = tree
      tree.document = document
      self.groups[ObjectIdentifier(document)] = group
      documents.append(document)
    }
    root.sort()
    var errors: [RegoError] = []
    for (document, group) in zip(documents, groups) {
      do throws(RegoError) {
        try plan(group, document)
      } catch {
        errors.append(error)
      }
    }
    while let (document, rules) = pending.popLast() {
      do throws(RegoError) {
        try plan(rules, document)
      } catch {
        errors.append(error)
      }
    }
    self.groups = [:]
    if !errors.isEmpty { throw RegoErrors(errors) }
  }

  /// The document's rules as a function of the first key: with the key bound before the bodies run, a member costs what
  /// it costs, and not what the whole document does. nil where the rules do not allow that.
  func keyed(_ document: Document) -> Document? {
    if let keyed = document.keyed { return keyed }
    guard let rules = groups[ObjectIdentifier(document)] else { return nil }
    var functions: [ResolvedRule] = []
    for var rule in rules {
      let key: ResolvedTerm
      switch (document.kind, rule.kind) {
      case (.set, .element) where rule.branches.count == 1:
        key = rule.branches[0].value
        rule.branches[0].value = ResolvedTerm(.constant(true), key.location)
      case (.object, .value) where rule.trailing.count == 1 && document.tree?.children.isEmpty == true:
        key = rule.trailing[0]
      default: return nil
      }
      guard Self.isPattern(key) else { return nil }
      rule.kind = .function([key])
      rule.trailing = []
      functions.append(rule)
    }
    let keyed = Document(kind: .function, path: document.path, number: numberCount)
    numberCount += 1
    keyed.isMember = document.kind == .object
    keyed.location = document.location
    document.keyed = keyed
    documents.append(keyed)
    pending.append((keyed, functions))
    return keyed
  }

  private static func isPattern(_ term: ResolvedTerm) -> Bool {
    switch term.node {
    case .constant, .local: true
    case .array(let elements): elements.allSatisfy(isPattern)
    default: false
    }
  }

  private static func kind(_ rules: [ResolvedRule]) -> Document.Kind {
    if rules.contains(where: { !$0.trailing.isEmpty }) { return .object }
    switch rules[0].kind {
    case .value: return .complete
    case .element: return .set
    // Without parameters a function is a complete rule, as in OPA.
    case .function(let parameters): return parameters.isEmpty ? .complete : .function
    }
  }

  private func plan(_ rules: [ResolvedRule], _ document: Document) throws(RegoError) {
    var conditions: [RuleConditions] = []
    var constants: Set<Value>? = []
    for rule in rules {
      let plan = try plan(rule, document)
      if rule.isDefault {
        document.defaultRule = plan
        continue
      }
      for branch in rule.branches {
        if case .constant(let value) = branch.value.node { constants?.insert(value) } else { constants = nil }
      }
      conditions.append(RuleConditions(plan, rule))
    }
    document.hasOneValue = constants?.count == 1
    document.rules = RuleConditions.index(conditions) { subject in
      switch subject {
      case .input(let path): InputNode(inputSlot(path))
      case .argument(let index): LocalNode(index)
      }
    }
  }

  private func plan(_ rule: ResolvedRule, _ document: Document) throws(RegoError) -> RulePlan {
    var planner = BodyPlanner(policy: self, localCount: rule.localCount)
    let resultSlot = planner.newSlot()
    var argumentSlots: [Int] = []
    if case .function(let patterns) = rule.kind {
      for pattern in patterns {
        if case .local(let local) = pattern.node, !argumentSlots.contains(Int(local.slot)) {
          argumentSlots.append(Int(local.slot))
        } else {
          argumentSlots.append(planner.newSlot())
        }
      }
    }
    var blocks: [Block] = []
    for branch in rule.branches {
      planner.restart(localCount: rule.localCount)
      var sequence = BodyPlanner.Sequence()
      if case .function(let patterns) = rule.kind {
        for (pattern, slot) in zip(patterns, argumentSlots) {
          if case .local(let local) = pattern.node, Int(local.slot) == slot { planner.bind(local) }
        }
        for (pattern, slot) in zip(patterns, argumentSlots) {
          if case .local(let local) = pattern.node, Int(local.slot) == slot { continue }
          let pattern = try planner.pattern(pattern, &sequence)
          sequence.add(MatchStep(pattern, LocalNode(slot)))
        }
      }
      if let number = count(branch.location) { sequence.add(CountStep(number)) }
      try planner.plan(branch.body, &sequence)
      let value = try planner.node(branch.value, &sequence)
      switch document.kind {
      case .complete, .function:
        blocks.append(
          sequence.block(
            ValueTail(
              term: value, slot: resultSlot, location: branch.location, conflictMessage: document.conflictMessage)))
      case .set: blocks.append(sequence.block(CollectTail(value, isSet: true)))
      case .object:
        var path: [TermNode] = []
        for term in rule.trailing { path.append(try planner.node(term, &sequence)) }
        var isElement = false
        if case .element = rule.kind { isElement = true }
        blocks.append(
          sequence.block(MemberTail(path: path, term: value, isElement: isElement, location: branch.location)))
      }
    }
    if planner.isCostly { document.isCostly = true }
    return RulePlan(
      branches: blocks, frameSize: planner.slotCount, resultSlot: resultSlot, argumentSlots: argumentSlots,
      location: rule.location)
  }
}
