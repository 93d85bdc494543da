/// Plans the bodies and terms of one rule or query, left to right, knowing at each point which slots are bound.
struct BodyPlanner {
  let policy: PolicyPlanner
  private(set) var bound: [Bool]
  private(set) var slotCount: Int
  /// Something planned here iterates or calls a function of the policy.
  var isCostly = false

  init(policy: PolicyPlanner, localCount: Int) {
    self.policy = policy
    bound = [Bool](repeating: false, count: localCount)
    slotCount = localCount
  }

  /// What a body has so far: steps, and generators that run what follows.
  struct Sequence {
    enum Item {
      case step(Step)
      case generator((Block) -> Tail)
    }
    var items: [Item] = []

    mutating func add(_ step: Step) { items.append(.step(step)) }
    mutating func add(_ generator: @escaping (Block) -> Tail) { items.append(.generator(generator)) }

    /// Steps between generators become blocks, from the end to the beginning.
    func block(_ tail: Tail) -> Block {
      var tail = tail
      var steps: [Step] = []
      for item in items.reversed() {
        switch item {
        case .step(let step): steps.append(step)
        case .generator(let make):
          tail = make(Block(steps.reversed(), tail))
          steps = []
        }
      }
      return Block(steps.reversed(), tail)
    }
  }

  mutating func newSlot() -> Int {
    bound.append(true)
    slotCount += 1
    return slotCount - 1
  }

  func isBound(_ local: Local) -> Bool { bound[Int(local.slot)] }
  mutating func bind(_ local: Local) { bound[Int(local.slot)] = true }
  /// Forgets what is bound, but no slots: for the next `else`.
  mutating func restart(localCount: Int) {
    for slot in 0..<localCount { bound[slot] = false }
  }

  // MARK: Bodies

  mutating func plan(_ body: ResolvedBody, _ sequence: inout Sequence) throws(RegoError) {
    for expression in body.expressions { try plan(expression, &sequence) }
  }

  /// A body of its own inside the frame: what it binds is not bound afterwards.
  mutating func nested(
    _ body: ResolvedBody, _ tail: (inout BodyPlanner, inout Sequence) throws(RegoError) -> Tail
  ) throws(RegoError) -> Block {
    let outer = bound
    var sequence = Sequence()
    try plan(body, &sequence)
    let end = try tail(&self, &sequence)
    for slot in outer.indices { bound[slot] = outer[slot] }
    return sequence.block(end)
  }

  private mutating func plan(_ expression: ResolvedExpression, _ sequence: inout Sequence) throws(RegoError) {
    if let number = policy.count(expression.location) { sequence.add(CountStep(number)) }
    if expression.with.isEmpty {
      try plan(expression.node, expression.location, &sequence)
      return
    }
    var replacements: [(target: WithTail.Target, replacement: WithTail.Replacement)] = []
    for with in expression.with {
      let target: WithTail.Target
      switch with.target {
      case .input(let path): target = .input(path)
      case .data(let path): target = .data(path)
      case .builtin(let name): target = .builtin(name)
      case .function(let path): target = .function(try policy.function(path, with.location))
      }
      switch with.replacement {
      case .term(let term): replacements.append((target, .term(try node(term, &sequence))))
      case .callee(.builtin(let builtin)): replacements.append((target, .callee(.builtin(builtin))))
      case .callee(.function(let path)):
        replacements.append((target, .callee(.function(try policy.function(path, with.location)))))
      }
    }
    var inner = Sequence()
    try plan(expression.node, expression.location, &inner)
    sequence.add { next in WithTail(replacements, inner: inner.block(LeaveWithTail(next))) }
  }

