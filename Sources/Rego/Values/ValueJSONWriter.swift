import JSON

/// Writes values as JSON text the way OPA's `json.marshal` does: sets as arrays, keys that are no strings as their JSON
/// text, members in the order of those names, numbers as they are written.
public struct ValueJSONWriter {
  /// How the text is laid out.
  public struct Layout: Sendable {
    /// Before each line; nil for compact text.
    public var prefix: [UInt8]
    public var indent: [UInt8]
    public init(prefix: [UInt8] = [], indent: [UInt8]) {
      self.prefix = prefix
      self.indent = indent
    }
  }

  public private(set) var bytes: [UInt8] = []
  private let layout: Layout?
  private let escapesHTML: Bool
  private var depth = 0

  public init(layout: Layout? = nil, escapesHTML: Bool = true) {
    self.layout = layout
    self.escapesHTML = escapesHTML
  }

  public mutating func write(_ value: Value) {
    switch value {
    case .undefined, .null: bytes.append(contentsOf: "null".utf8)
    case .boolean(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): bytes.append(contentsOf: String(value).utf8)
    case .number(let value): value.text.withBytes { bytes.append(contentsOf: $0) }
    case .string(let text): write(text)
    case .array(let array): write(elements: array.elements)
    case .set(let set): write(elements: set.elements)
    case .object(let object): write(object)
    }
  }

  private mutating func write(_ text: Text) {
    text.withBytes { GoJSON.append($0, to: &bytes, escapesHTML: escapesHTML) }
  }

  private mutating func write(elements: [Value]) {
    bytes.append(UInt8(ascii: "["))
    depth += 1
    for (position, element) in elements.enumerated() {
      if position > 0 { bytes.append(UInt8(ascii: ",")) }
      breakLine()
      write(element)
    }
    depth -= 1
    if !elements.isEmpty { breakLine() }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func write(_ object: ValueObject) {
    let members = Self.members(object)
    bytes.append(UInt8(ascii: "{"))
    depth += 1
    for (position, member) in members.enumerated() {
      if position > 0 { bytes.append(UInt8(ascii: ",")) }
      breakLine()
      write(member.name)
      bytes.append(UInt8(ascii: ":"))
      if layout != nil { bytes.append(UInt8(ascii: " ")) }
      write(member.value)
    }
    depth -= 1
    if !members.isEmpty { breakLine() }
    bytes.append(UInt8(ascii: "}"))
  }

  /// Names and values as JSON has them. Where two keys have one name (`1` and `"1"`) the one later in order counts.
  static func members(_ object: ValueObject) -> [(name: Text, value: Value)] {
    var members: [(name: Text, value: Value)] = []
    members.reserveCapacity(object.count)
    var ordered = true
    for (key, value) in zip(object.keys, object.values) {
      if case .string(let name) = key {
        members.append((name, value))
      } else {
        ordered = false
        members.append((key.jsonText, value))
      }
    }
    // Strings are in order already; other names have to be put between them.
    if ordered { return members }
    let order = members.indices.sorted { left, right in
      let order = members[left].name.compare(members[right].name)
      return order == 0 ? left < right : order < 0
    }
    var unique: [(name: Text, value: Value)] = []
    for index in order {
      if unique.last?.name == members[index].name { unique.removeLast() }
      unique.append(members[index])
    }
    return unique
  }

  private mutating func breakLine() {
    guard let layout else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: layout.prefix)
    for _ in 0..<depth { bytes.append(contentsOf: layout.indent) }
  }
}

extension Value {
  /// Compact JSON text, as `json.marshal` gives it.
  public var jsonBytes: [UInt8] {
    var writer = ValueJSONWriter()
    writer.write(self)
    return writer.bytes
  }

  public var jsonText: Text { Text(bytes: jsonBytes) }
}
