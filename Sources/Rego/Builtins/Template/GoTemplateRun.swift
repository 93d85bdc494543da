import JSON

/// One run of a template over an object.
struct GoTemplateRun {
  typealias Item = GoTemplate.Item

  private enum Flow { case normal, exit, next }

  private let context: any BuiltinContext
  private let root: Item
  private(set) var output: [UInt8] = []
  private var variables: [(name: String, item: Item)] = []

  init(_ data: Value, _ context: any BuiltinContext) {
    self.context = context
    root = .data(data)
    variables = [("$", root)]
  }

  mutating func run(_ template: GoTemplate) throws(BuiltinError) { _ = try run(template.nodes, root) }

  private func fault(_ message: String) -> BuiltinError { .failed("template: template: \(message)") }

  private mutating func run(_ nodes: [GoTemplate.Node], _ dot: Item) throws(BuiltinError) -> Flow {
    let scope = variables.count
    defer { variables.removeLast(variables.count - scope) }
    for node in nodes {
      let flow = try run(node, dot)
      if flow != .normal { return flow }
    }
    return .normal
  }

  private mutating func run(_ node: GoTemplate.Node, _ dot: Item) throws(BuiltinError) -> Flow {
    try context.charge(instructions: 32, bytes: 0)
    let scope = variables.count
    switch node {
    case .text(let text):
      try append(text)
      return .normal
    case .action(let pipeline):
      let item = try evaluate(pipeline, dot)
      if pipeline.variables.isEmpty { try append(Self.shown(item)) }
      return .normal
    case .exit: return .exit
    case .next: return .next
    case .branch(let pipeline, let body, let other):
      defer { variables.removeLast(variables.count - scope) }
      return Self.isTrue(try evaluate(pipeline, dot)) ? try run(body, dot) : try run(other, dot)
    case .with(let pipeline, let body, let other):
      defer { variables.removeLast(variables.count - scope) }
      let item = try evaluate(pipeline, dot)
      return Self.isTrue(item) ? try run(body, item) : try run(other, dot)
    case .range(let pipeline, let body, let other):
      defer { variables.removeLast(variables.count - scope) }
      return try loop(pipeline, body, other, dot)
    }
  }

  private mutating func append(_ bytes: [UInt8]) throws(BuiltinError) {
    try context.charge(instructions: bytes.count / 16, bytes: bytes.count)
    output += bytes
  }

  private mutating func loop(
    _ pipeline: GoTemplate.Pipeline, _ body: [GoTemplate.Node], _ other: [GoTemplate.Node], _ dot: Item
  ) throws(BuiltinError) -> Flow {
    var bare = pipeline
    bare.variables = []
    var pairs: [(Item, Item)] = []
    switch try evaluate(bare, dot) {
    case .data(.array(let array)):
      for (index, element) in array.elements.enumerated() { pairs.append((.integer(Int64(index)), .data(element))) }
    case .data(.object(let object)):
      for (name, value) in ValueJSONWriter.members(object) { pairs.append((.data(.string(name)), .data(value))) }
    case .integer(let count):
      try context.charge(
        instructions: Int(clamping: count), bytes: Int(clamping: count.clamped(to: 0...(1 << 40)) * 32))
      for index in 0..<max(0, count) { pairs.append((.integer(index), .integer(index))) }
    case .absent, .data(.null), .data(.undefined): break
    case let item: throw fault("range can't iterate over \(String(decoding: Self.shown(item), as: UTF8.self))")
    }
    if pairs.isEmpty { return try run(other, dot) }
    for (key, value) in pairs {
      let scope = variables.count
      defer { variables.removeLast(variables.count - scope) }
      switch pipeline.variables.count {
      case 1: bind(pipeline.variables[0], value, declares: pipeline.declares)
      case 2:
        bind(pipeline.variables[0], key, declares: pipeline.declares)
        bind(pipeline.variables[1], value, declares: pipeline.declares)
      default: break
      }
      if try run(body, value) == .exit { break }
    }
    return .normal
  }

