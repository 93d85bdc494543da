/// `root[path…]` with elements that are bound by iterating; what follows runs with the value in a slot.
final class ReferenceTail: Tail, @unchecked Sendable {
  enum Root {
    case term(TermNode)
    /// `data`: the tree's root, and the place where a reference starts while `with` replaces nothing.
    case data(DocumentTree, start: DocumentTree, base: Value, skipped: Int)
  }

  enum Element {
    case bound(TermNode)
    case pattern(PatternNode)
  }

  let root: Root
  let path: [Element]
  let target: Int
  let next: Block

  init(root: Root, path: [Element], target: Int, next: Block) {
    self.root = root
    self.path = path
    self.target = target
    self.next = next
  }

  override func run(_ frame: Frame) -> Flow {
    switch root {
    case .term(let term):
      let value = term.value(frame)
      if value.isUndefined { return frame.machine.pointee.undefinedFlow }
      return walk(value, 0, frame)
    case .data(let root, let start, let base, let skipped):
      let world = frame.machine.pointee.world
      guard let replaced = world.replaced else {
        return walk(.tree(start, base: base, replaced: nil), skipped, frame)
      }
      if replaced.isReplaced { return walk(world.base, 0, frame) }
      return walk(.tree(root, base: world.base, replaced: replaced), 0, frame)
    }
  }

  private func walk(_ cursor: DataCursor, _ position: Int, _ frame: Frame) -> Flow {
    let machine = frame.machine
    if case .value(let value) = cursor {
      return value.isUndefined ? machine.pointee.undefinedFlow : walk(value, position, frame)
    }
    if stackAddress() < machine.pointee.stackLimit {
      machine.pointee.fail(EvaluationError(.cancelled, "stack budget exceeded"))
      return .failed
    }
    if position == path.count {
      let value = cursor.value(machine)
      return value.isUndefined ? machine.pointee.undefinedFlow : found(value, frame)
    }
    switch path[position] {
    case .bound(let term):
      let key = term.value(frame)
      if key.isUndefined { return machine.pointee.undefinedFlow }
      return walk(cursor.step(key, machine), position + 1, frame)
    case .pattern(let pattern):
      guard case .tree(let tree, let base, _) = cursor else { return .exhausted }
      var seen = 0
      if case .object(let object) = base {
        for key in object.keys {
          if tree.children[key] != nil { seen += 1 }
          let flow = enter(key, pattern, cursor, position, frame)
          if flow != .exhausted { return flow }
        }
      }
      for (key, child) in tree.sorted {
        if seen > 0, !base.lookUp(key).isUndefined { continue }
        if child.document?.kind == .function && child.children.isEmpty { continue }
        let flow = enter(key, pattern, cursor, position, frame)
        if flow != .exhausted { return flow }
      }
      return .exhausted
    }
  }

  private func enter(
    _ key: Value, _ pattern: PatternNode, _ cursor: DataCursor, _ position: Int, _ frame: Frame
  ) -> Flow {
    if !frame.machine.pointee.chargeInstructions(1) { return .failed }
    guard pattern.match(key, frame) else { return frame.machine.pointee.undefinedFlow }
    return walk(cursor.step(key, frame.machine), position + 1, frame)
  }

  private func found(_ value: Value, _ frame: Frame) -> Flow {
    frame.locals[target] = value
    return next.run(frame)
  }

  private func walk(_ value: Value, _ position: Int, _ frame: Frame) -> Flow {
    if position == path.count { return found(value, frame) }
    let machine = frame.machine
    switch path[position] {
    case .bound(let term):
      let key = term.value(frame)
      if key.isUndefined { return machine.pointee.undefinedFlow }
      let below = value.lookUp(key)
      return below.isUndefined ? machine.pointee.undefinedFlow : walk(below, position + 1, frame)
    case .pattern(let pattern):
      if stackAddress() < machine.pointee.stackLimit {
        machine.pointee.fail(EvaluationError(.cancelled, "stack budget exceeded"))
        return .failed
      }
      return each(in: value, frame) { key, element in
        if !pattern.match(key, frame) { return machine.pointee.undefinedFlow }
        return walk(element, position + 1, frame)
      }
    }
  }
}

