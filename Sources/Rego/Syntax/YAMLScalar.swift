import Yams

/// What a YAML scalar of an annotation means, as Go's yaml.v3 resolves it.
struct YAMLScalar {
  /// Nodes of one value, so that what is shared in YAML does not grow without bound.
  static let nodeCountMax = 10_000

  var value: Value
  var tag: String

  init(_ scalar: Node.Scalar) {
    (value, tag) = (.string(Text(scalar.string)), "!!str")
    guard scalar.style == .plain, scalar.tag.description.isEmpty else { return }
    switch scalar.string {
    case "", "~", "null", "Null", "NULL": (value, tag) = (.null, "!!null")
    case "true", "True", "TRUE": (value, tag) = (.boolean(true), "!!bool")
    case "false", "False", "FALSE": (value, tag) = (.boolean(false), "!!bool")
    default:
      if let integer = Self.integer(scalar.string) {
        (value, tag) = (integer, "!!int")
      } else if let number = Self.float(scalar.string) {
        (value, tag) = (number, "!!float")
      } else if let date = Self.date(scalar.string) {
        (value, tag) = (.string(Text(date)), "!!timestamp")
      }
    }
  }

  static func isNull(_ node: Node) -> Bool {
    guard case .scalar(let scalar) = node else { return false }
    return YAMLScalar(scalar).value == .null
  }

  /// nil when the budget is spent or a key is no scalar.
  static func value(_ node: Node, _ budget: inout Int) -> Value? {
    budget -= 1
    if budget < 0 { return nil }
    switch node {
    case .scalar(let scalar): return YAMLScalar(scalar).value
    case .sequence(let nodes):
      var elements: [Value] = []
      for node in nodes {
        guard let element = value(node, &budget) else { return nil }
        elements.append(element)
      }
      return .array(ValueArray(elements))
    case .mapping(let mapping):
      var members: [(Value, Value)] = []
      for (key, node) in mapping {
        guard let name = key.scalar?.string, let member = value(node, &budget) else { return nil }
        members.append((.string(Text(name)), member))
      }
      return .object(ValueObject(members))
    case .alias: return nil
    }
  }

  private static func integer(_ text: String) -> Value? {
    let plain = text.filter { $0 != "_" }
    var digits = plain[...]
    let sign = digits.first == "-" || digits.first == "+" ? String(digits.removeFirst()) : ""
    guard let first = digits.first, first.isASCII, first.isNumber else { return nil }
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
      return Int64(sign + digits.dropFirst(2), radix: radix).map { .integer($0) }
    }
    if first == "0", digits.count > 1, let octal = Int64(sign + digits.dropFirst(), radix: 8) { return .integer(octal) }
    if let small = Int64(sign + digits) { return .integer(small) }
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    if sign != "-", UInt64(digits) != nil { return Value(numberLiteral: Text(String(digits))) }
    // Beyond 64 bits it is a binary fraction.
    return Double(sign + digits).flatMap { $0.isFinite ? Value(numberLiteral: Text("\($0)")) : nil }
  }

  private static func float(_ text: String) -> Value? {
    let plain = text.filter { $0 != "_" }
    guard let first = plain.first(where: { $0 != "-" && $0 != "+" }), first == "." || first.isASCII && first.isNumber,
      plain.allSatisfy({ "0123456789+-.eE".contains($0) }), let number = Double(plain), number.isFinite
    else { return nil }
    if number == number.rounded(), abs(number) < 1e15 { return .integer(Int64(number)) }
    return Value(numberLiteral: Text("\(number)"))
  }

  /// `2024-01-01` as the instant that it begins at; other forms stay as written.
  private static func date(_ text: String) -> String? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.count) == [4, 2, 2], parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
      let month = Int(parts[1]), (1...12).contains(month), let day = Int(parts[2]), (1...31).contains(day)
    else { return nil }
    return text + "T00:00:00Z"
  }
}

/// Refuses YAML that would cost more to read than its length: the reader recurses, and aliases multiply.
enum YAMLBounds {
  static let depthMax = 100

  static func problem(_ yaml: String) -> String? {
    var depth = 0
    var anchors: Set<Substring> = []
    var aliases: Set<Substring> = []
    for line in yaml.split(separator: "\n") {
      // Each column of indentation and each dash may open one level.
      let lead = line.utf8.prefix { " -?:\t".utf8.contains($0) }.count
      if lead > depthMax { return "more than \(depthMax) levels" }
      for byte in line.utf8 {
        if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { depth += 1 }
        // In plain text one may close what was never open: no credit for that.
        if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { depth = max(0, depth - 1) }
        if depth > depthMax { return "more than \(depthMax) levels" }
      }
      for word in line.split(whereSeparator: { " ,[]{}:\t".contains($0) }) {
        if word.hasPrefix("&") { anchors.insert(word.dropFirst()) }
        if word.hasPrefix("*") { aliases.insert(word.dropFirst()) }
      }
    }
    return anchors.isDisjoint(with: aliases) ? nil : "aliases are not supported in annotations"
  }
}
