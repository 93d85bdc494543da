import JSON

/// `json.*` but for schemas.
enum JSONBuiltins {
  private static let anyObject: TypeDescription = .object(.any, .any)
  private static let path: TypeDescription = .anyOf([.string, .array(of: .any)])
  private static let paths: TypeDescription = .anyOf([.array(of: path), .set(of: path)])

  /// Deeper than anything sensible, far from what the stack holds.
  private static let depthMax = 256

  static let all: [Builtin] = [
    Builtin("json.marshal", [.any], .string) { operands, context throws(BuiltinError) in
      .string(try marshal(operands[0], nil, context))
    },
    Builtin(
      "json.marshal_with_options",
      [
        .any,
        .object(
          fixed: [
            .init(key: "indent", value: .string), .init(key: "prefix", value: .string),
            .init(key: "pretty", value: .boolean),
          ], dynamic: .init(key: .string, value: .any)),
      ], .string, marshalWithOptions),
    Builtin("json.unmarshal", [.string], .any) { operands, context throws(BuiltinError) in
      let text = try operands.text(0)
      do throws(JSONError) { return try parse(text, context) } catch { throw .failed(message(error)) }
    },
    Builtin("json.is_valid", [.string], .boolean) { operands, context throws(BuiltinError) in
      guard case .string(let text) = operands[0] else { return false }
      try context.charge(instructions: text.byteCount / 4, bytes: text.byteCount)
      do throws(JSONError) {
        _ = try JSONTape(scanning: text.bytes, options: options(text))
        return true
      } catch {
        return false
      }
    },
    Builtin("json.filter", [anyObject, paths], anyObject) { operands, context throws(BuiltinError) in
      let object = Value.object(try operands.object(0))
      let tree = PathTree()
      for path in try pathList(operands, context) { tree.insert(path) }
      return try filter(object, tree, context) ?? .object(.empty)
    },
    Builtin("json.remove", [anyObject, paths], anyObject) { operands, context throws(BuiltinError) in
      let object = Value.object(try operands.object(0))
      let tree = PathTree()
      for path in try pathList(operands, context) { tree.insert(path) }
      return try remove(object, tree, context) ?? .undefined
    },
    Builtin(
      "json.patch",
      [
        .any,
        .array(
          of: .object(
            fixed: [.init(key: "op", value: .string), .init(key: "path", value: .any)],
            dynamic: .init(key: .any, value: .any))),
      ], .any
    ) { operands, context throws(BuiltinError) in
      let operations = try operands.array(1)
      var document: Value? = operands[0]
      for operation in operations.elements {
        document = try JSONPatch(operation).apply(to: document, context)
      }
      return document ?? .undefined
    },
  ]

  // MARK: Text

  static func marshal(
    _ value: Value, _ layout: ValueJSONWriter.Layout?, _ context: any BuiltinContext
  ) throws(BuiltinError) -> Text {
    var writer = ValueJSONWriter(layout: layout)
    writer.write(value)
    try context.charge(instructions: writer.bytes.count / 8, bytes: writer.bytes.count)
    return Text(bytes: writer.bytes)
  }

  private static let marshalWithOptions: BuiltinFunction = { operands, context throws(BuiltinError) in
    var indent = Array("\t".utf8)
    var prefix: [UInt8] = []
    var isPretty: Bool?
    var isImplied = false
    for (key, value) in zip(try operands.object(1).keys, try operands.object(1).values) {
      switch (key, value) {
      case ("prefix", .string(let text)):
        prefix = text.bytes
        isImplied = true
      case ("indent", .string(let text)):
        indent = text.bytes
        isImplied = true
      case ("pretty", .boolean(let flag)): isPretty = flag
      case ("pretty", _): throw .operand(2, message: "key pretty failed cast to bool")
      case ("prefix", _), ("indent", _):
        throw .operand(
          2, message: "key \(key) failed cast to string: operand must be string but got \(value.typeName)")
      default: throw .operand(2, message: "object contained unknown key \(key)")
      }
    }
    guard isPretty ?? isImplied else { return .string(try marshal(operands[0], nil, context)) }
    let text = try marshal(operands[0], ValueJSONWriter.Layout(prefix: prefix, indent: indent), context)
    return .string(Text(bytes: prefix + text.bytes))
  }

  private static func options(_ text: Text) -> JSONTape.Options {
    JSONTape.Options(
      limits: JSONLimits(bytesMax: text.byteCount, depthMax: depthMax), refusesDuplicates: false,
      refusesInvalidText: false)
  }

  static func parse(_ text: Text, _ context: any BuiltinContext) throws(JSONError) -> Value {
    try Value(json: text.bytes, options: options(text))
  }

  static func message(_ error: JSONError) -> String {
    switch error {
    case .malformed(.truncated, _): "unexpected EOF"
    case .malformed(let fault, let position): "invalid JSON: \(fault.rawValue) at byte \(position.offset)"
    case .tooLarge(_, let bytesMax): "JSON text longer than \(bytesMax) bytes"
    case .tooDeep(let depthMax): "JSON text deeper than \(depthMax)"
    }
  }

