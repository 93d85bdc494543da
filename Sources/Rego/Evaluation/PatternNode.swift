/// What a value is unified with: binds slots and compares.
class PatternNode: @unchecked Sendable {
  func match(_ value: Value, _ frame: Frame) -> Bool { preconditionFailure("abstract") }
}

final class BindPattern: PatternNode, @unchecked Sendable {
  let slot: Int
  init(_ slot: Int) { self.slot = slot }

  override func match(_ value: Value, _ frame: Frame) -> Bool {
    frame.locals[slot] = value
    return true
  }
}

final class ComparePattern: PatternNode, @unchecked Sendable {
  let term: TermNode
  init(_ term: TermNode) { self.term = term }

  override func match(_ value: Value, _ frame: Frame) -> Bool {
    let other = term.value(frame)
    return other.isUndefined ? false : other == value
  }
}

final class ArrayPattern: PatternNode, @unchecked Sendable {
  let elements: [PatternNode]
  init(_ elements: [PatternNode]) { self.elements = elements }

  override func match(_ value: Value, _ frame: Frame) -> Bool {
    guard case .array(let array) = value, array.count == elements.count else { return false }
    for index in elements.indices where !elements[index].match(array[index], frame) { return false }
    return true
  }
}

/// Has just these keys.
final class ObjectPattern: PatternNode, @unchecked Sendable {
  let keys: [TermNode]
  let values: [PatternNode]

  init(keys: [TermNode], values: [PatternNode]) {
    self.keys = keys
    self.values = values
  }

  override func match(_ value: Value, _ frame: Frame) -> Bool {
    guard case .object(let object) = value, object.count == keys.count else { return false }
    for index in keys.indices {
      let key = keys[index].value(frame)
      if key.isUndefined { return false }
      let member = object[key]
      if member.isUndefined || !values[index].match(member, frame) { return false }
    }
    return true
  }
}
