/// One thing of a body that has one outcome: holds or does not. May bind slots.
class Step: @unchecked Sendable {
  func run(_ frame: Frame) -> Bool { preconditionFailure("abstract") }
}

/// The end of a stretch of steps: a generator, which runs what follows for every candidate, or what the solution is for.
class Tail: @unchecked Sendable {
  func run(_ frame: Frame) -> Flow { preconditionFailure("abstract") }
}

/// Steps, and what follows when all of them hold.
final class Block: @unchecked Sendable {
  private let list: FixedList<Step>
  private let steps: UnsafeMutablePointer<Unmanaged<Step>>
  private let count: Int
  private let tail: Tail

  init(_ steps: [Step], _ tail: Tail) {
    list = FixedList(steps)
    self.steps = list.start
    count = list.count
    self.tail = tail
  }

  @inline(__always)
  func run(_ frame: Frame) -> Flow {
    if !frame.machine.pointee.chargeInstructions(count &+ 1) { return .failed }
    for index in 0..<count where !steps[index]._withUnsafeGuaranteedRef({ $0.run(frame) }) {
      return frame.machine.pointee.undefinedFlow
    }
    return tail.run(frame)
  }
}

// MARK: Steps

/// Holds when the term is neither undefined nor false.
final class TestStep: Step, @unchecked Sendable {
  let term: TermNode
  init(_ term: TermNode) { self.term = term }
  override func run(_ frame: Frame) -> Bool { term.holds(frame) }
}

final class BindStep: Step, @unchecked Sendable {
  let slot: Int
  let term: TermNode

  init(_ slot: Int, _ term: TermNode) {
    self.slot = slot
    self.term = term
  }

  override func run(_ frame: Frame) -> Bool {
    let value = term.value(frame)
    if value.isUndefined { return false }
    frame.locals[slot] = value
    return true
  }
}

final class EqualStep: Step, @unchecked Sendable {
  let left: TermNode
  let right: TermNode

  init(_ left: TermNode, _ right: TermNode) {
    self.left = left
    self.right = right
  }

  override func run(_ frame: Frame) -> Bool {
    left.look(frame) { left in
      if left.pointee.isUndefined { return false }
      return right.look(frame) { Value.areEqual(left, $0) }
    }
  }
}

/// Comparison with a value known when planning.
final class EqualConstantStep: Step, @unchecked Sendable {
  let term: TermNode
  private let constant: ConstantNode

  init(_ term: TermNode, _ constant: Value) {
    self.term = term
    self.constant = ConstantNode(constant)
  }

  override func run(_ frame: Frame) -> Bool {
    term.look(frame) { Value.areEqual($0, UnsafePointer(constant.held)) }
  }
}

/// A path of the input is this constant.
final class InputEqualStep: Step, @unchecked Sendable {
  let slot: Int
  private let constant: ConstantNode

  init(_ slot: Int, _ constant: Value) {
    self.slot = slot
    self.constant = ConstantNode(constant)
  }

  override func run(_ frame: Frame) -> Bool {
    Value.areEqual(InputNode.place(slot, frame.machine), UnsafePointer(constant.held))
  }
}

final class MatchStep: Step, @unchecked Sendable {
  let pattern: PatternNode
  let term: TermNode

  init(_ pattern: PatternNode, _ term: TermNode) {
    self.pattern = pattern
    self.term = term
  }

  override func run(_ frame: Frame) -> Bool {
    term.look(frame) { $0.pointee.isUndefined ? false : pattern.match($0, frame) }
  }
}

/// Never holds.
final class FailStep: Step, @unchecked Sendable {
  override func run(_ frame: Frame) -> Bool { false }
}

final class NotStep: Step, @unchecked Sendable {
  /// Ends in a `SucceedTail`.
  let body: Block
  init(_ body: Block) { self.body = body }
  override func run(_ frame: Frame) -> Bool { body.run(frame) == .exhausted }
}

final class EveryStep: Step, @unchecked Sendable {
  let domain: TermNode
  let key: Int?
  let element: Int?
  /// Ends in a `SucceedTail`.
  let body: Block

  init(domain: TermNode, key: Int?, element: Int?, body: Block) {
    self.domain = domain
    self.key = key
    self.element = element
    self.body = body
  }

