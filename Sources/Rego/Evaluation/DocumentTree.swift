/// A name below `data` under which there are rules: a package, or the document that rules define.
final class DocumentTree: @unchecked Sendable {
  // Written while a policy is planned, then only read.
  private(set) var children: [Value: DocumentTree] = [:]
  /// In key order.
  private(set) var sorted: [(key: Value, child: DocumentTree)] = []
  var document: Document?
  /// Where a world remembers the whole value.
  let number: Int

  init(number: Int) { self.number = number }

  func descend(_ path: ArraySlice<Value>, _ count: inout Int) -> DocumentTree {
    guard let key = path.first else { return self }
    if let child = children[key] { return child.descend(path.dropFirst(), &count) }
    let child = DocumentTree(number: count)
    count += 1
    children[key] = child
    return child.descend(path.dropFirst(), &count)
  }

  func sort() {
    sorted = children.sorted { $0.key < $1.key }.map { (key: $0.key, child: $0.value) }
    for (_, child) in sorted { child.sort() }
  }

  /// Rules of this name that are no function.
  var visibleDocument: Document? {
    guard let document, document.kind != .function else { return nil }
    return document
  }

  /// Base and virtual documents of this name and below, as one value.
  func value(base: Value, replaced: ReplacedPaths?, _ machine: UnsafeMutablePointer<Machine>) -> Value {
    if let document = visibleDocument { return document.value(machine) }
    let world = machine.pointee.world
    if world.documentStates[number] == 1 { return world.documents[number] }
    // A package without rules, whose name there may be only to be imported.
    if sorted.isEmpty { return base.isUndefined ? .object(.empty) : base }
    var builder = ValueObjectBuilder()
    switch base {
    case .undefined: break
    case .object(let object):
      for index in 0..<object.count { builder[object.keys[index]] = object.values[index] }
    default: return base
    }
    for (key, child) in sorted {
      if child.document?.kind == .function && child.children.isEmpty { continue }
      let below = base.lookUp(key)
      let value: Value
      if let replaced = replaced?.children[key], replaced.isReplaced {
        value = below
      } else {
        value = child.value(base: below, replaced: replaced?.children[key], machine)
      }
      if machine.pointee.undefinedFlow == .failed { return .undefined }
      if !value.isUndefined { builder[key] = below.isUndefined ? value : below.merged(with: value) }
    }
    if !machine.pointee.chargeInstructions(builder.count) { return .undefined }
    let value = Value.object(ValueObject(builder))
    machine.pointee.world.documents[number] = value
    machine.pointee.world.documentStates[number] = 1
    machine.pointee.world.memory.touchDocument(number)
    return value
  }
}

/// A place below `data` on the way down a reference.
enum DataCursor {
  case tree(DocumentTree, base: Value, replaced: ReplacedPaths?)
  case value(Value)

  func step(_ key: Value, _ machine: UnsafeMutablePointer<Machine>) -> DataCursor {
    switch self {
    case .value(let value): return .value(value.lookUpBase(key))
    case .tree(let tree, let base, let replaced):
      let below = replaced?.children[key]
      if below?.isReplaced == true { return .value(base.lookUpBase(key)) }
      guard let child = tree.children[key] else { return .value(base.lookUpBase(key)) }
      if let document = child.visibleDocument { return .value(document.value(machine)) }
      return .tree(child, base: base.lookUp(key), replaced: below)
    }
  }

  func value(_ machine: UnsafeMutablePointer<Machine>) -> Value {
    switch self {
    case .value(let value): value
    case .tree(let tree, let base, let replaced): tree.value(base: base, replaced: replaced, machine)
    }
  }
}

/// A whole package: base and virtual documents together.
final class TreeNode: TermNode, @unchecked Sendable {
  let tree: DocumentTree
  let base: Value

  init(_ tree: DocumentTree, base: Value) {
    self.tree = tree
    self.base = base
  }

  override func value(_ frame: Frame) -> Value { tree.value(base: base, replaced: nil, frame.machine) }
}

/// The document that rules define.
final class DocumentNode: TermNode, @unchecked Sendable {
  unowned(unsafe) let document: Document
  init(_ document: Document) { self.document = document }
  override func value(_ frame: Frame) -> Value { document.value(frame.machine) }

  override func place(_ frame: Frame, _ scratch: UnsafeMutablePointer<Value>) -> ValuePlace {
    document.place(frame.machine, scratch)
  }
}

/// A member of a partial set or object, and a path below it.
final class MemberLookUpNode: TermNode, @unchecked Sendable {
  unowned(unsafe) let document: Document
  unowned(unsafe) let keyed: Document
  let key: TermNode
  let path: [TermNode]
  let location: SourceLocation

