/// What a value is unified with: binds slots and compares.
class PatternNode: @unchecked Sendable {
  /// - Parameter value: copied by what binds it.
  func match(_ value: ValuePlace, _ frame: Frame) -> Bool { preconditionFailure("abstract") }

  /// Like `match`, but what binds borrows: until `abandon` the value must stay where it is. The slots must be empty.
  func borrow(_ value: ValuePlace, _ frame: Frame) -> Bool { preconditionFailure("abstract") }
  /// Empties the slots that were bound.
  func clear(_ frame: Frame) { preconditionFailure("abstract") }
  /// Empties the slots that borrowed.
  func abandon(_ frame: Frame) { preconditionFailure("abstract") }
}

final class BindPattern: PatternNode, @unchecked Sendable {
  let slot: Int
  init(_ slot: Int) { self.slot = slot }

  override func match(_ value: ValuePlace, _ frame: Frame) -> Bool {
    frame.locals[slot] = value.pointee
    return true
  }

  override func borrow(_ value: ValuePlace, _ frame: Frame) -> Bool {
    (frame.locals + slot).borrow(value)
    return true
  }

  override func clear(_ frame: Frame) { frame.locals[slot] = .undefined }
  override func abandon(_ frame: Frame) { (frame.locals + slot).abandon() }
}

final class ComparePattern: PatternNode, @unchecked Sendable {
  let term: TermNode
  init(_ term: TermNode) { self.term = term }

  override func match(_ value: ValuePlace, _ frame: Frame) -> Bool {
    term.look(frame) { Value.areEqual($0, value) && !value.pointee.isUndefined }
  }

  override func borrow(_ value: ValuePlace, _ frame: Frame) -> Bool { match(value, frame) }
  override func clear(_ frame: Frame) {}
  override func abandon(_ frame: Frame) {}
}

final class ArrayPattern: PatternNode, @unchecked Sendable {
  let elements: [PatternNode]
  init(_ elements: [PatternNode]) { self.elements = elements }

  override func match(_ value: ValuePlace, _ frame: Frame) -> Bool {
    guard case .array(let array) = value.pointee, array.count == elements.count else { return false }
    for index in elements.indices where !elements[index].match(array.start + index, frame) { return false }
    return true
  }

  override func borrow(_ value: ValuePlace, _ frame: Frame) -> Bool {
    guard case .array(let array) = value.pointee, array.count == elements.count else { return false }
    for index in elements.indices where !elements[index].borrow(array.start + index, frame) { return false }
    return true
  }

  override func clear(_ frame: Frame) { for element in elements { element.clear(frame) } }
  override func abandon(_ frame: Frame) { for element in elements { element.abandon(frame) } }
}

/// Has just these keys.
final class ObjectPattern: PatternNode, @unchecked Sendable {
  let keys: [TermNode]
  let values: [PatternNode]

  init(keys: [TermNode], values: [PatternNode]) {
    self.keys = keys
    self.values = values
  }

  override func match(_ value: ValuePlace, _ frame: Frame) -> Bool {
    matches(value, frame) { $0.match($1, frame) }
  }

  override func borrow(_ value: ValuePlace, _ frame: Frame) -> Bool {
    matches(value, frame) { $0.borrow($1, frame) }
  }

  @inline(__always)
  private func matches(_ value: ValuePlace, _ frame: Frame, _ member: (PatternNode, ValuePlace) -> Bool) -> Bool {
    guard case .object(let object) = value.pointee, object.count == keys.count else { return false }
    for index in keys.indices {
      let isMatched = keys[index].look(frame) { key in
        object.place(of: key).map { member(values[index], $0) } ?? false
      }
      if !isMatched { return false }
    }
    return true
  }

  override func clear(_ frame: Frame) { for value in values { value.clear(frame) } }
  override func abandon(_ frame: Frame) { for value in values { value.abandon(frame) } }
}
