public import Bundles
import Rego

/// What a bundle consists of.
public struct BundleInspection: Sendable {
  struct Rule: Sendable {
    var name: String
    var kind: String
    var file: String
    var location: SourceLocation
  }

  struct Note: Sendable {
    var target: String
    var file: String
    var annotation: Module.Annotation
  }

  let files: [(package: String, names: [String])]
  let rules: [Rule]
  let notes: [Note]
  let documents: [String]
  let revision: String

  /// - Throws: all mistakes of syntax.
  public init(_ content: BundleContent, isV0Compatible: Bool = false) throws(ToolError) {
    var modules: [Module] = []
    var errors: [RegoError] = []
    for (index, source) in content.modules.enumerated() {
      do throws(RegoErrors) {
        modules.append(
          try RegoParser.parseModule(source, file: Int32(index), version: isV0Compatible ? .v0 : .v1))
      } catch {
        errors += error.errors
      }
    }
    guard errors.isEmpty else { throw .rego(RegoErrors(errors), sources: content.modules) }
    let names = content.modules.map(\.name)
    var files: [String: [String]] = [:]
    for module in modules { files[Self.path(module.package), default: []].append(names[Int(module.file)]) }
    self.files = files.keys.sorted().map { (package: $0, names: files[$0] ?? []) }
    rules = modules.flatMap { module in
      module.rules.filter { !$0.isChained }.map { Self.rule($0, module, names[Int(module.file)]) }
    }
    notes = modules.flatMap { module in
      module.annotations.map { annotation in
        var target = Self.path(module.package)
        if let rule = annotation.rule, module.rules.indices.contains(rule) {
          target = Self.rule(module.rules[rule], module, "").name
        }
        return Note(target: target, file: names[Int(module.file)], annotation: annotation)
      }
    }
    if case .object(let data) = content.data {
      documents = data.keys.map { if case .string(let name) = $0 { "data." + name.string } else { "data[\($0)]" } }
    } else {
      documents = []
    }
    revision = content.revision
  }

  private static func path(_ package: [Text]) -> String { (["data"] + package).map(\.string).joined(separator: ".") }

  private static func rule(_ rule: Rego.Rule, _ module: Module, _ file: String) -> Rule {
    let reference = rule.head.reference.enumerated().map { index, term -> String in
      switch term.node {
      case .variable(let name): index == 0 ? "." + name : "[\(name)]"
      case .scalar(.string(let name)): "." + name.string
      case .scalar(let value): "[\(value)]"
      default: "[…]"
      }
    }
    let kind =
      if rule.head.arguments != nil {
        "function"
      } else if rule.head.key != nil {
        "set"
      } else if rule.isDefault {
        "default"
      } else {
        "value"
      }
    return Rule(name: path(module.package) + reference.joined(), kind: kind, file: file, location: rule.location)
  }

  /// - Parameter withAnnotations: metadata blocks as well.
  public func document(withAnnotations: Bool) -> OutputDocument {
    var members: [(String, OutputDocument)] = []
    if !revision.isEmpty { members.append(("manifest", .object([("revision", .text(revision))]))) }
    members.append(("namespaces", .object(files.map { ($0.package, .array($0.names.map { .text($0) })) })))
    members.append(
      (
        "rules",
        .array(
          rules.map {
            .object([
              ("path", .text($0.name)), ("kind", .text($0.kind)), ("location", .location($0.location, file: $0.file)),
            ])
          })
      ))
    members.append(("data", .array(documents.map { .text($0) })))
    if withAnnotations {
      members.append(
        (
          "annotations",
          .array(
            notes.map {
              .object([
                ("path", .text($0.target)), ("location", .location($0.annotation.location, file: $0.file)),
                ("annotations", .value($0.annotation.value)),
              ])
            })
        ))
    }
    return .object(members)
  }

  public func pretty(withAnnotations: Bool) -> String {
    var parts: [String] = []
    if !revision.isEmpty { parts.append("REVISION: \(revision)") }
    var namespaces = TextTable(["NAMESPACE", "FILE"])
    for file in files { for name in file.names { namespaces.rows.append([file.package, name]) } }
    parts.append("NAMESPACES:\n" + namespaces.boxed)
    var table = TextTable(["RULE", "KIND", "PLACE"])
    for rule in rules { table.rows.append([rule.name, rule.kind, "\(rule.file):\(rule.location.row)"]) }
    parts.append("RULES:\n" + table.boxed)
    if !documents.isEmpty { parts.append("DATA:\n" + documents.map { "  " + $0 }.joined(separator: "\n")) }
    if withAnnotations {
      let blocks = notes.map { note in
        "\(note.target)  \(note.file):\(note.annotation.location.row)\n"
          + OutputDocument.value(note.annotation.value).pretty
      }
      if !blocks.isEmpty { parts.append("ANNOTATIONS:\n" + blocks.joined(separator: "\n")) }
    }
    return parts.joined(separator: "\n\n")
  }
}
