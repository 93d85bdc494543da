/// A term of a plan: yields one value, or `.undefined`, which also stands for a failure that the machine holds.
///
/// The subclasses only have `let` members, so that a plan can be run by any number of threads.
class TermNode: @unchecked Sendable {
  func value(_ frame: Frame) -> Value { preconditionFailure("abstract") }
  /// The value, if it is the same in every evaluation.
  var constant: Value? { nil }
}

final class ConstantNode: TermNode, @unchecked Sendable {
  let held: Value
  init(_ value: Value) { held = value }
  override func value(_ frame: Frame) -> Value { held }
  override var constant: Value? { held }
}

final class LocalNode: TermNode, @unchecked Sendable {
  let slot: Int
  init(_ slot: Int) { self.slot = slot }
  override func value(_ frame: Frame) -> Value { frame.locals[slot] }
}

/// `x.key`.
final class LocalMemberNode: TermNode, @unchecked Sendable {
  let slot: Int
  let key: Value

  init(_ slot: Int, _ key: Value) {
    self.slot = slot
    self.key = key
  }

  override func value(_ frame: Frame) -> Value { frame.locals[slot].lookUp(key) }
}

/// `input` or a constant path below it.
final class InputNode: TermNode, @unchecked Sendable {
  let slot: Int
  init(_ slot: Int) { self.slot = slot }

  override func value(_ frame: Frame) -> Value {
    let machine = frame.machine
    return machine.pointee.world.inputStates[slot] & InputState.hasValue != 0
      ? machine.pointee.world.inputs[slot] : inputValue(slot, machine)
  }
}

/// `root[path…]`, the path bound.
final class LookUpNode: TermNode, @unchecked Sendable {
  let root: TermNode
  private let list: FixedList<TermNode>
  private let path: UnsafeMutablePointer<Unmanaged<TermNode>>

  private let count: Int

  init(_ root: TermNode, _ path: [TermNode]) {
    self.root = root
    list = FixedList(path)
    self.path = list.start
    count = list.count
  }

  override func value(_ frame: Frame) -> Value {
    var value = root.value(frame)
    for index in 0..<count {
      if value.isUndefined { return .undefined }
      let key = path[index]._withUnsafeGuaranteedRef { $0.value(frame) }
      if key.isUndefined { return .undefined }
      value = value.lookUp(key)
    }
    return value
  }
}

/// The same in base documents.
final class BaseLookUpNode: TermNode, @unchecked Sendable {
  let root: TermNode
  private let list: FixedList<TermNode>
  private let path: UnsafeMutablePointer<Unmanaged<TermNode>>

  private let count: Int

  init(_ root: TermNode, _ path: [TermNode]) {
    self.root = root
    list = FixedList(path)
    self.path = list.start
    count = list.count
  }

  override func value(_ frame: Frame) -> Value {
    var value = root.value(frame)
    for index in 0..<count {
      if value.isUndefined { return .undefined }
      let key = path[index]._withUnsafeGuaranteedRef { $0.value(frame) }
      if key.isUndefined { return .undefined }
      value = value.lookUpBase(key)
    }
    return value
  }
}

final class ArrayNode: TermNode, @unchecked Sendable {
  let elements: [TermNode]
  init(_ elements: [TermNode]) { self.elements = elements }

  override func value(_ frame: Frame) -> Value {
    if !frame.machine.pointee.chargeBytes(elements.count &* 16) { return .undefined }
    var values: [Value] = []
    values.reserveCapacity(elements.count)
    for element in elements {
      let value = element.value(frame)
      if value.isUndefined { return .undefined }
      values.append(value)
    }
    return .array(ValueArray(values))
  }
}

final class SetNode: TermNode, @unchecked Sendable {
  let elements: [TermNode]
  init(_ elements: [TermNode]) { self.elements = elements }

  override func value(_ frame: Frame) -> Value {
    if !frame.machine.pointee.chargeBytes(elements.count &* 16) { return .undefined }
    var values: [Value] = []
    values.reserveCapacity(elements.count)
    for element in elements {
      let value = element.value(frame)
      if value.isUndefined { return .undefined }
      values.append(value)
    }
    return .set(ValueSet(values))
  }
}

