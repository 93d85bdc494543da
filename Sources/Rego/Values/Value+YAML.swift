import Yams

/// Why a text is not the YAML that was asked for; the parser's words, or ours for what JSON cannot say.
public struct YAMLFault: Error, Sendable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

/// Bounds on one YAML text.
public struct YAMLLimits: Sendable {
  public var bytesMax: Int
  /// Values after aliases are followed: an alias of aliases can be far larger than its text.
  public var valuesMax: Int
  /// Collections inside one another.
  public var depthMax: Int

  public init(bytesMax: Int = 64 << 20, valuesMax: Int = 4 << 20, depthMax: Int = 128) {
    self.bytesMax = bytesMax
    self.valuesMax = valuesMax
    self.depthMax = depthMax
  }
}

extension Value {
  /// The value of the first document of a YAML text, as OPA reads it: YAML 1.1 through Go's yaml.v2 and JSON. One name
  /// twice in a mapping is refused.
  public init(yaml bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) throws(YAMLFault) {
    guard bytes.count <= limits.bytesMax else { throw YAMLFault("longer than \(limits.bytesMax) bytes") }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw YAMLFault("invalid UTF-8") }
    // The parser is recursive, so depth is bounded before it runs.
    guard YAMLDepth.isBelow(limits.depthMax, bytes) else { throw YAMLFault("deeper than \(limits.depthMax)") }
    let node: Node?
    do {
      node = try Yams.compose_all(yaml: text).first()
    } catch {
      throw YAMLFault("\(error)")
    }
    guard let node else {
      self = .null
      return
    }
    var reader = YAMLReader(limits: limits)
    self = try reader.value(node, depth: 0)
  }
}

extension YamlSequence {
  /// The first document; nil when there is none.
  fileprivate func first() throws -> Element? {
    var sequence = self
    let element = sequence.next()
    if let error = sequence.error { throw error }
    return element
  }
}

/// An upper estimate of how deep a YAML text nests, without parsing it.
enum YAMLDepth {
  static func isBelow(_ depthMax: Int, _ bytes: [UInt8]) -> Bool {
    var flow = 0
    var indent = 0
    var isStart = true
    var column = 0
    for byte in bytes {
      if byte == 0x0A {
        isStart = true
        column = 0
        indent = 0
        continue
      }
      column += 1
      switch byte {
      case 0x20 where isStart: continue
      case UInt8(ascii: "-") where isStart, UInt8(ascii: "?") where isStart, UInt8(ascii: ":") where isStart:
        // Each may open a collection of its own.
        indent += 1
        if indent > depthMax { return false }
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        flow += 1
        // Brackets in plain text and comments count too, and never close: the bound on them is wider.
        if flow > depthMax * 16 { return false }
      case UInt8(ascii: "]"), UInt8(ascii: "}"): flow = max(0, flow - 1)
      default: isStart = false
      }
      // Collections in blocks are indented by one at least.
      if isStart, column > depthMax * 8 { return false }
    }
    return true
  }
}

private struct YAMLReader {
  let limits: YAMLLimits
  private var count = 0

  init(limits: YAMLLimits) { self.limits = limits }

  mutating func value(_ node: Node, depth: Int) throws(YAMLFault) -> Value {
    count += 1
    guard count <= limits.valuesMax else { throw YAMLFault("more than \(limits.valuesMax) values") }
    guard depth <= limits.depthMax else { throw YAMLFault("deeper than \(limits.depthMax)") }
    switch node {
    case .scalar(let scalar): return try Self.value(scalar)
    case .sequence(let sequence):
      var elements: [Value] = []
      for element in sequence { elements.append(try value(element, depth: depth + 1)) }
      return .array(ValueArray(elements))
    case .mapping(let mapping):
      var builder = ValueObjectBuilder()
      try collect(mapping, depth: depth, into: &builder)
      return .object(ValueObject(builder))
    case .alias: throw YAMLFault("alias without an anchor")
    }
  }

  private mutating func collect(
    _ mapping: Node.Mapping, depth: Int, into builder: inout ValueObjectBuilder
  ) throws(YAMLFault) {
    var merged: [Node] = []
    for (key, member) in mapping {
      guard case .scalar(let scalar) = key else { throw YAMLFault("invalid map key") }
      if scalar.style == .plain, scalar.string == "<<" {
        if case .sequence(let sequence) = member { merged += Array(sequence) } else { merged.append(member) }
        continue
      }
      builder[try Self.name(scalar)] = try value(member, depth: depth + 1)
    }
    for node in merged {
      guard case .mapping(let other) = node else {
        throw YAMLFault("map merge requires map or sequence of maps as the value")
      }
      guard depth < limits.depthMax else { throw YAMLFault("deeper than \(limits.depthMax)") }
      var inner = ValueObjectBuilder()
      try collect(other, depth: depth + 1, into: &inner)
      // What is written in the mapping itself counts, then what is merged first.
      let object = ValueObject(inner)
      for (key, member) in zip(object.keys, object.values) where builder[key].isUndefined { builder[key] = member }
    }
  }

  private static let prefix = "tag:yaml.org,2002:"