  override func run(_ frame: Frame) -> Bool {
    let domain = domain.value(frame)
    switch domain {
    case .array, .object, .set: break
    default: return false
    }
    if let key { frame.locals[key] = .undefined }
    if let element { frame.locals[element] = .undefined }
    let flow = eachPlace(in: domain) { keyPlace, place in
      if let key { (frame.locals + key).borrow(keyPlace) }
      if let element { (frame.locals + element).borrow(place) }
      return body.run(frame) == .enough ? .exhausted : .enough
    }
    if let key { (frame.locals + key).abandon() }
    if let element { (frame.locals + element).abandon() }
    return flow == .exhausted
  }
}

/// Counts how often a body came here.
final class CountStep: Step, @unchecked Sendable {
  let number: Int
  init(_ number: Int) { self.number = number }

  override func run(_ frame: Frame) -> Bool {
    if let hits = frame.machine.pointee.hits { hits[number] &+= 1 }
    return true
  }
}

// MARK: What solutions are for

/// One solution is enough.
final class SucceedTail: Tail, @unchecked Sendable {
  override func run(_ frame: Frame) -> Flow { .enough }
}

/// Adds to the comprehension or set.
final class CollectTail: Tail, @unchecked Sendable {
  let term: TermNode
  /// How a solution ends: further ones add nothing to a set where the term is a constant.
  let flow: Flow

  init(_ term: TermNode, isSet: Bool = false) {
    self.term = term
    flow = isSet && term.constant != nil ? .enough : .exhausted
  }

  override func run(_ frame: Frame) -> Flow {
    let value = term.value(frame)
    if value.isUndefined { return frame.machine.pointee.undefinedFlow }
    if !frame.machine.pointee.chargeBytes(16) { return .failed }
    frame.machine.pointee.collector?.pointee.append(value)
    return flow
  }
}

/// Adds to the object: a value at a path of keys, or an element of the set there.
final class MemberTail: Tail, @unchecked Sendable {
  let path: [TermNode]
  let term: TermNode
  let isElement: Bool
  let location: SourceLocation
  /// How a solution ends: further ones add nothing where all terms are constants.
  let flow: Flow

  init(path: [TermNode], term: TermNode, isElement: Bool, location: SourceLocation) {
    flow = term.constant != nil && path.allSatisfy { $0.constant != nil } ? .enough : .exhausted
    self.path = path
    self.term = term
    self.isElement = isElement
    self.location = location
  }

  override func run(_ frame: Frame) -> Flow {
    let machine = frame.machine
    let value = term.value(frame)
    if value.isUndefined { return machine.pointee.undefinedFlow }
    if !machine.pointee.chargeBytes(48) { return .failed }
    let added: Bool
    if path.count == 1 {
      let key = path[0].value(frame)
      if key.isUndefined { return machine.pointee.undefinedFlow }
      added = machine.pointee.members?.pointee.add(value, isElement: isElement, at: key) ?? false
    } else {
      var keys: [Value] = []
      for element in path {
        let key = element.value(frame)
        if key.isUndefined { return machine.pointee.undefinedFlow }
        keys.append(key)
      }
      added = machine.pointee.members?.pointee.add(value, isElement: isElement, at: keys[...]) ?? false
    }
    if added { return flow }
    machine.pointee.fail(EvaluationError(.conflict, "object keys must be unique", location))
    return .failed
  }
}

/// The value of a complete rule or function, into the frame's slot for it; a second one must be the same.
final class ValueTail: Tail, @unchecked Sendable {
  let term: TermNode
  let slot: Int
  let location: SourceLocation
  let conflictMessage: String
  /// Further solutions cannot differ.
  let isConstant: Bool

  init(term: TermNode, slot: Int, location: SourceLocation, conflictMessage: String) {
    self.term = term
    self.slot = slot
    self.location = location
    self.conflictMessage = conflictMessage
    isConstant = term.constant != nil
  }

  override func run(_ frame: Frame) -> Flow {
    let value = term.value(frame)
    if value.isUndefined { return frame.machine.pointee.undefinedFlow }
    if isConstant {
      frame.locals[slot] = value
      return .enough
    }
    if frame.locals[slot].isUndefined {
      frame.locals[slot] = value
      return .exhausted
    }
    if frame.locals[slot] == value { return .exhausted }
    frame.machine.pointee.fail(EvaluationError(.conflict, conflictMessage, location))
    return .failed
  }
}
