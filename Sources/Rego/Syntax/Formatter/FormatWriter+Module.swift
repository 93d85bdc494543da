extension FormatWriter {
  private enum Statement {
    case imported(Module.Import)
    case rule(Rule)

    var location: SourceLocation {
      switch self {
      case .imported(let imported): imported.location
      case .rule(let rule): rule.location
      }
    }
  }

  mutating func writeModule(_ module: Module) {
    writePackage(module)
    var imports = module.imports
    if imports.contains(where: { $0.path == ["rego", "v1"] }) { imports.removeAll { $0.path.first == "future" } }
    let statements = (imports.map(Statement.imported) + module.rules.map(Statement.rule))
      .sorted { $0.location.offset < $1.location.offset }
    var rest = statements[...]
    while !rest.isEmpty {
      var imports: [Module.Import] = []
      while case .imported(let imported)? = rest.first {
        imports.append(imported)
        rest.removeFirst()
      }
      writeImports(imports)
      var rules: [Rule] = []
      while case .rule(let rule)? = rest.first {
        rules.append(rule)
        rest.removeFirst()
      }
      writeRules(rules)
    }
    for comment in comments { writeLine(comment.text) }
  }

  /// Comments that find no room here are found again by the check of the result.
  private mutating func attempt(_ body: (inout FormatWriter) throws(UnexpectedComment) -> Void) -> Bool {
    do throws(UnexpectedComment) {
      try body(&self)
      return true
    } catch {
      return false
    }
  }

  private mutating func writePackage(_ module: Module) {
    _ = attempt { writer throws(UnexpectedComment) in
      try writer.insertComments(before: module.packageLocation.row)
    }
    startLine()
    write("package ")
    writePath(module.package)
    blankLine()
  }

  private mutating func writePath(_ path: [Text]) {
    guard let first = path.first else { return }
    write(first.bytes)
    for segment in path.dropFirst() { writeSegment(segment) }
  }

  private mutating func writeImports(_ imports: [Module.Import]) {
    if imports.isEmpty { return }
    var beside: [Int32: Comment] = [:]
    let rows = Set(imports.map(\.location.row))
    comments =
      comments.filter { comment in
        if !rows.contains(comment.row) { return true }
        beside[comment.row] = comment
        return false
      }[...]
    var groups: [[Module.Import]] = []
    var lastRow: Int32 = -2
    for imported in imports {
      if imported.location.row - lastRow > 1 { groups.append([]) }
      groups[groups.count - 1].append(imported)
      lastRow = imported.location.row
    }
    for group in groups {
      _ = attempt { writer throws(UnexpectedComment) in
        try writer.insertComments(before: group[0].location.row)
      }
      for imported in group.sorted(by: ImportOrder.precedes) {
        startLine()
        write("import ")
        writePath(imported.path)
        if let alias = imported.alias { write(" as " + alias) }
        if let comment = beside[imported.location.row] {
          write(" ")
          write(comment.text)
        }
        endLine()
      }
      blankLine()
    }
  }

  private mutating func writeRules(_ rules: [Rule]) {
    for (index, rule) in rules.enumerated() {
      _ = attempt { writer throws(UnexpectedComment) in
        try writer.insertComments(before: rule.location.row)
      }
      _ = attempt { writer throws(UnexpectedComment) in try writer.writeRule(FormattedRule(rule)) }
      if index + 1 < rules.count, isGroupable(rule), isGroupable(rules[index + 1]),
        rules[index + 1].location.row == rule.location.row + 1
      {
        continue
      }
      blankLine()
    }
  }

  /// One-liners that stand on successive lines stay together.
  private func isGroupable(_ rule: Rule) -> Bool {
    if (rule.body?.count ?? 1) > 1 || rule.isDefault { return false }
    return (options.isV1 || options.usesIf) && (options.usesContains || rule.head.key == nil)
  }
}
