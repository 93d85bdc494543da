/// A reference below `data` that iterates inside a virtual document or inside base documents.
final class DataReferenceTail: Tail, @unchecked Sendable {
  private let direct: ReferenceTail
  private let replaced: ReferenceTail

  init(
    root: DocumentTree, start: TermNode?, startPosition: Int, tree: DocumentTree, base: Value,
    path: [ReferenceTail.Element], target: Int, next: Block
  ) {
    replaced = ReferenceTail(
      root: .data(root, start: tree, base: base, skipped: startPosition), path: path, target: target, next: next)
    if let start {
      direct = ReferenceTail(root: .term(start), path: Array(path[startPosition...]), target: target, next: next)
      return
    }
    // Constants that lead out of the names are looked up now.
    var position = startPosition
    var value = base
    var leaves = false
    while position < path.count, case .bound(let node) = path[position], let key = node.constant {
      if !leaves, tree.children[key] != nil { break }
      leaves = true
      value = value.lookUpBase(key)
      position += 1
    }
    if leaves {
      direct = ReferenceTail(
        root: .term(ConstantNode(value)), path: Array(path[position...]), target: target, next: next)
    } else {
      direct = replaced
    }
  }

  override func run(_ frame: Frame) -> Flow {
    frame.machine.pointee.world.replaced == nil ? direct.run(frame) : replaced.run(frame)
  }
}

/// A path of which the first element is not known when planning, from a name that has rules below it.
final class TreeLookUpNode: TermNode, @unchecked Sendable {
  let tree: DocumentTree
  let base: Value
  let path: [TermNode]

  init(_ tree: DocumentTree, base: Value, path: [TermNode]) {
    self.tree = tree
    self.base = base
    self.path = path
  }

  override func value(_ frame: Frame) -> Value {
    var cursor = DataCursor.tree(tree, base: base, replaced: nil)
    for element in path {
      let key = element.value(frame)
      if key.isUndefined { return .undefined }
      cursor = cursor.step(key, frame.machine)
      if case .value(.undefined) = cursor { return .undefined }
    }
    return cursor.value(frame.machine)
  }
}
