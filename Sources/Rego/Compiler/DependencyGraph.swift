/// Which rules a rule reads: nodes are rules, and the subtrees of the rule tree, so that a reference to a whole package
/// costs one edge and not one for each rule in it. Source: OPA v1/ast/compile.go, `GetRulesDynamicWithOpts`.
struct DependencyGraph {
  /// By node; rules come first, in their order.
  private(set) var edges: [[Int32]]
  private let ruleCount: Int
  private var subtrees: [ObjectIdentifier: Int32] = [:]

  init(_ rules: [ResolvedRule], _ tree: RuleTree) {
    ruleCount = rules.count
    edges = Array(repeating: [], count: rules.count)
    for (index, rule) in rules.enumerated() {
      var references = ReferenceCollector()
      references.add(rule)
      var found: [Int32] = []
      var seen: Set<Int32> = []
      func note(_ node: Int32) { if seen.insert(node).inserted { found.append(node) } }
      for path in references.paths { walk(path[...], tree, note) }
      edges[index] = found
    }
  }

  /// A segment of a reference: nil where it is not known before evaluation.
  typealias Path = [Value?]

  private mutating func walk(_ path: ArraySlice<Value?>, _ node: RuleTree, _ note: (Int32) -> Void) {
    guard let first = path.first else { return note(subtree(node)) }
    if let key = first {
      guard let child = node.children[key] else { return }
      for rule in child.rules { note(Int32(rule)) }
      walk(path.dropFirst(), child, note)
    } else if path.count == 1 {
      note(subtree(node))
    } else {
      for child in node.children.values {
        for rule in child.rules { note(Int32(rule)) }
        walk(path.dropFirst(), child, note)
      }
    }
  }

  private mutating func subtree(_ node: RuleTree) -> Int32 {
    if let known = subtrees[ObjectIdentifier(node)] { return known }
    let index = Int32(edges.count)
    subtrees[ObjectIdentifier(node)] = index
    edges.append([])
    var out = node.rules.map { Int32($0) }
    for child in node.children.values { out.append(subtree(child)) }
    edges[Int(index)] = out
    return index
  }

  /// Strongly connected components, each after those it depends on (Tarjan, without recursion: chains may be long).
  func components() -> [[Int32]] {
    var result: [[Int32]] = []
    var index = [Int32](repeating: -1, count: edges.count)
    var low = [Int32](repeating: 0, count: edges.count)
    var onStack = [Bool](repeating: false, count: edges.count)
    var stack: [Int32] = []
    var next: Int32 = 0
    var calls: [(node: Int32, edge: Int)] = []
    for start in edges.indices where index[start] < 0 {
      calls.append((Int32(start), 0))
      while let (node, edge) = calls.last {
        let current = Int(node)
        if edge == 0, index[current] < 0 {
          index[current] = next
          low[current] = next
          next += 1
          stack.append(node)
          onStack[current] = true
        }
        if edge < edges[current].count {
          calls[calls.count - 1].edge += 1
          let target = Int(edges[current][edge])
          if index[target] < 0 {
            calls.append((Int32(target), 0))
          } else if onStack[target] {
            low[current] = min(low[current], index[target])
          }
          continue
        }
        calls.removeLast()
        if let parent = calls.last { low[Int(parent.node)] = min(low[Int(parent.node)], low[current]) }
        if low[current] == index[current] {
          var component: [Int32] = []
          while let member = stack.popLast() {
            onStack[Int(member)] = false
            component.append(member)
            if member == node { break }
          }
          result.append(component)
        }
      }
    }
    return result
  }

  /// Rules in order: each after those it reads, unless they read each other.
  func order() -> [Int] {
    components().joined().compactMap { Int($0) < ruleCount ? Int($0) : nil }
  }

  /// A way from a rule back to itself, as rules; nil when there is none.
  func cycle(from rule: Int, within component: Set<Int32>) -> [Int]? {
    var previous: [Int32: Int32] = [:]
    var queue: [Int32] = [Int32(rule)]
    var head = 0
    while head < queue.count {
      let node = queue[head]
      head += 1
      for target in edges[Int(node)] where component.contains(target) {
        if target == Int32(rule) {
          var path: [Int] = [rule]
          var current = node
          while current != Int32(rule) {
            if Int(current) < ruleCount { path.append(Int(current)) }
            guard let before = previous[current] else { break }
            current = before
          }
          path.append(rule)
          return path.reversed()
        }
        if previous[target] == nil {
          previous[target] = node
          queue.append(target)
        }
      }
    }
    return nil
  }
}

/// The references to `data` in a rule.
struct ReferenceCollector {
  private(set) var paths: [DependencyGraph.Path] = []

  mutating func add(_ rule: ResolvedRule) {
    if case .function(let arguments) = rule.kind { for argument in arguments { add(argument) } }
    for term in rule.trailing { add(term) }
    for branch in rule.branches {
      add(branch.value)
      add(branch.body)
    }
  }

  mutating func add(_ body: ResolvedBody) { for expression in body.expressions { add(expression) } }

  mutating func add(_ expression: ResolvedExpression) {
    switch expression.node {
    case .term(let term): add(term)
    case .unify(let left, let right):
      add(left)
      add(right)
    case .someIn(let key, let value, let domain):
      if let key { add(key) }
      add(value)
      // The reference goes one segment further than the domain.
      if case .reference(.data, let path) = domain.node {
        for term in path { add(term) }
        paths.append(path.map(\.constant) + [nil])
      } else {
        add(domain)
      }
    case .every(_, _, let domain, let body):
      add(domain)
      add(body)
    case .not(let body): add(body)
    }
    for with in expression.with {
      switch with.target {
      case .data(let path): paths.append(path)
      case .function(let path): paths.append(path.map { .string($0) })
      case .input, .builtin: break
      }
      switch with.replacement {
      case .term(let term): add(term)
      case .callee(let callee): add(callee)
      }
    }
  }

  private mutating func add(_ callee: Callee) {
    if case .function(let path) = callee { paths.append(path.map { .string($0) }) }
  }

  mutating func add(_ term: ResolvedTerm) {
    switch term.node {
    case .constant, .local: break
    case .reference(let root, let path):
      switch root {
      case .input, .local: break
      case .data: paths.append(path.map(\.constant))
      case .term(let term): add(term)
      }
      for term in path { add(term) }
    case .call(let callee, let operands):
      add(callee)
      for operand in operands { add(operand) }
    case .array(let terms), .set(let terms), .template(let terms): for term in terms { add(term) }
    case .object(let members):
      for (key, value) in members {
        add(key)
        add(value)
      }
    case .arrayComprehension(let head, let body), .setComprehension(let head, let body):
      add(head)
      add(body)
    case .objectComprehension(let key, let value, let body):
      add(key)
      add(value)
      add(body)
    }
  }
}
