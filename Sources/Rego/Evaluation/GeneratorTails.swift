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
      return term.look(frame) { value in
        value.pointee.isUndefined ? frame.machine.pointee.undefinedFlow : walk(value, 0, frame)
      }
    case .data(let root, let start, let base, let skipped):
      let world = frame.machine.pointee.world
      guard let replaced = world.replaced else {
        return walk(.tree(start, base: base, replaced: nil), skipped, frame)
      }
      if replaced.isReplaced { return withUnsafePointer(to: world.base) { walk($0, 0, frame) } }
      return walk(.tree(root, base: world.base, replaced: replaced), 0, frame)
    }
  }

  private func walk(_ cursor: DataCursor, _ position: Int, _ frame: Frame) -> Flow {
    let machine = frame.machine
    if case .value(let value) = cursor {
      return value.isUndefined
        ? machine.pointee.undefinedFlow : withUnsafePointer(to: value) { walk($0, position, frame) }
    }
    if isStackUsedUp(machine) { return .failed }
    if position == path.count {
      let value = cursor.value(machine)
      return value.isUndefined
        ? machine.pointee.undefinedFlow : withUnsafePointer(to: value) { walk($0, position, frame) }
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
    guard withUnsafePointer(to: key, { pattern.match($0, frame) }) else { return frame.machine.pointee.undefinedFlow }
    return walk(cursor.step(key, frame.machine), position + 1, frame)
  }

  private func walk(_ value: ValuePlace, _ position: Int, _ frame: Frame) -> Flow {
    let machine = frame.machine
    if position == path.count {
      frame.locals[target] = .undefined
      (frame.locals + target).borrow(value)
      let flow = next.run(frame)
      (frame.locals + target).abandon()
      return flow
    }
    switch path[position] {
    case .bound(let term):
      return withScratch { scratch in
        let place = term.look(frame) { member(value, $0, scratch) }
        return place.pointee.isUndefined ? machine.pointee.undefinedFlow : walk(place, position + 1, frame)
      }
    case .pattern(let pattern):
      if isStackUsedUp(machine) { return .failed }
      // Copied once, so that what the elements stand in stays.
      let container = value.pointee
      pattern.clear(frame)
      let flow = each(in: container, frame) { key, element in
        if !pattern.borrow(key, frame) { return machine.pointee.undefinedFlow }
        return walk(element, position + 1, frame)
      }
      pattern.abandon(frame)
      return flow
    }
  }
}

/// A failure when the native stack is used up.
@inline(__always)
func isStackUsedUp(_ machine: UnsafeMutablePointer<Machine>) -> Bool {
  if stackAddress() >= machine.pointee.stackLimit { return false }
  machine.pointee.fail(EvaluationError(.cancelled, "stack budget exceeded"))
  return true
}

/// Every key and element where they stand, until one answers something else than `.exhausted`; each is charged for.
@inline(__always)
func each(in value: Value, _ frame: Frame, _ body: (ValuePlace, ValuePlace) -> Flow) -> Flow {
  let machine = frame.machine
  let flow = eachPlace(in: value) { key, element in
    machine.pointee.chargeInstructions(1) ? body(key, element) : .failed
  }
  return flow == .exhausted ? machine.pointee.undefinedFlow : flow
}

@inline(__always)
func eachPlace(in value: Value, _ body: (ValuePlace, ValuePlace) -> Flow) -> Flow {
  var flow = Flow.exhausted
  switch value {
  case .array(let array):
    let (start, count) = (array.start, array.count)
    var index = 0
    while index < count, flow == .exhausted {
      flow = withUnsafePointer(to: Value.integer(Int64(index))) { body($0, start + index) }
      index &+= 1
    }
    withExtendedLifetime(array) {}
  case .object(let object):
    let (keys, values, count) = (object.keyStart, object.valueStart, object.count)
    var index = 0
    while index < count, flow == .exhausted {
      flow = body(keys + index, values + index)
      index &+= 1
    }
    withExtendedLifetime(object) {}
  case .set(let set):
    let (start, count) = (set.start, set.count)
    var index = 0
    while index < count, flow == .exhausted {
      flow = body(start + index, start + index)
      index &+= 1
    }
    withExtendedLifetime(set) {}
  default: break
  }
  return flow
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
  /// The slot of the element when nothing else is asked for.
  private let onlySlot: Int?

  init(domain: TermNode, key: PatternNode?, element: PatternNode, next: Block) {
    self.domain = domain
    self.key = key
    self.element = element
    self.next = next
    boundKey = (key as? ComparePattern)?.term
    boundElement = (element as? ComparePattern)?.term
    onlySlot = key == nil ? (element as? BindPattern)?.slot : nil
  }

  override func run(_ frame: Frame) -> Flow {
    let machine = frame.machine
    let domain = domain.value(frame)
    if domain.isUndefined { return machine.pointee.undefinedFlow }
    if isStackUsedUp(machine) { return .failed }
    if let boundKey {
      let isFound = boundKey.look(frame) { key in
        let value = key.pointee.isUndefined ? .undefined : domain.lookUp(key.pointee)
        return !value.isUndefined && withUnsafePointer(to: value) { element.match($0, frame) }
      }
      return isFound ? next.run(frame) : machine.pointee.undefinedFlow
    }
    if let boundElement, case .set(let set) = domain {
      let isFound = boundElement.look(frame) { element in
        if element.pointee.isUndefined || set.place(of: element) == nil { return false }
        return key?.match(element, frame) ?? true
      }
      return isFound ? next.run(frame) : machine.pointee.undefinedFlow
    }
    if let slot = onlySlot {
      frame.locals[slot] = .undefined
      let place = frame.locals + slot
      let flow = each(in: domain, frame) { _, value in
        place.borrow(value)
        return next.run(frame)
      }
      place.abandon()
      return flow
    }
    key?.clear(frame)
    element.clear(frame)
    let flow = each(in: domain, frame) { keyValue, value in
      if let key, !key.borrow(keyValue, frame) { return machine.pointee.undefinedFlow }
      if !element.borrow(value, frame) { return machine.pointee.undefinedFlow }
      return next.run(frame)
    }
    key?.abandon(frame)
    element.abandon(frame)
    return flow
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
    if isStackUsedUp(machine) { return .failed }
    let flow = visit(value, keys, frame)
    if flow != .exhausted { return flow }
    if machine.pointee.undefinedFlow == .failed { return .failed }
    return each(in: value, frame) { key, element in
      keys.append(key.pointee)
      let flow = walk(element.pointee, &keys, frame)
      keys.removeLast()
      return flow
    }
  }

  private func visit(_ value: Value, _ keys: [Value], _ frame: Frame) -> Flow {
    let machine = frame.machine
    if !machine.pointee.chargeBytes(keys.count &* 16) { return .failed }
    let keysValue = Value.array(ValueArray(keys))
    let isMatched: Bool
    if let path {
      isMatched =
        withUnsafePointer(to: keysValue) { path.match($0, frame) }
        && withUnsafePointer(to: value) { element.match($0, frame) }
    } else {
      isMatched = withUnsafePointer(to: Value.array(ValueArray([keysValue, value]))) { element.match($0, frame) }
    }
    return isMatched ? next.run(frame) : machine.pointee.undefinedFlow
  }
}
