/// Packages and rules by path below `data`.
///
/// Sendable because nothing is added once the compilation that made it is over.
final class RuleTree: @unchecked Sendable {
  private(set) var children: [Value: RuleTree] = [:]
  /// Indices of the rules whose constant path ends here.
  private(set) var rules: [Int] = []
  /// Count of arguments when the rules here are functions; without arguments they are rules like others.
  private(set) var arity: Int?
  /// A module declares this package.
  private(set) var isPackage = false

  init() {}

  func addPackage(_ path: [Text]) { node(path.map { .string($0) }).isPackage = true }

  func addRule(_ index: Int, at path: [Value], arity: Int?) {
    let node = node(path)
    node.rules.append(index)
    if let arity, arity > 0 { node.arity = arity }
  }

  /// Rules here or below, other packages apart.
  var holdsRules: Bool {
    !rules.isEmpty || !isPackage && children.values.contains { $0.holdsRules }
  }

  func find(_ path: some Sequence<Value>) -> RuleTree? {
    var node = self
    for key in path {
      guard let child = node.children[key] else { return nil }
      node = child
    }
    return node
  }

  private func node(_ path: [Value]) -> RuleTree {
    var node = self
    for key in path {
      if let child = node.children[key] {
        node = child
      } else {
        let child = RuleTree()
        node.children[key] = child
        node = child
      }
    }
    return node
  }
}
