/// Annotations by what they stand before, for `rego.metadata.rule()` and `rego.metadata.chain()`.
/// Source: OPA v1/ast/annotations.go, `AnnotationSet.Chain`.
struct AnnotationIndex {
  private struct RuleKey: Hashable {
    var module: Int
    var rule: Int
  }

  private var byRule: [RuleKey: [Module.Annotation]] = [:]
  private var byDocument: [[Value]: Module.Annotation] = [:]
  private var byPackage: [[Text]: Module.Annotation] = [:]
  private var bySubpackages: [[Text]: Module.Annotation] = [:]

  init(_ modules: [Module]) {
    for (index, module) in modules.enumerated() {
      for annotation in module.annotations {
        switch annotation.scope {
        case .package: byPackage[module.package] = byPackage[module.package] ?? annotation
        case .subpackages: bySubpackages[module.package] = bySubpackages[module.package] ?? annotation
        case .document:
          guard let rule = annotation.rule, module.rules.indices.contains(rule) else { continue }
          let path = module.rules[rule].constantPath(in: module.package)
          byDocument[path] = byDocument[path] ?? annotation
        case .rule:
          guard let rule = annotation.rule else { continue }
          byRule[RuleKey(module: index, rule: rule), default: []].append(annotation)
        }
      }
    }
  }

  /// Of the rule itself, those closest to it first.
  private func annotations(module: Int, rule: Int) -> [Module.Annotation] {
    (byRule[RuleKey(module: module, rule: rule)] ?? []).sorted { $0.location.offset > $1.location.offset }
  }

  /// What `rego.metadata.rule()` yields in a rule.
  func rule(module: Int, rule: Int) -> Value {
    annotations(module: module, rule: rule).first?.value ?? .object(.empty)
  }

  /// What `rego.metadata.chain()` yields in a rule: from the rule outwards.
  func chain(module: Int, rule: Int, path: [Value], package: [Text]) -> Value {
    var links: [Value] = []
    func link(_ path: [Value], _ annotation: Module.Annotation?) {
      var members: [(Value, Value)] = [("path", .array(ValueArray(path)))]
      if let annotation { members.append(("annotations", annotation.value)) }
      links.append(.object(ValueObject(members)))
    }
    let own = annotations(module: module, rule: rule)
    if own.isEmpty { link(path, nil) }
    for annotation in own { link(path, annotation) }
    if let annotation = byDocument[path] { link(path, annotation) }
    if let annotation = byPackage[package] { link(package.map { .string($0) }, annotation) }
    for count in stride(from: package.count, through: 0, by: -1) {
      let prefix = Array(package.prefix(count))
      if let annotation = bySubpackages[prefix] { link(prefix.map { .string($0) }, annotation) }
    }
    return .array(ValueArray(links))
  }
}

/// Where a rule's annotations are found.
struct RuleMetadata {
  var index: AnnotationIndex
  var module: Int
  var rule: Int
  var path: [Value]
  var package: [Text]

  /// The constant that a call stands for, nil for other calls.
  func constant(_ name: [String]) -> Value? {
    switch name {
    case ["rego", "metadata", "rule"]: index.rule(module: module, rule: rule)
    case ["rego", "metadata", "chain"]: index.chain(module: module, rule: rule, path: path, package: package)
    default: nil
    }
  }
}