  private mutating func bind(_ name: String, _ item: Item, declares: Bool) {
    if !declares, let index = variables.lastIndex(where: { $0.name == name }) {
      variables[index].item = item
    } else {
      variables.append((name, item))
    }
  }

  // MARK: Pipelines

  private mutating func evaluate(_ pipeline: GoTemplate.Pipeline, _ dot: Item) throws(BuiltinError) -> Item {
    var last: Item?
    for command in pipeline.commands { last = try evaluate(command, dot, last) }
    let item = last ?? .absent
    for name in pipeline.variables { bind(name, item, declares: pipeline.declares) }
    return item
  }

  private mutating func evaluate(
    _ command: [GoTemplate.Operand], _ dot: Item, _ last: Item?
  ) throws(BuiltinError) -> Item {
    if case .function(let name) = command[0] {
      // Both stop at the first that decides.
      if name == "and" || name == "or" {
        var item = Item.absent
        for operand in command.dropFirst() {
          item = try value(operand, dot)
          if Self.isTrue(item) == (name == "or") { return item }
        }
        if let last { item = last }
        return item
      }
      var arguments: [Item] = []
      for operand in command.dropFirst() { arguments.append(try value(operand, dot)) }
      if let last { arguments.append(last) }
      return try call(name, arguments)
    }
    if case .absent = command[0] { throw fault("nil is not a command") }
    guard command.count == 1, last == nil else { throw fault("can't give argument to non-function") }
    return try value(command[0], dot)
  }

  private mutating func value(_ operand: GoTemplate.Operand, _ dot: Item) throws(BuiltinError) -> Item {
    switch operand {
    case .dot: return dot
    case .absent: return .absent
    case .constant(let item): return item
    case .field(let path): return try field(dot, path)
    case .function(let name): return try call(name, [])
    case .variable(let name, let path):
      guard let found = variables.last(where: { $0.name == name }) else {
        throw fault("undefined variable \"\(name)\"")
      }
      return try field(found.item, path)
    case .nested(let pipeline, let path): return try field(try evaluate(pipeline, dot), path)
    }
  }

  private func field(_ item: Item, _ path: [Text]) throws(BuiltinError) -> Item {
    var item = item
    for name in path {
      switch item {
      case .data(.object(let object)): item = Self.member(object, name)
      case .absent, .data(.null): item = .absent
      default: throw fault("can't evaluate field \(name) in type interface {}")
      }
    }
    return item
  }

  private static func member(_ object: ValueObject, _ name: Text) -> Item {
    let value = object[.string(name)]
    return value.isUndefined ? .absent : .data(value)
  }

  // MARK: Values

  private static func isTrue(_ item: Item) -> Bool {
    switch item {
    case .absent, .data(.null), .data(.undefined): false
    case .data(.boolean(let value)): value
    case .data(.string(let text)): !text.isEmpty
    case .data(.array(let array)): !array.isEmpty
    case .data(.object(let object)): !object.isEmpty
    case .data(.set(let set)): !set.isEmpty
    case .data(.integer), .data(.number): true
    case .integer(let value): value != 0
    case .float(let value): value != 0
    }
  }

  private static func shown(_ item: Item) -> [UInt8] {
    switch item {
    case .absent, .data(.null), .data(.undefined): return Array("<undefined>".utf8)
    case .integer(let value): return Array(String(value).utf8)
    case .float(let value): return GoDouble.text(value, "g", nil)
    case .data(let value):
      var bytes: [UInt8] = []
      append(value, to: &bytes)
      return bytes
    }
  }