  private mutating func plan(
    _ expression: ResolvedExpression.Node, _ location: SourceLocation, _ sequence: inout Sequence
  ) throws(RegoError) {
    switch expression {
    case .term(let term): try planTest(term, &sequence)
    case .unify(let left, let right): try unify(left, right, location, &sequence)
    case .not(let body):
      sequence.add(NotStep(try nested(body) { (_, _) throws(RegoError) in SucceedTail() }))
    case .every(let key, let value, let domain, let body):
      isCostly = true
      let domain = try node(domain, &sequence)
      let outer = bound
      if let key { bind(key) }
      if let value { bind(value) }
      let block = try nested(body) { (_, _) throws(RegoError) in SucceedTail() }
      for slot in outer.indices { bound[slot] = outer[slot] }
      sequence.add(
        EveryStep(domain: domain, key: key.map { Int($0.slot) }, element: value.map { Int($0.slot) }, body: block))
    case .someIn(let key, let value, let domain):
      let domain = try node(domain, &sequence)
      var keyPattern: PatternNode?
      if let key { keyPattern = try pattern(key, &sequence) }
      let element = try pattern(value, &sequence)
      isCostly = true
      sequence.add { next in SomeInTail(domain: domain, key: keyPattern, element: element, next: next) }
    }
  }

  private mutating func planTest(_ term: ResolvedTerm, _ sequence: inout Sequence) throws(RegoError) {
    if case .call(.builtin(let builtin), let operands) = term.node, builtin.name == "equal", operands.count == 2 {
      let left = try node(operands[0], &sequence)
      let right = try node(operands[1], &sequence)
      sequence.add(equalStep(left, right))
      return
    }
    sequence.add(TestStep(try node(term, &sequence)))
  }

  private func equalStep(_ left: TermNode, _ right: TermNode) -> Step {
    if let constant = right.constant { return equalStep(left, constant) }
    if let constant = left.constant { return equalStep(right, constant) }
    return EqualStep(left, right)
  }

  private func equalStep(_ term: TermNode, _ constant: Value) -> Step {
    if constant.isUndefined { return FailStep() }
    if let input = term as? InputNode { return InputEqualStep(input.slot, constant) }
    return EqualConstantStep(term, constant)
  }

  // MARK: Unification

  private mutating func unify(
    _ left: ResolvedTerm, _ right: ResolvedTerm, _ location: SourceLocation, _ sequence: inout Sequence
  ) throws(RegoError) {
    var pairs = [(left, right)]
    while !pairs.isEmpty {
      var deferred: [(ResolvedTerm, ResolvedTerm)] = []
      var index = 0
      while index < pairs.count {
        let (left, right) = pairs[index]
        index += 1
        if let parts = Self.parts(left, right), hasOpenPattern(left) || hasOpenPattern(right) {
          guard let parts else {
            sequence.add(FailStep())
            // What both sides mention counts as bound from here: nothing runs after this.
            bindAll(left)
            bindAll(right)
            continue
          }
          pairs.insert(contentsOf: parts, at: index)
        } else if !hasOpenPattern(right), isReady(right) {
          try match(left, right, &sequence)
        } else if !hasOpenPattern(left), isReady(left) {
          try match(right, left, &sequence)
        } else {
          deferred.append((left, right))
        }
      }
      if deferred.count == pairs.count {
        throw RegoError(.unsafeVariable, "expression cannot be ordered", location)
      }
      pairs = deferred
    }
  }

  /// The pattern takes the value of a term that has no open variables.
  private mutating func match(
    _ left: ResolvedTerm, _ right: ResolvedTerm, _ sequence: inout Sequence
  ) throws(RegoError) {
    if case .call(.builtin(let builtin), let operands) = right.node, builtin.name == "walk", operands.count == 1 {
      try planWalk(operands[0], left, &sequence)
      return
    }
    if case .local(let local) = left.node, !isBound(local) {
      let value = try node(right, &sequence)
      // `x = xs[x]` binds on the way to the value.
      if isBound(local) {
        sequence.add(equalStep(LocalNode(Int(local.slot)), value))
      } else {
        bind(local)
        sequence.add(BindStep(Int(local.slot), value))
      }
    } else if hasOpenPattern(left) {
      let value = try node(right, &sequence)
      let pattern = try pattern(left, &sequence)
      sequence.add(MatchStep(pattern, value))
    } else {
      let leftNode = try node(left, &sequence)
      let rightNode = try node(right, &sequence)
      sequence.add(equalStep(leftNode, rightNode))
    }
  }

