/// Lays modules out as `opa fmt` does. Source: OPA v1/format/format.go.
///
/// Line breaks of the source decide which collections and bodies stay on one line; indentation is by tabs. What is said
/// stays the same, comments included: a result that would not read back as the same module is not given.
public enum RegoFormatter {
  /// Passes until nothing changes: a comment in an odd place may move once more.
  private static let passCountMax = 4

  /// The formatted text. Formatting it again changes nothing.
  public static func format(
    _ source: Source, version: Module.Version = .v1, limits: RegoParser.Limits = RegoParser.Limits()
  ) throws(RegoErrors) -> [UInt8] {
    let module = try RegoParser.parseModule(source, version: version, limits: limits, readsAnnotations: false)
    var current = source.text
    var currentModule = module
    for _ in 0..<passCountMax {
      let next = layOut(current, currentModule, version: version)
      if next == current { return current }
      guard let read = reading(next, version, limits), keeps(module, read) else { break }
      (current, currentModule) = (next, read)
    }
    // Comments in places that the layout has no room for: better as it was than changed.
    return TrailingSpace.trimmed(source.text)
  }

  /// One pass, whatever comes of it.
  static func layOut(_ text: [UInt8], _ module: Module, version: Module.Version) -> [UInt8] {
    var writer = FormatWriter(text, module, FormatOptions(module, version: version))
    writer.writeModule(module)
    return writer.finished()
  }

  private static func reading(
    _ text: [UInt8], _ version: Module.Version, _ limits: RegoParser.Limits
  ) -> Module? {
    do throws(RegoErrors) {
      let source = Source(name: "", text: text)
      return try RegoParser.parseModule(source, version: version, limits: limits, readsAnnotations: false)
    } catch {
      return nil
    }
  }

  /// Whether two modules say the same, with the same comments.
  static func keeps(_ module: Module, _ other: Module) -> Bool {
    let comments = { (module: Module) in module.comments.map { TrailingSpace.trimmed($0.text) }.sorted() }
    return comments(module) == comments(other) && FormatSignature.value(module) == FormatSignature.value(other)
  }
}

/// What the keywords of a module allow. Source: OPA v1/format/format.go, `fmtOpts`.
struct FormatOptions {
  var isV1: Bool
  var usesContains: Bool
  var usesIf: Bool
  var usesIn: Bool
  /// Heads are written as references rather than as `p["q"]`.
  var referenceHeads: Bool

  init(_ module: Module, version: Module.Version) {
    isV1 = version == .v1
    var keywords: FutureKeywords = isV1 ? .all : []
    for imported in module.imports {
      if imported.path == ["rego", "v1"] { keywords = .all }
      guard imported.path.starts(with: ["future", "keywords"]) else { continue }
      keywords.formUnion(imported.path.count == 2 ? .all : FutureKeywords(name: imported.path[2]) ?? [])
    }
    usesContains = keywords.contains(.contains)
    usesIf = keywords.contains(.if)
    usesIn = keywords.contains(.in)
    referenceHeads = module.rules.contains { rule in
      rule.head.reference.count > 2 || rule.head.reference.count == 2 && rule.head.key != nil
    }
  }
}

/// A module without what formatting may change: places, `=` for `:=`, a body of `true`, imports that `rego.v1` implies.
enum FormatSignature {
  static func value(_ module: Module) -> Value {
    var module = module
    module.comments = []
    module.annotations = []
    if module.imports.contains(where: { $0.path == ["rego", "v1"] }) {
      module.imports.removeAll { $0.path.first == "future" }
    }
    module.imports.sort { ImportOrder.precedes($0, $1) }
    for index in module.rules.indices {
      module.rules[index].head.assigned = false
      module.rules[index].isChained = false
      for branch in module.rules[index].elses.indices { module.rules[index].elses[branch].assigned = false }
    }
    return simplified(SyntaxTree.value(of: module, fileName: ""))
  }

  /// Without the names and keys that heads of references have beside them.
  private static func simplified(_ tree: Value) -> Value {
    guard case .object(var module) = tree, case .array(let rules) = tree.lookUp("rules") else { return tree }
    let plain = rules.elements.map { rule -> Value in
      guard case .object(let members) = rule, case .object(let head) = rule.lookUp("head") else { return rule }
      let isSet = rule.lookUp("head").lookUp("value").isUndefined
      let kept = zip(head.keys, head.values).filter { $0.0 != "name" && (isSet || $0.0 != "key") }
      let newHead = Value.object(ValueObject(kept.map { ($0.0, $0.1) }))
      return .object(ValueObject(zip(members.keys, members.values).map { ($0, $0 == "head" ? newHead : $1) }))
    }
    module = ValueObject(
      zip(module.keys, module.values).map { ($0, $0 == "rules" ? .array(ValueArray(plain)) : $1) })
    return .object(module)
  }
}

enum ImportOrder {
  static func precedes(_ left: Module.Import, _ right: Module.Import) -> Bool {
    for (one, other) in zip(left.path, right.path) where one != other { return one < other }
    if left.path.count != right.path.count { return left.path.count < right.path.count }
    return Text(left.alias ?? "") < Text(right.alias ?? "")
  }
}

enum TrailingSpace {
  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }

  /// Each line without the white space at its end, and one line break at the end of the text.
  static func trimmed(_ text: [UInt8]) -> [UInt8] {
    var text = text
    while let last = text.last, isSpace(last) { text.removeLast() }
    return text + [UInt8(ascii: "\n")]
  }

  static func trimmed(_ text: String) -> String {
    guard let last = text.utf8.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(text[...last])
  }
}