  private static func append(_ value: Value, to bytes: inout [UInt8]) {
    switch value {
    case .undefined, .null: bytes += "<nil>".utf8
    case .boolean(let value): bytes += (value ? "true" : "false").utf8
    case .integer, .number: bytes += value.numberText?.bytes ?? []
    case .string(let text): bytes += text.bytes
    case .array, .set:
      bytes.append(UInt8(ascii: "["))
      for (index, element) in value.elements.enumerated() {
        if index > 0 { bytes.append(0x20) }
        append(element, to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let object):
      bytes += "map[".utf8
      for (index, member) in ValueJSONWriter.members(object).enumerated() {
        if index > 0 { bytes.append(0x20) }
        bytes += member.name.bytes
        bytes.append(UInt8(ascii: ":"))
        append(member.value, to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    }
  }

  // MARK: Functions

  private func call(_ name: String, _ arguments: [Item]) throws(BuiltinError) -> Item {
    func count(_ range: ClosedRange<Int>) throws(BuiltinError) {
      guard range.contains(arguments.count) else { throw fault("wrong number of args for \(name)") }
    }
    func text(_ bytes: [UInt8]) -> Item { .data(.string(Text(bytes: bytes))) }
    switch name {
    case "not":
      try count(1...1)
      return .data(.boolean(!Self.isTrue(arguments[0])))
    case "len":
      try count(1...1)
      switch arguments[0] {
      case .data(.string(let text)): return .integer(Int64(text.byteCount))
      case .data(.array(let array)): return .integer(Int64(array.count))
      case .data(.object(let object)): return .integer(Int64(object.count))
      case .data(let value) where value.numberText != nil: return .integer(Int64(value.numberText?.byteCount ?? 0))
      default: throw fault("error calling len: len of nil pointer or untyped value")
      }
    case "index": return try index(arguments)
    case "slice": return try slice(arguments)
    case "print", "println", "html", "js", "urlquery":
      var bytes: [UInt8] = []
      for (position, argument) in arguments.enumerated() {
        // Print puts a space only between operands of which neither is a string.
        let isSpaced =
          position > 0
          && (name == "println" || !(Self.isText(argument) || Self.isText(arguments[position - 1])))
        if isSpaced { bytes.append(0x20) }
        bytes += Self.shown(argument)
      }
      try context.charge(instructions: bytes.count, bytes: bytes.count * 2)
      switch name {
      case "println": return text(bytes + [0x0A])
      case "html": return text(Self.html(bytes))
      case "js": return text(Self.javaScript(bytes))
      case "urlquery": return text(EncodingBuiltins.queryEscaped(Text(bytes: bytes)))
      default: return text(bytes)
      }
    case "printf":
      guard case .data(.string(let format)) = arguments.first else { throw fault("wrong type for printf") }
      var formatter = GoFormat(
        arguments.dropFirst().map { argument in
          switch argument {
          case .integer(let value): .integer(value)
          case .float(let value): .float(value)
          default: .string(Text(bytes: Self.shown(argument)))
          }
        })
      try formatter.format(format, context)
      return text(formatter.output)
    default: return try comparison(name, arguments)
    }
  }

  private static func isText(_ item: Item) -> Bool {
    if case .data(let value) = item, value.typeRank == 2 || value.typeRank == 3 { true } else { false }
  }

  private func index(_ arguments: [Item]) throws(BuiltinError) -> Item {
    guard var item = arguments.first else { throw fault("wrong number of args for index") }
    for key in arguments.dropFirst() {
      switch (item, key) {
      case (.data(.array(let array)), .integer(let index)):
        guard index >= 0, index < array.count else {
          throw fault("error calling index: index out of range: \(index)")
        }
        item = .data(array[Int(index)])
      case (.data(.object(let object)), .data(.string(let name))): item = Self.member(object, name)
      case (.absent, _), (.data(.null), _): throw fault("error calling index: index of untyped nil")
      default: throw fault("error calling index: cannot index this item")
      }
    }
    return item
  }

  private func slice(_ arguments: [Item]) throws(BuiltinError) -> Item {
    guard let item = arguments.first, arguments.count <= 3 else { throw fault("wrong number of args for slice") }
    let length: Int
    switch item {
    case .data(.string(let text)): length = text.byteCount
    case .data(.array(let array)): length = array.count
    default: throw fault("error calling slice: can't slice this item")
    }
    var bounds = [0, length]
    for (position, bound) in arguments.dropFirst().enumerated() {
      guard case .integer(let value) = bound, value >= 0, value <= length else {
        throw fault("error calling slice: index out of range")
      }
      bounds[position] = Int(value)
    }
    guard bounds[0] <= bounds[1] else { throw fault("error calling slice: invalid slice index") }
    switch item {
    case .data(.string(let text)): return .data(.string(Text(bytes: Array(text.bytes[bounds[0]..<bounds[1]]))))
    case .data(.array(let array)): return .data(.array(ValueArray(Array(array.elements[bounds[0]..<bounds[1]]))))
    default: return .absent
    }
  }

  /// Kinds that may be compared with one another, as Go sees them: numbers of the data are strings.
  private enum Basic {
    case text(Text), integer(Int64), float(Double), boolean(Bool), absent

    init?(_ item: Item) {
      switch item {
      case .data(.string(let text)): self = .text(text)
      case .data(.boolean(let value)): self = .boolean(value)
      case .data(.integer), .data(.number):
        guard case .data(let value) = item, let text = value.numberText else { return nil }
        self = .text(text)
      case .integer(let value): self = .integer(value)
      case .float(let value): self = .float(value)
      case .absent, .data(.null), .data(.undefined): self = .absent
      default: return nil
      }
    }

    /// Negative, zero or positive; nil for kinds that do not go together.
    func compare(_ other: Basic) -> Int? {
      switch (self, other) {
      case (.text(let left), .text(let right)): left.compare(right)
      case (.integer(let left), .integer(let right)): left < right ? -1 : (left == right ? 0 : 1)
      case (.float(let left), .float(let right)): left < right ? -1 : (left == right ? 0 : 1)
      case (.boolean(let left), .boolean(let right)): left == right ? 0 : 1
      case (.absent, .absent): 0
      default: nil
      }
    }
  }

  private func comparison(_ name: String, _ arguments: [Item]) throws(BuiltinError) -> Item {
    guard arguments.count == 2 || (name == "eq" && arguments.count > 2) else {
      throw fault("error calling \(name): missing argument for comparison")
    }
    guard let first = Basic(arguments[0]) else { throw fault("error calling \(name): invalid type for comparison") }
    var result = false
    for argument in arguments.dropFirst() {
      guard let other = Basic(argument), let order = first.compare(other) else {
        throw fault("error calling \(name): incompatible types for comparison")
      }
      switch name {
      case "eq": result = result || order == 0
      case "ne": result = order != 0
      case "lt": result = order < 0
      case "le": result = order <= 0
      case "gt": result = order > 0
      default: result = order >= 0
      }
    }
    return .data(.boolean(result))
  }

  private static func html(_ bytes: [UInt8]) -> [UInt8] {
    bytes.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "<"): Array("&lt;".utf8)
      case UInt8(ascii: ">"): Array("&gt;".utf8)
      case UInt8(ascii: "&"): Array("&amp;".utf8)
      case UInt8(ascii: "'"): Array("&#39;".utf8)
      case UInt8(ascii: "\""): Array("&#34;".utf8)
      case 0: Array("\u{FFFD}".utf8)
      default: [byte]
      }
    }
  }

  private static func javaScript(_ bytes: [UInt8]) -> [UInt8] {
    bytes.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "="), 0..<0x20:
        Array("\\u00".utf8)
          + [byte >> 4, byte & 15].map { $0 < 10 ? 0x30 + $0 : 0x37 + $0 }
      default: [byte]
      }
    }
  }
}

extension Int64 {
  fileprivate func clamped(to range: ClosedRange<Int64>) -> Int64 {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}

/// `strings.render_template`.
enum TemplateBuiltins {
  static let all: [Builtin] = [
    Builtin("strings.render_template", [.string, .object(.string, .any)], .string) {
      operands, context throws(BuiltinError) in
      let text = try operands.text(0)
      let data = Value.object(try operands.object(1))
      try context.charge(instructions: text.byteCount * 4, bytes: text.byteCount * 4)
      let template = try GoTemplate(text)
      var run = GoTemplateRun(data, context)
      try run.run(template)
      return .string(Text(bytes: run.output))
    }
  ]
}