  /// Elements to unify one by one where both sides are literals; nil inside where they cannot be equal.
  private static func parts(_ left: ResolvedTerm, _ right: ResolvedTerm) -> [(ResolvedTerm, ResolvedTerm)]?? {
    switch (left.node, right.node) {
    case (.array(let left), .array(let right)):
      return .some(left.count == right.count ? Array(zip(left, right)) : nil)
    case (.array(let elements), .constant(let value)):
      guard case .array(let array) = value, array.count == elements.count else { return .some(nil) }
      return .some(zip(elements, array.elements).map { ($0, ResolvedTerm(.constant($1), $0.location)) })
    case (.constant, .array):
      guard case .some(let swapped) = parts(right, left) else { return nil }
      return .some(swapped?.map { ($0.1, $0.0) })
    case (.object(let left), .object(let right)):
      var members: [Value: ResolvedTerm] = [:]
      for (key, value) in right {
        guard case .constant(let key) = key.node else { return nil }
        members[key] = value
      }
      guard left.count == right.count else { return .some(nil) }
      var pairs: [(ResolvedTerm, ResolvedTerm)] = []
      for (key, value) in left {
        guard case .constant(let key) = key.node else { return nil }
        guard let other = members[key] else { return .some(nil) }
        pairs.append((value, other))
      }
      return .some(pairs)
    default: return nil
    }
  }

  /// Has unbound locals that taking a value would bind.
  private func hasOpenPattern(_ term: ResolvedTerm) -> Bool {
    switch term.node {
    case .local(let local): !isBound(local)
    case .array(let elements): elements.contains { hasOpenPattern($0) }
    case .object(let members): members.contains { hasOpenPattern($0.value) }
    default: false
    }
  }

  private mutating func bindAll(_ term: ResolvedTerm) {
    switch term.node {
    case .local(let local): bind(local)
    case .array(let elements): for element in elements { bindAll(element) }
    case .object(let members): for (_, value) in members { bindAll(value) }
    case .reference(_, let path): for element in path { bindAll(element) }
    default: break
    }
  }

  /// Everything that the term needs is bound; elements of a path may be open, as they are iterated.
  private func isReady(_ term: ResolvedTerm) -> Bool {
    switch term.node {
    case .constant, .template, .arrayComprehension, .setComprehension, .objectComprehension: return true
    case .local(let local): return isBound(local)
    case .call(_, let operands): return operands.allSatisfy { isReady($0) }
    case .array(let elements), .set(let elements): return elements.allSatisfy { isReady($0) }
    case .object(let members): return members.allSatisfy { isReady($0.key) && isReady($0.value) }
    case .reference(let root, let path):
      switch root {
      case .local(let local): if !isBound(local) { return false }
      case .term(let term): if !isReady(term) { return false }
      case .input, .data: break
      }
      // A call in the path may need what an element before it binds.
      var planner = self
      for element in path {
        if planner.hasOpenPattern(element) {
          planner.bindAll(element)
        } else if !planner.isReady(element) {
          return false
        } else {
          planner.bindAll(element)
        }
      }
      return true
    }
  }

  /// A pattern; its unbound locals are bound from here on.
  mutating func pattern(_ term: ResolvedTerm, _ sequence: inout Sequence) throws(RegoError) -> PatternNode {
    switch term.node {
    case .local(let local) where !isBound(local):
      bind(local)
      return BindPattern(Int(local.slot))
    case .array(let elements) where hasOpenPattern(term):
      var patterns: [PatternNode] = []
      for element in elements { patterns.append(try pattern(element, &sequence)) }
      return ArrayPattern(patterns)
    case .object(let members) where hasOpenPattern(term):
      var keys: [TermNode] = []
      var values: [PatternNode] = []
      for (key, value) in members {
        keys.append(try node(key, &sequence))
        values.append(try pattern(value, &sequence))
      }
      return ObjectPattern(keys: keys, values: values)
    default: return ComparePattern(try node(term, &sequence))
    }
  }

  private mutating func planWalk(
    _ document: ResolvedTerm, _ result: ResolvedTerm, _ sequence: inout Sequence
  ) throws(RegoError) {
    let document = try node(document, &sequence)
    if case .array(let elements) = result.node, elements.count == 2 {
      let path = try pattern(elements[0], &sequence)
      let element = try pattern(elements[1], &sequence)
      sequence.add { next in WalkTail(document: document, path: path, element: element, next: next) }
      return
    }
    let element = try pattern(result, &sequence)
    sequence.add { next in WalkTail(document: document, path: nil, element: element, next: next) }
  }
}
