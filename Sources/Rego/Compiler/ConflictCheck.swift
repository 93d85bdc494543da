/// Refuses rules that cannot stand side by side. Source: OPA v1/ast/compile.go, `checkRuleConflicts`, and conflicts.go.
struct ConflictCheck {
  struct Entry {
    var rule: Rule
    var module: Module
  }

  let entries: [Entry]
  let sources: [Source]
  private(set) var errors: [RegoError] = []

  init(_ entries: [Entry], sources: [Source]) {
    self.entries = entries
    self.sources = sources
  }

  mutating func check(_ tree: RuleTree, _ path: [Value] = []) {
    if !tree.rules.isEmpty { checkRules(tree) }
    for (key, child) in tree.children { check(child, path + [key]) }
  }

  private mutating func checkRules(_ node: RuleTree) {
    var hasElements = false
    var hasValues = false
    var arities: Set<Int> = []
    var complete = 0
    var partial = 0
    var defaults: [Entry] = []
    var conflicts: [String] = []
    for index in node.rules {
      let entry = entries[index]
      let head = entry.rule.head
      let isElement = head.key != nil
      if isElement { hasElements = true } else { hasValues = true }
      arities.insert(head.arguments?.count ?? 0)
      if entry.rule.isDefault { defaults.append(entry) }
      let isGround = entry.rule.constantSegments + 1 == head.reference.count
      if isGround, !node.children.isEmpty, conflicts.isEmpty { conflicts = names(below: node) }
      if !isElement, isGround { complete += 1 } else { partial += 1 }
    }
    guard let first = node.rules.first, let last = node.rules.last else { return }
    let name = entries[last].rule.fullReference(in: entries[last].module.package)
    let place = entries[first].rule.location
    if !conflicts.isEmpty {
      let list = conflicts.map { "\n  " + $0 }.joined()
      errors.append(RegoError(.type, "rule \(name) conflicts with:" + list, place))
    } else if hasElements && hasValues || arities.count > 1 || complete > 0 && partial > 0 {
      errors.append(RegoError(.type, "conflicting rules \(name) found", place))
    } else if defaults.count > 1 {
      let places = defaults.map { self.place($0.rule.location) }.joined(separator: ", ")
      errors.append(
        RegoError(.type, "multiple default rules \(name) found at \(places)", defaults[0].module.packageLocation))
    }
  }

  /// Everything that rules under a node define.
  private func names(below node: RuleTree) -> [String] {
    var indices: [Int] = []
    var pending = Array(node.children.values)
    while let next = pending.popLast() {
      if let first = next.rules.first { indices.append(first) }
      pending.append(contentsOf: next.children.values)
    }
    return indices.map { index in
      let entry = entries[index]
      return "rule \(entry.rule.fullReference(in: entry.module.package)) at \(place(entry.rule.location))"
    }.sorted()
  }

  private func place(_ location: SourceLocation) -> String {
    guard sources.indices.contains(Int(location.file)) else { return "\(location.row):\(location.column)" }
    let name = sources[Int(location.file)].name
    return name.isEmpty ? "\(location.row):\(location.column)" : "\(name):\(location.row)"
  }

  /// A rule where a package is.
  mutating func checkPackages(_ tree: RuleTree, _ modules: [Module]) {
    for entry in entries where entry.rule.constantSegments + 1 == entry.rule.head.reference.count {
      let path = entry.rule.constantPath(in: entry.module.package)
      guard let node = tree.find(path), node.isPackage else { continue }
      let package = path.compactMap { if case .string(let text) = $0 { text.string } else { nil } }
      errors.append(
        RegoError(
          .type,
          "package \(package.joined(separator: ".")) conflicts with rule "
            + "\(TermText.reference(entry.rule.head.reference)) defined at \(place(entry.rule.location))",
          entry.module.packageLocation))
    }
  }

  /// A rule where base documents are.
  mutating func checkData(_ tree: RuleTree, _ data: Value, _ path: [String] = []) {
    for (key, child) in tree.children {
      guard case .string(let name) = key else { continue }
      let value = data.lookUp(key)
      if value.isUndefined { continue }
      let path = path + [name.string]
      if let first = child.rules.first {
        errors.append(
          RegoError(
            .compile, "conflicting rule for data path \(path.joined(separator: "/")) found",
            entries[first].rule.location))
      } else {
        checkData(child, value, path)
      }
    }
  }
}

extension Rule {
  /// `data.p.q[x]`, as messages name rules.
  func fullReference(in package: [Text]) -> String {
    let path = constantPath(in: package)
    let rest = head.reference.dropFirst(1 + constantSegments)
    return ReferenceText.text(path) + rest.map { "[\(TermText.text($0))]" }.joined()
  }
}