final class ObjectNode: TermNode, @unchecked Sendable {
  let keys: [TermNode]
  let values: [TermNode]
  let location: SourceLocation

  init(keys: [TermNode], values: [TermNode], location: SourceLocation) {
    self.keys = keys
    self.values = values
    self.location = location
  }

  override func value(_ frame: Frame) -> Value {
    if !frame.machine.pointee.chargeBytes(keys.count &* 32) { return .undefined }
    var builder = ValueObjectBuilder()
    for index in keys.indices {
      let key = keys[index].value(frame)
      if key.isUndefined { return .undefined }
      let value = values[index].value(frame)
      if value.isUndefined { return .undefined }
      builder[key] = value
    }
    return .object(ValueObject(builder))
  }
}

enum ComprehensionKind { case array, set }

final class ComprehensionNode: TermNode, @unchecked Sendable {
  let kind: ComprehensionKind
  /// Ends in a `CollectTail`.
  let body: Block

  init(_ kind: ComprehensionKind, _ body: Block) {
    self.kind = kind
    self.body = body
  }

  override func value(_ frame: Frame) -> Value {
    let machine = frame.machine
    let outer = machine.pointee.collector
    var values: [Value] = []
    let flow = withUnsafeMutablePointer(to: &values) { values in
      machine.pointee.collector = values
      return body.run(frame)
    }
    machine.pointee.collector = outer
    if flow == .failed { return .undefined }
    switch kind {
    case .array: return .array(values.isEmpty ? .empty : ValueArray(values))
    case .set: return .set(values.isEmpty ? .empty : ValueSet(values))
    }
  }
}

final class ObjectComprehensionNode: TermNode, @unchecked Sendable {
  /// Ends in a `MemberTail`.
  let body: Block
  init(_ body: Block) { self.body = body }

  override func value(_ frame: Frame) -> Value {
    let machine = frame.machine
    let outer = machine.pointee.members
    var members = PartialObject()
    let flow = withUnsafeMutablePointer(to: &members) { members in
      machine.pointee.members = members
      return body.run(frame)
    }
    machine.pointee.members = outer
    if flow == .failed { return .undefined }
    return members.value()
  }
}

/// Parts of a string, joined. A part is a closure of its own: undefined reads `<undefined>`, two values are an error.
final class TemplateNode: TermNode, @unchecked Sendable {
  enum Part {
    case text(Text)
    /// Ends in a `CollectTail`.
    case body(Block, SourceLocation)
    /// Has at most one value.
    case term(TermNode)
  }
  let parts: [Part]
  init(_ parts: [Part]) { self.parts = parts }

  override func value(_ frame: Frame) -> Value {
    let machine = frame.machine
    var bytes: [UInt8] = []
    for part in parts {
      switch part {
      case .text(let text): text.withBytes { bytes.append(contentsOf: $0) }
      case .term(let term):
        let value = term.value(frame)
        if machine.pointee.undefinedFlow == .failed { return .undefined }
        append(value, to: &bytes)
      case .body(let body, let location):
        let outer = machine.pointee.collector
        var values: [Value] = []
        let flow = withUnsafeMutablePointer(to: &values) { values in
          machine.pointee.collector = values
          return body.run(frame)
        }
        machine.pointee.collector = outer
        if flow == .failed { return .undefined }
        if let first = values.first, values.contains(where: { $0 != first }) {
          machine.pointee.fail(
            EvaluationError(.conflict, "template-strings must not produce multiple outputs", location))
          return .undefined
        }
        append(values.first ?? .undefined, to: &bytes)
      }
      if !machine.pointee.chargeBytes(bytes.count) { return .undefined }
    }
    return .string(Text(bytes: bytes))
  }

  private func append(_ value: Value, to bytes: inout [UInt8]) {
    switch value {
    case .undefined: bytes.append(contentsOf: "<undefined>".utf8)
    case .string(let text): text.withBytes { bytes.append(contentsOf: $0) }
    default: bytes.append(contentsOf: String(describing: value).utf8)
    }
  }
}