/// Every key and element, until one answers something else than `.exhausted`.
@inline(__always)
func each(in value: Value, _ frame: Frame, _ body: (Value, Value) -> Flow) -> Flow {
  switch value {
  case .array(let array):
    for index in 0..<array.count {
      if !frame.machine.pointee.chargeInstructions(1) { return .failed }
      let flow = body(.integer(Int64(index)), array[index])
      if flow != .exhausted { return flow }
    }
  case .object(let object):
    for index in 0..<object.count {
      if !frame.machine.pointee.chargeInstructions(1) { return .failed }
      let flow = body(object.keys[index], object.values[index])
      if flow != .exhausted { return flow }
    }
  case .set(let set):
    for index in 0..<set.count {
      if !frame.machine.pointee.chargeInstructions(1) { return .failed }
      let flow = body(set.elements[index], set.elements[index])
      if flow != .exhausted { return flow }
    }
  default: break
  }
  return frame.machine.pointee.undefinedFlow
}

/// `some key, value in domain`.
final class SomeInTail: Tail, @unchecked Sendable {
  let domain: TermNode
  let key: PatternNode?
  let element: PatternNode
  let next: Block
  /// Known before: looked up instead of searched.
  private let boundKey: TermNode?
  private let boundElement: TermNode?

  init(domain: TermNode, key: PatternNode?, element: PatternNode, next: Block) {
    self.domain = domain
    self.key = key
    self.element = element
    self.next = next
    boundKey = (key as? ComparePattern)?.term
    boundElement = (element as? ComparePattern)?.term
  }

  override func run(_ frame: Frame) -> Flow {
    let machine = frame.machine
    let domain = domain.value(frame)
    if domain.isUndefined { return machine.pointee.undefinedFlow }
    if stackAddress() < machine.pointee.stackLimit {
      machine.pointee.fail(EvaluationError(.cancelled, "stack budget exceeded"))
      return .failed
    }
    if let boundKey {
      let keyValue = boundKey.value(frame)
      let value = keyValue.isUndefined ? .undefined : domain.lookUp(keyValue)
      return !value.isUndefined && element.match(value, frame) ? next.run(frame) : machine.pointee.undefinedFlow
    }
    if let boundElement, case .set(let set) = domain {
      let value = boundElement.value(frame)
      if value.isUndefined || !set.contains(value) { return machine.pointee.undefinedFlow }
      if let key, !key.match(value, frame) { return machine.pointee.undefinedFlow }
      return next.run(frame)
    }
    return each(in: domain, frame) { keyValue, value in
      if let key, !key.match(keyValue, frame) { return machine.pointee.undefinedFlow }
      if !element.match(value, frame) { return machine.pointee.undefinedFlow }
      return next.run(frame)
    }
  }
}

/// `walk(document)`: every path and value in it, itself first.
final class WalkTail: Tail, @unchecked Sendable {
  let document: TermNode
  /// Of a two-element result, when it is taken apart right away.
  let path: PatternNode?
  let element: PatternNode
  let next: Block

  init(document: TermNode, path: PatternNode?, element: PatternNode, next: Block) {
    self.document = document
    self.path = path
    self.element = element
    self.next = next
  }

  override func run(_ frame: Frame) -> Flow {
    let value = document.value(frame)
    if value.isUndefined { return frame.machine.pointee.undefinedFlow }
    var keys: [Value] = []
    return walk(value, &keys, frame)
  }

  private func walk(_ value: Value, _ keys: inout [Value], _ frame: Frame) -> Flow {
    let machine = frame.machine
    if stackAddress() < machine.pointee.stackLimit {
      machine.pointee.fail(EvaluationError(.cancelled, "stack budget exceeded"))
      return .failed
    }
    let flow = visit(value, keys, frame)
    if flow != .exhausted { return flow }
    if machine.pointee.undefinedFlow == .failed { return .failed }
    return each(in: value, frame) { key, element in
      keys.append(key)
      let flow = walk(element, &keys, frame)
      keys.removeLast()
      return flow
    }
  }

  private func visit(_ value: Value, _ keys: [Value], _ frame: Frame) -> Flow {
    let machine = frame.machine
    if !machine.pointee.chargeBytes(keys.count &* 16) { return .failed }
    let keysValue = Value.array(ValueArray(keys))
    if let path {
      if !path.match(keysValue, frame) || !element.match(value, frame) { return machine.pointee.undefinedFlow }
    } else if !element.match(.array(ValueArray([keysValue, value])), frame) {
      return machine.pointee.undefinedFlow
    }
    return next.run(frame)
  }
}
