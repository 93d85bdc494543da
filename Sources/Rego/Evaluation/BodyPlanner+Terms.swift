extension BodyPlanner {
  /// A term with one value; iterations in it are put before it, their value in a slot.
  mutating func node(_ term: ResolvedTerm, _ sequence: inout Sequence) throws(RegoError) -> TermNode {
    switch term.node {
    case .constant(let value): return ConstantNode(value)
    case .local(let local):
      guard isBound(local) else { throw RegoError(.unsafeVariable, "variable is not bound", term.location) }
      return LocalNode(Int(local.slot))
    case .reference(let root, let path): return try reference(root, path, term.location, &sequence)
    case .call(let callee, let operands): return try call(callee, operands, term.location, &sequence)
    case .array(let elements):
      let nodes = try nodes(elements, &sequence)
      return Self.folded(nodes) { .array(ValueArray($0)) } ?? ArrayNode(nodes)
    case .set(let elements):
      let nodes = try nodes(elements, &sequence)
      return Self.folded(nodes) { .set(ValueSet($0)) } ?? SetNode(nodes)
    case .object(let members):
      var keys: [TermNode] = []
      var values: [TermNode] = []
      for (key, value) in members {
        keys.append(try node(key, &sequence))
        values.append(try node(value, &sequence))
      }
      return ObjectNode(keys: keys, values: values, location: term.location)
    case .arrayComprehension(let head, let body): return ComprehensionNode(.array, try collecting(head, body))
    case .setComprehension(let head, let body): return ComprehensionNode(.set, try collecting(head, body))
    case .objectComprehension(let key, let value, let body):
      return ObjectComprehensionNode(
        try nested(body) { (planner, sequence) throws(RegoError) in
          let key = try planner.node(key, &sequence)
          let value = try planner.node(value, &sequence)
          return MemberTail(path: [key], term: value, isElement: false, location: term.location)
        })
    case .template(let parts):
      var planned: [TemplateNode.Part] = []
      for part in parts {
        switch part.node {
        case .constant(.string(let text)): planned.append(.text(text))
        case .local(let local) where isBound(local): planned.append(.term(LocalNode(Int(local.slot))))
        case .constant(.set(let set)) where set.count == 1: planned.append(.term(ConstantNode(set.elements[0])))
        default: planned.append(.body(try closure(part), part.location))
        }
      }
      return TemplateNode(planned)
    }
  }

  private mutating func nodes(_ terms: [ResolvedTerm], _ sequence: inout Sequence) throws(RegoError) -> [TermNode] {
    var nodes: [TermNode] = []
    for term in terms { nodes.append(try node(term, &sequence)) }
    return nodes
  }

  private static func folded(_ nodes: [TermNode], _ make: ([Value]) -> Value) -> TermNode? {
    var values: [Value] = []
    for node in nodes {
      guard let value = node.constant else { return nil }
      values.append(value)
    }
    return ConstantNode(make(values))
  }

  /// What collects the values of an operand that may have none; the resolver makes these set comprehensions.
  private mutating func closure(_ part: ResolvedTerm) throws(RegoError) -> Block {
    switch part.node {
    case .setComprehension(let head, let body): try collecting(head, body)
    case .set(let elements) where elements.count == 1: try collecting(elements[0], ResolvedBody([]))
    case .constant(.set(let set)) where set.count == 1:
      try collecting(ResolvedTerm(.constant(set.elements[0]), part.location), ResolvedBody([]))
    default: try collecting(part, ResolvedBody([]))
    }
  }

  /// A body that collects a term.
  mutating func collecting(_ head: ResolvedTerm, _ body: ResolvedBody) throws(RegoError) -> Block {
    try nested(body) { (planner, sequence) throws(RegoError) in
      CollectTail(try planner.node(head, &sequence))
    }
  }

  // MARK: Calls

  private mutating func call(
    _ callee: Callee, _ operands: [ResolvedTerm], _ location: SourceLocation, _ sequence: inout Sequence
  ) throws(RegoError) -> TermNode {
    switch callee {
    case .function(let path):
      let document = try policy.function(path, location)
      isCostly = true
      if operands.isEmpty, document.kind == .complete { return DocumentNode(document) }
      return FunctionCallNode(document, try nodes(operands, &sequence), location)
    case .builtin(let builtin):
      if builtin.name == "internal.print", operands.count == 1, case .array(let parts) = operands[0].node {
        var blocks: [Block] = []
        for part in parts { blocks.append(try closure(part)) }
        return PrintNode(blocks)
      }
      if builtin.name == "walk", operands.count == 1 {
        let document = try node(operands[0], &sequence)
        let slot = newSlot()
        sequence.add { next in
          WalkTail(document: document, path: nil, element: BindPattern(slot), next: next)
        }
        return LocalNode(slot)
      }
      return builtinCall(builtin, try nodes(operands, &sequence), location)
    }
  }

  private func builtinCall(_ builtin: Builtin, _ operands: [TermNode], _ location: SourceLocation) -> TermNode {
    if operands.count == 2, !policy.replacedBuiltins.contains(builtin.name) {
      if let comparison = Comparison(rawValue: builtin.name) {
        return CompareNode(comparison, operands[0], operands[1])
      }
      if builtin.name == "internal.member_2" { return MemberNode(key: nil, element: operands[0], domain: operands[1]) }
      if let operation = ArithmeticNode.Operation(rawValue: builtin.name) {
        return ArithmeticNode(operation, operands[0], operands[1], builtin, location)
      }
    }
    if operands.count == 3, builtin.name == "internal.member_3" {
      return MemberNode(key: operands[0], element: operands[1], domain: operands[2])
    }
    let call = BuiltinCallNode(builtin, operands, location)
    switch builtin.name {
    case "glob.match": return GlobMatchNode(operands, call) ?? call
    case "net.cidr_contains": return NetworkContainsNode(operands, call) ?? call
    default: return call
    }
  }

  // MARK: References

  private mutating func reference(
    _ root: ResolvedTerm.Root, _ path: [ResolvedTerm], _ location: SourceLocation, _ sequence: inout Sequence
  ) throws(RegoError) -> TermNode {
    let rootNode: TermNode?
    switch root {
    case .data: rootNode = nil
    case .input:
      var keys: [Value] = []
      for element in path {
        guard case .constant(let key) = element.node else { break }
        keys.append(key)
      }
      let input = InputNode(policy.inputSlot(keys))
      return try reference(below: input, Array(path.dropFirst(keys.count)), location, &sequence)
    case .local(let local):
      guard isBound(local) else { throw RegoError(.unsafeVariable, "variable is not bound", location) }
      rootNode = LocalNode(Int(local.slot))
    case .term(let term): rootNode = try node(term, &sequence)
    }
    if let rootNode { return try reference(below: rootNode, path, location, &sequence) }
    return try dataReference(path, location, &sequence)
  }

  private mutating func reference(
    below root: TermNode, _ path: [ResolvedTerm], _ location: SourceLocation, _ sequence: inout Sequence
  ) throws(RegoError) -> TermNode {
    if path.isEmpty { return root }
    let (elements, isOpen) = try elements(path, &sequence)
    if !isOpen { return Self.lookUp(root, Self.bound(elements)) }
    let target = newSlot()
    isCostly = true
    sequence.add { next in ReferenceTail(root: .term(root), path: elements, target: target, next: next) }
    return LocalNode(target)
  }

  private mutating func elements(
    _ path: [ResolvedTerm], _ sequence: inout Sequence
  ) throws(RegoError) -> (elements: [ReferenceTail.Element], isOpen: Bool) {
    var elements: [ReferenceTail.Element] = []
    var isOpen = false
    for element in path {
      let pattern = try pattern(element, &sequence)
      if let compared = pattern as? ComparePattern {
        elements.append(.bound(compared.term))
      } else {
        isOpen = true
        elements.append(.pattern(pattern))
      }
    }
    return (elements, isOpen)
  }

  private static func bound(_ elements: [ReferenceTail.Element]) -> [TermNode] {
    elements.compactMap { if case .bound(let node) = $0 { node } else { nil } }
  }

  private static func lookUp(_ root: TermNode, _ path: [TermNode], isBase: Bool = false) -> TermNode {
    var root = root
    var path = path[...]
    while let held = root.constant, let key = path.first?.constant {
      root = ConstantNode(isBase ? held.lookUpBase(key) : held.lookUp(key))
      path = path.dropFirst()
    }
    if path.isEmpty { return root }
    if let local = root as? LocalNode, path.count == 1, let key = path.first?.constant {
      return LocalMemberNode(local.slot, key)
    }
    return LookUpNode(root, Array(path), isBase: isBase)
  }

  private mutating func dataReference(
    _ path: [ResolvedTerm], _ location: SourceLocation, _ sequence: inout Sequence
  ) throws(RegoError) -> TermNode {
    let (elements, isOpen) = try elements(path, &sequence)
    let root = policy.root
    // As far down as constants lead through names that have rules.
    var tree = root
    var base = policy.data
    var position = 0
    descent: while position < elements.count, tree.visibleDocument == nil {
      guard case .bound(let node) = elements[position], let key = node.constant, let child = tree.children[key] else {
        break descent
      }
      tree = child
      base = base.lookUp(key)
      position += 1
    }
    let rest = Array(elements[position...])
    if isOpen {
      let target = newSlot()
      isCostly = true
      if tree.visibleDocument == nil, let first = rest.first, case .pattern = first {
        sequence.add { next in
          ReferenceTail(
            root: .data(root, start: tree, base: base, skipped: position), path: elements, target: target, next: next)
        }
        return LocalNode(target)
      }
      // Elements after the names are walked in the value there; `with` on data starts over at the root.
      let start = tree.visibleDocument.map { DocumentNode($0) as TermNode }
      sequence.add { next in
        DataReferenceTail(
          root: root, start: start, startPosition: position, tree: tree, base: base, path: elements, target: target,
          next: next)
      }
      return LocalNode(target)
    }
    let all = Self.bound(elements)
    let below = Self.bound(rest)
    let direct: TermNode
    if let document = tree.visibleDocument {
      if !below.isEmpty, document.kind != .complete, let keyed = policy.keyed(document) {
        direct = MemberLookUpNode(document, keyed, below[0], Array(below.dropFirst()), location)
      } else {
        direct = Self.lookUp(DocumentNode(document), below)
      }
    } else if below.isEmpty {
      direct = TreeNode(tree, base: base)
    } else if let key = below[0].constant, tree.children[key] == nil {
      direct = Self.lookUp(ConstantNode(base), below, isBase: true)
    } else if tree === root, root.children.isEmpty {
      direct = Self.lookUp(ConstantNode(base), below, isBase: true)
    } else {
      direct = TreeLookUpNode(tree, base: base, path: below)
    }
    return DataNode(root: root, direct: direct, path: all)
  }
}