  private static func value(_ scalar: Node.Scalar) throws(YAMLFault) -> Value {
    let text = scalar.string
    let tag = scalar.tag.description
    switch tag {
    case "": if scalar.style != .plain && scalar.style != .any { return .string(Text(text)) }
    case "!", prefix + "str": return .string(Text(text))
    case prefix + "binary":
      do throws(BuiltinError) { return .string(try Base64Text.decode(Text(text), url: false)) } catch {
        throw YAMLFault("!!binary value contains invalid base64 data")
      }
    case prefix + "int", prefix + "float", prefix + "bool", prefix + "null", prefix + "timestamp": break
    default: return .string(Text(text))
    }
    switch PlainScalar(text) {
    case .null: return tag.isEmpty || tag == prefix + "null" ? .null : .string(Text(text))
    case .boolean(let value): return .boolean(value)
    case .number(let value): return value
    case .notFinite: throw YAMLFault("json: unsupported value: \(text)")
    case .timestamp, .string: return .string(Text(text))
    }
  }

  private static func name(_ scalar: Node.Scalar) throws(YAMLFault) -> Value {
    // Comparing keys has made the parser guess at tags of plain ones, by other rules than ours.
    var scalar = scalar
    if scalar.style == .plain { scalar.tag = Tag.implicit }
    switch try value(scalar) {
    case .string(let text): return .string(text)
    case .boolean(let value): return value ? "true" : "false"
    case .integer(let value): return .string(Text(String(value)))
    case .number(let value): return .string(value.text)
    default: throw YAMLFault("unsupported map key")
    }
  }
}

/// Writes values as YAML the way OPA's `yaml.marshal` does.
enum YAMLWriter {
  static func text(_ value: Value) throws(YAMLFault) -> Text {
    do {
      var text = try Yams.serialize(node: node(value), allowUnicode: true)
      // The mark behind a document that ends in an open scalar; Go's writer leaves it out.
      if text.hasSuffix("\n...\n") { text.removeLast(4) }
      return Text(text)
    } catch {
      throw YAMLFault("\(error)")
    }
  }

  private static func node(_ value: Value) -> Node {
    switch value {
    case .undefined, .null: return plain("null")
    case .boolean(let value): return plain(value ? "true" : "false")
    case .integer(let value): return plain(String(value))
    case .number(let number): return plain(text(number))
    case .string(let text): return string(text.string)
    case .array, .set:
      let elements = value.elements
      return Node(elements.map(node), Tag(.seq), elements.isEmpty ? .flow : .block)
    case .object(let object):
      var members = ValueJSONWriter.members(object)
      members.sort { YAMLKeyOrder.isBefore($0.name, $1.name) }
      return Node(
        members.map { (string($0.name.string), node($0.value)) }, Tag(.map), members.isEmpty ? .flow : .block)
    }
  }

  private static func plain(_ text: String) -> Node { Node(text, Tag(.str), .plain) }

  /// Numbers go through Go's doubles unless they are integers of 64 bits.
  private static func text(_ number: BigNumber) -> String {
    let text = number.text.string
    if number.exponent >= 0, UInt64(text) != nil { return text }
    guard let double = Double(text), double.isFinite else { return text }
    return String(decoding: GoDouble.text(double, "g", nil), as: UTF8.self)
  }

  private static func string(_ text: String) -> Node {
    if case .string = PlainScalar(text), !PlainScalar.isBase60(text) {
      return Node(text, Tag(.str), text.utf8.contains(0x0A) ? .literal : .plain)
    }
    return Node(text, Tag(.str), .doubleQuoted)
  }
}

/// The order of keys in Go's yaml: letters before other things, runs of digits by their value.
enum YAMLKeyOrder {
  static func isBefore(_ left: Text, _ right: Text) -> Bool {
    let (left, right) = (Runes.all(left), Runes.all(right))
    func isDigit(_ point: UInt32) -> Bool { point &- 0x30 < 10 }
    func isLetter(_ point: UInt32) -> Bool { Unicode.Scalar(point)?.properties.isAlphabetic == true }
    var wasDigit = false
    for index in 0..<min(left.count, right.count) {
      let (a, b) = (left[index], right[index])
      if a == b {
        wasDigit = isDigit(a)
        continue
      }
      if isLetter(a) && isLetter(b) { return a < b }
      if isLetter(a) || isLetter(b) { return wasDigit ? isLetter(a) : isLetter(b) }
      var (first, second) = (index, index)
      if a == 0x30 || b == 0x30 {
        // Leading zeros take the digits before into account.
        var back = index - 1
        while back >= 0, isDigit(left[back]) {
          if left[back] != 0x30 { return Self.byDigits(left, right, index) }
          back -= 1
        }
      }
      var (x, y): (UInt64, UInt64) = (0, 0)
      while first < left.count, isDigit(left[first]) {
        x = x &* 10 &+ UInt64(left[first] - 0x30)
        first += 1
      }
      while second < right.count, isDigit(right[second]) {
        y = y &* 10 &+ UInt64(right[second] - 0x30)
        second += 1
      }
      if x != y { return x < y }
      if first != second { return first < second }
      return a < b
    }
    return left.count < right.count
  }

  private static func byDigits(_ left: [UInt32], _ right: [UInt32], _ index: Int) -> Bool {
    let first = left[index...].prefix { $0 &- 0x30 < 10 }.count
    let second = right[index...].prefix { $0 &- 0x30 < 10 }.count
    return first == second ? left[index] < right[index] : first < second
  }
}
