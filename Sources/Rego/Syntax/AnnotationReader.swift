import Yams

/// Reads one `# METADATA` block: YAML of a known shape. Source: OPA v1/ast/parser.go, `metadataParser`, and
/// v1/ast/annotations.go.
struct AnnotationReader {
  /// Bytes of one block.
  static let byteCountMax = 1 << 16

  private let block: AnnotationBlock

  init(_ block: AnnotationBlock) { self.block = block }

  mutating func annotation(before target: AnnotationTarget?) throws(AnnotationError) -> Module.Annotation {
    let fields = try mapping()
    var members: [(Value, Value)] = []
    func add(_ name: Value, _ value: Value?) { if let value { members.append((name, value)) } }
    add("title", try text(fields["title"]))
    add("description", try text(fields["description"]))
    add("organizations", try organizations(fields["organizations"]))
    add("related_resources", try list(fields["related_resources"], "related_resources", relatedResource))
    add("authors", try list(fields["authors"], "authors", author))
    add("schemas", try list(fields["schemas"], "schemas", schema))
    add("custom", try custom(fields["custom"]))
    let isEntrypoint = try flag(fields["entrypoint"])
    if isEntrypoint { members.append(("entrypoint", true)) }
    let scope = try scope(try text(fields["scope"]), isEntrypoint: isEntrypoint, before: target)
    members.append(("scope", .string(Text(scope.rawValue))))
    var rule: Int?
    if case .rule(let index)? = target { rule = index }
    return Module.Annotation(
      scope: scope, value: .object(ValueObject(members)), rule: rule, location: block.location)
  }

  private func scope(
    _ written: Value?, isEntrypoint: Bool, before target: AnnotationTarget?
  ) throws(AnnotationError) -> Module.Annotation.Scope {
    let name: String
    if case .string(let text)? = written {
      name = text.string
    } else {
      switch target {
      case .package?: name = "package"
      case .imported?: name = "import"
      case .rule?: name = isEntrypoint ? "document" : "rule"
      case nil: name = ""
      }
    }
    guard let scope = Module.Annotation.Scope(rawValue: name) else {
      throw refused(
        "invalid annotation scope '\(name)'. Use one of 'rule', 'document', 'package', or 'subpackages'")
    }
    let wanted = scope == .rule || scope == .document ? "rule" : "package"
    if target?.name != wanted {
      let found = target.map { " (have \($0.name))" } ?? ""
      throw refused("annotation scope '\(name)' must be applied to \(wanted)\(found)")
    }
    if isEntrypoint, scope != .document, scope != .package {
      throw refused("annotation entrypoint applied to non-document or package scope '\(name)'")
    }
    return scope
  }

  private func refused(_ message: String) -> AnnotationError {
    AnnotationError(message: message, location: block.location)
  }

  /// - Parameter line: of the YAML, from 1.
  private func refused(_ message: String, line: Int) -> AnnotationError {
    // OPA takes the line number for an index, so that the place is the line after the one meant.
    let index = min(line, block.lines.count - 1)
    let location = block.lines.indices.contains(index) ? block.lines[index].location : block.location
    return AnnotationError(message: message + hints, location: location)
  }

  /// Lines where a `:` is followed by what is no space.
  private var hints: String {
    var hints = ""
    for line in block.lines {
      let parts = line.text.split(separator: ":", omittingEmptySubsequences: false).dropFirst()
      if parts.isEmpty || parts.last == "" { continue }
      if parts.contains(where: { $0.hasPrefix(" ") || $0.hasPrefix("\t") }) { continue }
      let symbols = parts.compactMap(\.unicodeScalars.first).map { "'\($0)'" }.joined(separator: " ")
      hints +=
        "\n  Hint: on line \(line.location.row), symbol(s) [\(symbols)] immediately following "
        + "a key/value separator ':' is not a legal yaml space character"
    }
    return hints
  }

