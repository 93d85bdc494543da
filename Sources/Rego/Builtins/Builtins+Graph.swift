/// Graphs and trees. The evaluator runs `walk` itself where it iterates; here it gives all its pairs at once.
enum GraphBuiltins {
  private static let vertices: TypeDescription = .anyOf([.array(of: .any), .set(of: .any)])
  private static let graph: TypeDescription = .object(.any, vertices)

  static let all: [Builtin] = [
    Builtin("graph.reachable", [graph, vertices], .set(of: .any)) { operands, context throws(BuiltinError) in
      let graph = try operands.object(0)
      var queue = try operands.elements(1, mustBe: "{array, set}")
      var reached = ValueObjectBuilder()
      while let node = queue.popLast() {
        try context.charge(instructions: 4, bytes: 16)
        guard reached[node].isUndefined else { continue }
        let edges = graph[node]
        if edges.isUndefined { continue }
        reached[node] = .null
        try context.charge(instructions: edges.elements.count, bytes: edges.elements.count * 16)
        queue += edges.elements
      }
      return .set(ValueSet(sorted: ValueObject(reached).keys))
    },
    Builtin("graph.reachable_paths", [graph, vertices], .set(of: .array(of: .any))) {
      operands, context throws(BuiltinError) in
      let graph = try operands.object(0)
      var paths: [Value] = []
      for node in try operands.elements(1, mustBe: "{array, set}") {
        let edges = graph[node]
        if edges.isUndefined { continue }
        if edges.elements.isEmpty {
          paths.append([node])
          continue
        }
        for neighbor in edges.elements {
          try collect(graph, neighbor, [node], [node], &paths, context)
        }
      }
      return .set(ValueSet(paths))
    },
    Builtin("walk", [.any], .array(fixed: [.array(of: .any), .any], rest: nil)) {
      operands, context throws(BuiltinError) in
      var pairs: [Value] = []
      try walk(operands[0], [], &pairs, context)
      return .set(ValueSet(pairs))
    },
  ]

  private static let depthMax = 1000

  private static func collect(
    _ graph: ValueObject, _ node: Value, _ path: [Value], _ reached: Set<Value>, _ paths: inout [Value],
    _ context: any BuiltinContext
  ) throws(BuiltinError) {
    try context.charge(instructions: path.count + 4, bytes: path.count * 16)
    let edges = graph[node]
    if edges.isUndefined {
      paths.append(.array(ValueArray(path)))
      return
    }
    let path = path + [node]
    guard path.count < depthMax else { throw .halt(.memoryBudget) }
    if edges.elements.isEmpty {
      paths.append(.array(ValueArray(path)))
      return
    }
    let reached = reached.union([node])
    for neighbor in edges.elements {
      if reached.contains(neighbor) {
        paths.append(.array(ValueArray(path)))
      } else {
        try collect(graph, neighbor, path, reached, &paths, context)
      }
    }
  }

  private static func walk(
    _ value: Value, _ path: [Value], _ pairs: inout [Value], _ context: any BuiltinContext
  ) throws(BuiltinError) {
    try context.charge(instructions: path.count + 4, bytes: path.count * 16 + 64)
    pairs.append([.array(ValueArray(path)), value])
    switch value {
    case .array(let array):
      for (index, element) in array.elements.enumerated() {
        try walk(element, path + [.integer(Int64(index))], &pairs, context)
      }
    case .set(let set):
      for element in set.elements { try walk(element, path + [element], &pairs, context) }
    case .object(let object):
      for (key, member) in zip(object.keys, object.values) { try walk(member, path + [key], &pairs, context) }
    default: break
    }
  }
}