  // MARK: Paths

  static func pathList(_ operands: Operands, _ context: any BuiltinContext) throws(BuiltinError) -> [[Value]] {
    var paths: [[Value]] = []
    for path in try operands.elements(1, mustBe: "one of {set, array}") {
      try context.charge(instructions: 16, bytes: 64)
      paths.append(try segments(path))
    }
    return paths
  }

  /// A path of `/` separated names (`~1` is `/`, `~0` is `~`) or an array of keys.
  static func segments(_ path: Value) throws(BuiltinError) -> [Value] {
    switch path {
    case .array(let array): return array.elements
    case .string(let text):
      if text.isEmpty { return [] }
      let bytes = text.bytes.drop { $0 == UInt8(ascii: "/") }
      return bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { name in
        guard name.contains(UInt8(ascii: "~")) else { return .string(Text(bytes: Array(name))) }
        // First every ~1, then every ~0, as one replacement after the other.
        return .string(Text(bytes: replacing("~0", "~", in: replacing("~1", "/", in: Array(name)))))
      }
    default:
      throw .operand(
        2,
        message:
          "must be one of {set, array} containing string paths or array of path segments but got \(path.typeName)")
    }
  }

  private static func replacing(_ old: StaticString, _ new: Unicode.Scalar, in bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if index + 1 < bytes.count, bytes[index] == old.utf8Start[0], bytes[index + 1] == old.utf8Start[1] {
        output.append(UInt8(ascii: new))
        index += 2
      } else {
        output.append(bytes[index])
        index += 1
      }
    }
    return output
  }

  /// Paths as a tree; a leaf stands for everything below.
  final class PathTree {
    var isLeaf = false
    var children: [Value: PathTree] = [:]

    func insert(_ path: [Value]) {
      guard let last = path.last else { return }
      var node = self
      for key in path.dropLast() {
        if let child = node.children[key] {
          if child.isLeaf { return }
          node = child
        } else {
          let child = PathTree()
          node.children[key] = child
          node = child
        }
      }
      let leaf = PathTree()
      leaf.isLeaf = true
      node.children[last] = leaf
    }
  }

  private static func indexKey(_ index: Int) -> Value { .string(Text(String(index))) }

  /// What the tree names; nil where nothing is.
  private static func filter(
    _ value: Value, _ tree: PathTree, _ context: any BuiltinContext
  ) throws(BuiltinError) -> Value? {
    if tree.isLeaf { return value }
    switch value {
    case .array(let array):
      try context.charge(instructions: array.count, bytes: array.count * 16)
      var kept: [Value] = []
      for (index, element) in array.elements.enumerated() {
        guard let child = tree.children[indexKey(index)] else { continue }
        if let element = try filter(element, child, context) { kept.append(element) }
      }
      return .array(ValueArray(kept))
    case .set(let set):
      var kept: [Value] = []
      try context.charge(instructions: set.count, bytes: set.count * 16)
      for element in set.elements {
        guard let child = tree.children[element] else { continue }
        if let element = try filter(element, child, context) { kept.append(element) }
      }
      return .set(ValueSet(kept))
    case .object(let object):
      try context.charge(instructions: object.count, bytes: object.count * 16)
      var keys: [Value] = []
      var values: [Value] = []
      for (key, member) in zip(object.keys, object.values) {
        guard let child = tree.children[key], let member = try filter(member, child, context) else { continue }
        keys.append(key)
        values.append(member)
      }
      return .object(ValueObject(sortedKeys: keys, values: values))
    default: return value
    }
  }

  /// Everything but what the tree names; nil for a leaf.
  private static func remove(
    _ value: Value, _ tree: PathTree?, _ context: any BuiltinContext
  ) throws(BuiltinError) -> Value? {
    guard let tree else { return value }
    if tree.isLeaf { return nil }
    switch value {
    case .array(let array):
      try context.charge(instructions: array.count, bytes: array.count * 16)
      var kept: [Value] = []
      for (index, element) in array.elements.enumerated() {
        if let element = try remove(element, tree.children[indexKey(index)], context) { kept.append(element) }
      }
      return .array(ValueArray(kept))
    case .set(let set):
      try context.charge(instructions: set.count, bytes: set.count * 16)
      var kept: [Value] = []
      for element in set.elements {
        if let element = try remove(element, tree.children[element], context) { kept.append(element) }
      }
      return .set(ValueSet(kept))
    case .object(let object):
      try context.charge(instructions: object.count, bytes: object.count * 16)
      var keys: [Value] = []
      var values: [Value] = []
      for (key, member) in zip(object.keys, object.values) {
        guard let member = try remove(member, tree.children[key], context) else { continue }
        keys.append(key)
        values.append(member)
      }
      return .object(ValueObject(sortedKeys: keys, values: values))
    default: return value
    }
  }
}