  private func mismatch(_ node: Node, _ wanted: String) -> AnnotationError {
    let line = node.mark?.line ?? 1
    let kind: String
    switch node {
    case .mapping: kind = "!!map"
    case .sequence: kind = "!!seq"
    case .alias: kind = "!!alias"
    case .scalar(let scalar):
      let text = scalar.string.count > 10 ? scalar.string.prefix(7) + "..." : scalar.string[...]
      kind = "\(YAMLScalar(scalar).tag) `\(text)`"
    }
    return refused("yaml: unmarshal errors:\n  line \(line): cannot unmarshal \(kind) into \(wanted)", line: line)
  }

  private func mapping() throws(AnnotationError) -> [String: Node] {
    let yaml = block.yaml
    if yaml.allSatisfy(\.isWhitespace) { throw refused("expected METADATA block, found whitespace") }
    if yaml.utf8.count > Self.byteCountMax { throw refused("METADATA block of more than \(Self.byteCountMax) bytes") }
    if let problem = YAMLBounds.problem(yaml) { throw refused("yaml: " + problem) }
    let root: Node?
    do {
      root = try compose(yaml: yaml)
    } catch YamlError.scanner(_, let problem, let mark, _) {
      throw refused("yaml: line \(mark.line): \(problem)", line: mark.line)
    } catch YamlError.parser(_, let problem, let mark, _) {
      throw refused("yaml: line \(mark.line): \(problem)", line: mark.line)
    } catch YamlError.composer(_, let problem, let mark, _) {
      throw refused("yaml: line \(mark.line): \(problem)", line: mark.line)
    } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
      let line = context.mark.line
      let names = keys.map { "\"\($0)\"" }.joined(separator: ", ")
      throw refused("yaml: unmarshal errors:\n  line \(line): mapping key \(names) already defined", line: line)
    } catch {
      throw refused("yaml: not readable", line: 1)
    }
    guard let root else { return [:] }
    guard case .mapping(let mapping) = root else { throw mismatch(root, "ast.rawAnnotation") }
    var fields: [String: Node] = [:]
    for (key, value) in mapping {
      guard let name = key.scalar?.string, !YAMLScalar.isNull(value) else { continue }
      fields[name] = value
    }
    return fields
  }

  /// nil when absent or empty.
  private func text(_ node: Node?) throws(AnnotationError) -> Value? {
    guard let node else { return nil }
    guard case .scalar(let scalar) = node else { throw mismatch(node, "string") }
    return scalar.string.isEmpty ? nil : .string(Text(scalar.string))
  }

  private func flag(_ node: Node?) throws(AnnotationError) -> Bool {
    guard let node else { return false }
    if case .scalar(let scalar) = node, scalar.style == .plain {
      switch scalar.string.lowercased() {
      case "true", "yes", "on", "y": return true
      case "false", "no", "off", "n": return false
      default: break
      }
    }
    throw mismatch(node, "bool")
  }

  private func organizations(_ node: Node?) throws(AnnotationError) -> Value? {
    guard let node else { return nil }
    guard case .sequence(let nodes) = node else { throw mismatch(node, "[]string") }
    var names: [Value] = []
    for node in nodes { names.append(try text(node) ?? "") }
    return names.isEmpty ? nil : .array(ValueArray(names))
  }

  private func list(
    _ node: Node?, _ name: String, _ element: (Node) throws(AnnotationError) -> Value
  ) throws(AnnotationError) -> Value? {
    guard let node else { return nil }
    guard case .sequence(let nodes) = node else {
      throw mismatch(node, name == "schemas" ? "[]map[string]interface {}" : "[]interface {}")
    }
    var elements: [Value] = []
    for node in nodes { elements.append(try element(node)) }
    return elements.isEmpty ? nil : .array(ValueArray(elements))
  }

  private func member(_ node: Node, _ name: String) -> String {
    guard case .mapping(let mapping) = node, case .scalar(let scalar)? = mapping[name],
      case .string(let text) = YAMLScalar(scalar).value
    else { return "" }
    return text.string.trimmingSpace
  }

  private func object(_ members: [(Value, String)]) -> Value {
    .object(ValueObject(members.filter { !$0.1.isEmpty }.map { ($0.0, .string(Text($0.1))) }))
  }

  private func relatedResource(_ node: Node) throws(AnnotationError) -> Value {
    var problem = "invalid value type, must be string or map"
    switch node {
    case .scalar(let scalar):
      guard case .string(let text) = YAMLScalar(scalar).value else { break }
      if !text.isEmpty { return object([("ref", text.string)]) }
      problem = "ref URL may not be empty string"
    case .mapping:
      let reference = member(node, "ref")
      if !reference.isEmpty { return object([("ref", reference), ("description", member(node, "description"))]) }
      problem = "'ref' value required in object"
    default: break
    }
    throw refused("invalid related-resource definition \(shown(node)): \(problem)")
  }

  private func author(_ node: Node) throws(AnnotationError) -> Value {
    var problem = "invalid value type, must be string or map"
    switch node {
    case .scalar(let scalar):
      guard case .string(let text) = YAMLScalar(scalar).value else { break }
      var words = text.string.split(whereSeparator: \.isWhitespace)
      if words.isEmpty {
        problem = "author is an empty string"
        break
      }
      var email = ""
      if let last = words.last, last.count >= 2, last.hasPrefix("<"), last.hasSuffix(">") {
        email = String(last.dropFirst().dropLast())
        words.removeLast()
      }
      return object([("name", words.joined(separator: " ")), ("email", email)])
    case .mapping:
      let (name, email) = (member(node, "name"), member(node, "email"))
      if !name.isEmpty || !email.isEmpty { return object([("name", name), ("email", email)]) }
      problem = "'name' and/or 'email' values required in object"
    default: break
    }
    throw refused("invalid author definition \(shown(node)): \(problem)")
  }

  private func shown(_ node: Node) -> String { node.scalar?.string ?? "map[]" }

  private func schema(_ node: Node) throws(AnnotationError) -> Value {
    guard case .mapping(let mapping) = node else { throw mismatch(node, "map[string]interface {}") }
    guard let (key, value) = mapping.first, let path = reference(key.scalar?.string ?? "") else {
      throw refused("invalid document reference")
    }
    var members: [(Value, Value)] = [("path", path)]
    switch value {
    case .scalar(let scalar):
      guard case .string(let text) = YAMLScalar(scalar).value else {
        throw refused("invalid schema declaration for path \"\(key.scalar?.string ?? "")\"")
      }
      guard let schema = reference(text.string), case .array(let names) = schema, names.elements.first == "schema"
      else {
        throw refused("invalid schema reference")
      }
      members.append(("schema", schema))
    case .mapping:
      var budget = YAMLScalar.nodeCountMax
      guard let definition = YAMLScalar.value(value, &budget) else { throw refused("invalid schema definition") }
      members.append(("definition", definition))
    default: throw refused("invalid schema declaration for path \"\(key.scalar?.string ?? "")\"")
    }
    return .object(ValueObject(members))
  }

  /// `input.x["y"]` as its segments.
  private func reference(_ text: String) -> Value? {
    let term: Term
    do throws(RegoErrors) {
      term = try RegoParser.parseTerm(Source(name: "", text: text))
    } catch {
      return nil
    }
    switch term.node {
    case .variable(let name): return .array(ValueArray([.string(Text(name))]))
    case .reference(let head, let path):
      guard case .variable(let name) = head.node else { return nil }
      let segments = path.map { segment -> Value in
        if case .scalar(.string(let text)) = segment.node { return .string(text) }
        return .string(Text(TermText.text(segment)))
      }
      return .array(ValueArray([.string(Text(name))] + segments))
    default: return nil
    }
  }

  private func custom(_ node: Node?) throws(AnnotationError) -> Value? {
    guard let node else { return nil }
    guard case .mapping(let mapping) = node else { throw mismatch(node, "map[string]interface {}") }
    if mapping.isEmpty { return nil }
    var budget = YAMLScalar.nodeCountMax
    guard let value = YAMLScalar.value(node, &budget) else { throw refused("invalid custom annotation") }
    return value
  }
}

extension String {
  var trimmingSpace: String {
    let start = drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }
}
