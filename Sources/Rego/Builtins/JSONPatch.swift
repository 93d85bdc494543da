/// One operation of a JSON patch (RFC 6902), extended by OPA to sets and to keys that are no strings.
struct JSONPatch {
  private enum Operation {
    case add(Value), remove, replace(Value), move([Value]), copy([Value]), test(Value)
  }

  private let operation: Operation
  private let path: [Value]

  init(_ description: Value) throws(BuiltinError) {
    guard case .object(let object) = description else {
      throw .failed("must be an array of JSON-Patch objects, but at least one element is not an object")
    }
    func attribute(_ name: Value) throws(BuiltinError) -> Value {
      let value = object[name]
      if value.isUndefined, case .string(let name) = name { throw .failed("missing required attribute '\(name)'") }
      return value
    }
    guard case .string(let name) = try attribute("op") else { throw .failed("attribute 'op' must be a string") }
    switch name.string {
    case "add": operation = .add(try attribute("value"))
    case "remove": operation = .remove
    case "replace": operation = .replace(try attribute("value"))
    case "move": operation = .move(try JSONBuiltins.segments(try attribute("from")))
    case "copy": operation = .copy(try JSONBuiltins.segments(try attribute("from")))
    case "test": operation = .test(try attribute("value"))
    default: throw .failed("unrecognized op: '\(name)'")
    }
    path = try JSONBuiltins.segments(try attribute("path"))
  }

  /// - Parameter document: nil when an operation before has removed it.
  func apply(to document: Value?, _ context: any BuiltinContext) throws(BuiltinError) -> Value? {
    switch operation {
    case .add(let value): return try insert(document, path[...], value, context)
    case .remove: return try delete(document, path[...], context)
    case .replace(let value):
      return try insert(try delete(document, path[...], context), path[...], value, context)
    case .move(let from):
      let value = try find(document, from)
      return try insert(try delete(document, from[...], context), path[...], value, context)
    case .copy(let from): return try insert(document, path[...], try find(document, from), context)
    case .test(let value):
      let found = try find(document, path)
      guard found == value else {
        throw .failed("value from EditTree != patch value.\n\nExpected: \(value)\n\nFound: \(found)")
      }
      return document
    }
  }

  private func find(_ document: Value?, _ path: [Value]) throws(BuiltinError) -> Value {
    guard var value = document else { throw .failed("deleted node encountered") }
    for key in path { value = try child(value, key) }
    return value
  }

  private func child(_ value: Value, _ key: Value) throws(BuiltinError) -> Value {
    switch value {
    case .array(let array):
      let index = try index(key, count: array.count)
      guard index < array.count else { throw .failed("index \(index) out of range for array") }
      return array[index]
    case .object, .set:
      let found = value.lookUp(key)
      if found.isUndefined { throw .failed("path \(key) does not exist in \(value.typeName) term \(value)") }
      return found
    default: throw .failed("expected composite type for path \(key), found value: \(value)")
    }
  }

  /// A number, or its decimal text; `-` is behind the last.
  private func index(_ key: Value, count: Int) throws(BuiltinError) -> Int {
    switch key {
    case .integer(let index):
      guard index >= 0, index <= Int64(count) else { throw .failed("index for array insertion out of bounds") }
      return Int(index)
    case .string(let text):
      if text == "-" { return count }
      let bytes = text.bytes
      guard !bytes.isEmpty, bytes.count < 19, bytes.allSatisfy({ $0 &- 0x30 < 10 }) else {
        throw .failed("invalid string for indexing")
      }
      if bytes.count > 1, bytes[0] == 0x30 { throw .failed("leading zeros are not allowed in JSON paths") }
      let index = bytes.reduce(0) { $0 * 10 + Int($1 - 0x30) }
      guard index <= count else { throw .failed("index for array insertion out of bounds") }
      return index
    default: throw .failed("invalid type for indexing")
    }
  }

  private func charge(_ value: Value, _ context: any BuiltinContext) throws(BuiltinError) {
    let count: Int
    switch value {
    case .array(let array): count = array.count
    case .object(let object): count = object.count * 2
    case .set(let set): count = set.count * 4
    default: return
    }
    try context.charge(instructions: count, bytes: count * 16)
  }

  /// The container with one child changed (nil: removed).
  private func replacing(
    _ container: Value, _ key: Value, _ change: (Value) throws(BuiltinError) -> Value?,
    _ context: any BuiltinContext
  ) throws(BuiltinError) -> Value {
    let old = try child(container, key)
    try charge(container, context)
    let new = try change(old)
    switch container {
    case .array(let array):
      var elements = array.elements
      let index = try index(key, count: array.count)
      if let new { elements[index] = new } else { elements.remove(at: index) }
      return .array(ValueArray(elements))
    case .set(let set):
      return .set(ValueSet(set.elements.filter { $0 != old } + (new.map { [$0] } ?? [])))
    case .object(let object):
      guard let position = object.position(of: key) else { return container }
      var (keys, values) = (object.keys, object.values)
      if let new {
        values[position] = new
      } else {
        keys.remove(at: position)
        values.remove(at: position)
      }
      return .object(ValueObject(sortedKeys: keys, values: values))
    default: return container
    }
  }

  private func delete(
    _ document: Value?, _ path: ArraySlice<Value>, _ context: any BuiltinContext
  ) throws(BuiltinError) -> Value? {
    guard let document else { throw .failed("deleted node encountered during delete operation") }
    guard let key = path.first else { return nil }
    if path.count == 1 {
      switch document {
      case .object(let object) where object[key].isUndefined:
        throw .failed("cannot delete child key \(key) that does not exist")
      case .set(let set) where !set.contains(key):
        throw .failed("cannot delete child key \(key) that does not exist")
      default: break
      }
    }
    return try replacing(
      document, key,
      { old throws(BuiltinError) in
        path.count == 1 ? nil : try delete(old, path.dropFirst(), context)
      }, context)
  }

  private func insert(
    _ document: Value?, _ path: ArraySlice<Value>, _ value: Value, _ context: any BuiltinContext
  ) throws(BuiltinError) -> Value? {
    guard let key = path.first else { return value }
    guard let document else { throw .failed("deleted node encountered during insert operation") }
    if path.count > 1 {
      return try replacing(
        document, key,
        { old throws(BuiltinError) in try insert(old, path.dropFirst(), value, context) }, context)
    }
    try charge(document, context)
    switch document {
    case .array(let array):
      var elements = array.elements
      elements.insert(value, at: try index(key, count: array.count))
      return .array(ValueArray(elements))
    case .set(let set):
      guard key == value else { throw .failed("set key \(key) does not equal value to be inserted \(value)") }
      return .set(ValueSet(set.elements + [value]))
    case .object(let object):
      var (keys, values) = (object.keys, object.values)
      if let position = object.position(of: key) {
        values[position] = value
        return .object(ValueObject(sortedKeys: keys, values: values))
      }
      let place = keys.firstIndex { key < $0 } ?? keys.count
      keys.insert(key, at: place)
      values.insert(value, at: place)
      return .object(ValueObject(sortedKeys: keys, values: values))
    default: throw .failed("expected composite type, found value: \(document)")
    }
  }
}
