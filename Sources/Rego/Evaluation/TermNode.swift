/// A term of a plan: yields one value, or `.undefined`, which also stands for a failure that the machine holds.
///
/// The subclasses only have `let` members, so that a plan can be run by any number of threads.
class TermNode: @unchecked Sendable {
  func value(_ frame: Frame) -> Value { preconditionFailure("abstract") }

  /// The value where it stands, or made in `scratch`; there for as long as nothing else is put into `scratch`.
  func place(_ frame: Frame, _ scratch: UnsafeMutablePointer<Value>) -> ValuePlace {
    scratch.pointee = value(frame)
    return UnsafePointer(scratch)
  }

  /// Whether the value is neither undefined nor false.
  func holds(_ frame: Frame) -> Bool { value(frame).isTruthy }

  /// The value, if it is the same in every evaluation.
  var constant: Value? { nil }

  /// Looks at the value where it stands.
  @inline(__always)
  final func look<Result>(_ frame: Frame, _ body: (ValuePlace) -> Result) -> Result {
    withScratch { body(place(frame, $0)) }
  }
}

/// Room for a value, undefined at first.
@inline(__always)
func withScratch<Result>(_ body: (UnsafeMutablePointer<Value>) -> Result) -> Result {
  // Not a variable of the type: that would be destroyed by a call even where it stayed undefined, as it mostly does.
  var storage: (UInt64, UInt64) = (0, 0)
  return withUnsafeMutableBytes(of: &storage) { bytes in
    let scratch = bytes.baseAddress!.bindMemory(to: Value.self, capacity: 1)
    scratch.initialize(to: .undefined)
    defer { if !scratch.pointee.isUndefined { scratch.deinitialize(count: 1) } }
    return body(scratch)
  }
}

final class ConstantNode: TermNode, @unchecked Sendable {
  let held: UnsafeMutablePointer<Value>

  init(_ value: Value) {
    held = .allocate(capacity: 1)
    held.initialize(to: value)
  }

  deinit {
    held.deinitialize(count: 1)
    held.deallocate()
  }

  override func value(_ frame: Frame) -> Value { held.pointee }
  override func place(_ frame: Frame, _ scratch: UnsafeMutablePointer<Value>) -> ValuePlace { UnsafePointer(held) }
  override var constant: Value? { held.pointee }
}

final class LocalNode: TermNode, @unchecked Sendable {
  let slot: Int
  init(_ slot: Int) { self.slot = slot }
  override func value(_ frame: Frame) -> Value { frame.locals[slot] }
  override func place(_ frame: Frame, _ scratch: UnsafeMutablePointer<Value>) -> ValuePlace {
    UnsafePointer(frame.locals + slot)
  }
}

/// `x.key`.
final class LocalMemberNode: TermNode, @unchecked Sendable {
  let slot: Int
  private let key: ConstantNode

  init(_ slot: Int, _ key: Value) {
    self.slot = slot
    self.key = ConstantNode(key)
  }

  override func value(_ frame: Frame) -> Value { look(frame) { $0.pointee } }

  override func place(_ frame: Frame, _ scratch: UnsafeMutablePointer<Value>) -> ValuePlace {
    member(UnsafePointer(frame.locals + slot), UnsafePointer(key.held), scratch)
  }
}

/// What stands at a key of a value, where it stands; `.undefined` in `scratch` when there is nothing.
@inline(__always)
func member(_ container: ValuePlace, _ key: ValuePlace, _ scratch: UnsafeMutablePointer<Value>) -> ValuePlace {
  if case .object(let object) = container.pointee {
    if let place = object.place(of: key) { return place }
  } else if case .array(let array) = container.pointee, case .integer(let index) = key.pointee, index >= 0,
    index < array.count
  {
    return array.start + Int(index)
  } else {
    scratch.pointee = container.pointee.lookUp(key.pointee)
    return UnsafePointer(scratch)
  }
  scratch.pointee = .undefined
  return UnsafePointer(scratch)
}

/// `input` or a constant path below it.
final class InputNode: TermNode, @unchecked Sendable {
  let slot: Int
  init(_ slot: Int) { self.slot = slot }

  override func value(_ frame: Frame) -> Value { Self.place(slot, frame.machine).pointee }

  override func place(_ frame: Frame, _ scratch: UnsafeMutablePointer<Value>) -> ValuePlace {
    Self.place(slot, frame.machine)
  }

  @inline(__always)
  static func place(_ slot: Int, _ machine: UnsafeMutablePointer<Machine>) -> ValuePlace {
    if machine.pointee.world.inputStates[slot] & InputState.hasValue == 0 { makeInput(slot, machine) }
    return UnsafePointer(machine.pointee.world.inputs + slot)
  }
}

/// `root[path…]`, the path bound.
final class LookUpNode: TermNode, @unchecked Sendable {
  let root: TermNode
  /// Below base documents, where numerals find elements.
  private let isBase: Bool
  private let list: FixedList<TermNode>
  private let path: UnsafeMutablePointer<Unmanaged<TermNode>>
  private let count: Int

  init(_ root: TermNode, _ path: [TermNode], isBase: Bool) {
    self.root = root
    self.isBase = isBase
    list = FixedList(path)
    self.path = list.start
    count = list.count
  }

  override func value(_ frame: Frame) -> Value { look(frame) { $0.pointee } }

  override func place(_ frame: Frame, _ scratch: UnsafeMutablePointer<Value>) -> ValuePlace {
    var place = root.place(frame, scratch)
    for index in 0..<count {
      if place.pointee.isUndefined { break }
      place = path[index]._withUnsafeGuaranteedRef { element in
        element.look(frame) { key in below(place, key, scratch) }
      }
    }
    return place
  }

  @inline(__always)
  private func below(_ container: ValuePlace, _ key: ValuePlace, _ scratch: UnsafeMutablePointer<Value>) -> ValuePlace {
    if case .object(let object) = container.pointee, let place = object.place(of: key) { return place }
    return rarelyBelow(container, key, scratch)
  }

  @inline(never)
  private func rarelyBelow(
    _ container: ValuePlace, _ key: ValuePlace, _ scratch: UnsafeMutablePointer<Value>
  ) -> ValuePlace {
    if !isBase { return member(container, key, scratch) }
    if !key.pointee.isUndefined {
      scratch.pointee = container.pointee.lookUpBase(key.pointee)
    } else {
      scratch.pointee = .undefined
    }
    return UnsafePointer(scratch)
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