  init(_ document: Document, _ keyed: Document, _ key: TermNode, _ path: [TermNode], _ location: SourceLocation) {
    self.document = document
    self.keyed = keyed
    self.key = key
    self.path = path
    self.location = location
  }

  override func value(_ frame: Frame) -> Value {
    let machine = frame.machine
    let key = key.value(frame)
    if key.isUndefined { return .undefined }
    var value: Value
    if machine.pointee.world.documentStates[document.number] == 0,
      machine.pointee.world.documentStates[keyed.number] < Document.keyedCallsMax
    {
      value = member(key, machine)
    } else {
      value = document.value(machine).lookUp(key)
    }
    for element in path {
      if value.isUndefined { return .undefined }
      let key = element.value(frame)
      if key.isUndefined { return .undefined }
      value = value.lookUp(key)
    }
    return value
  }

  private func member(_ key: Value, _ machine: UnsafeMutablePointer<Machine>) -> Value {
    let mark = machine.pointee.mark
    guard let arguments = machine.pointee.enter(1) else { return .undefined }
    arguments[0] = key
    let number = keyed.number
    if machine.pointee.world.documentStates[number] == 0 { machine.pointee.world.memory.touchDocument(number) }
    machine.pointee.world.documentStates[number] += 1
    let value = keyed.single(machine, arguments: arguments, count: 1)
    machine.pointee.leave(arguments, 1, mark)
    return document.kind == .set && !value.isUndefined ? key : value
  }
}

/// `data` and a path whose elements are bound.
final class DataNode: TermNode, @unchecked Sendable {
  let root: DocumentTree
  /// What the reference comes to while `with` replaces nothing below `data`.
  let direct: TermNode
  let path: [TermNode]

  init(root: DocumentTree, direct: TermNode, path: [TermNode]) {
    self.root = root
    self.direct = direct
    self.path = path
  }

  override var constant: Value? { nil }

  override func value(_ frame: Frame) -> Value {
    frame.machine.pointee.world.hasReplaced ? slowly(frame) : direct.value(frame)
  }

  override func place(_ frame: Frame, _ scratch: UnsafeMutablePointer<Value>) -> ValuePlace {
    if !frame.machine.pointee.world.hasReplaced { return direct.place(frame, scratch) }
    scratch.pointee = slowly(frame)
    return UnsafePointer(scratch)
  }

  override func holds(_ frame: Frame) -> Bool {
    frame.machine.pointee.world.hasReplaced ? slowly(frame).isTruthy : direct.holds(frame)
  }

  @inline(never)
  private func slowly(_ frame: Frame) -> Value {
    let world = frame.machine.pointee.world
    if world.replaced?.isReplaced == true {
      var value = world.base
      for element in path { value = value.lookUpBase(element.value(frame)) }
      return value
    }
    var cursor = DataCursor.tree(root, base: world.base, replaced: world.replaced)
    for element in path {
      let key = element.value(frame)
      if key.isUndefined { return .undefined }
      cursor = cursor.step(key, frame.machine)
      if case .value(.undefined) = cursor { return .undefined }
    }
    return cursor.value(frame.machine)
  }
}

extension Value {
  /// Base and virtual documents of one name in an enumeration: members come together, base ones count.
  /// Source: OPA v1/ast/term.go, `(*object).Merge`.
  func merged(with other: Value) -> Value {
    guard case .object(let left) = self, case .object(let right) = other, left !== right else { return self }
    var builder = ValueObjectBuilder()
    for index in 0..<left.count { builder[left.keys[index]] = left.values[index] }
    for index in 0..<right.count {
      let existing = builder[right.keys[index]]
      builder[right.keys[index]] =
        existing.isUndefined ? right.values[index] : existing.merged(with: right.values[index])
    }
    return .object(ValueObject(builder))
  }

  /// As `lookUp`, except that a number finds the key spelled like it and a numeral finds an element: base documents are
  /// found by paths of strings. Source: OPA v1/storage/path.go.
  @inline(__always)
  func lookUpBase(_ key: Value) -> Value {
    let found = lookUp(key)
    return found.isUndefined ? lookUpSpelled(key) : found
  }

  @inline(never)
  private func lookUpSpelled(_ key: Value) -> Value {
    switch (self, key) {
    case (.object(let object), .integer(let number)): return object[.string(Text(String(number)))]
    case (.object(let object), .number(let number)): return object[.string(number.text)]
    case (.array(let array), .string(let text)):
      guard let index = Int(text.string), index >= 0, index < array.count, String(index) == text.string else {
        return .undefined
      }
      return array[index]
    default: return .undefined
    }
  }
}
