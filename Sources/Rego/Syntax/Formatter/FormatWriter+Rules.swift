extension FormatWriter {
  mutating func writeRule(_ rule: FormattedRule) throws(UnexpectedComment) {
    if !rule.isElse { startLine() }
    if rule.isDefault { write("default ") }
    let isConstant = rule.isConstant
    writesCommentOnFinalLine = isConstant
    var hasUnexpected = false
    do throws(UnexpectedComment) { try writeHead(rule, isConstant: isConstant) } catch { hasUnexpected = true }
    guard let body = rule.body, !isConstant else {
      endLine()
      return
    }
    writesCommentOnFinalLine = true
    if options.isV1 || options.usesIf, options.usesContains || rule.head.key == nil {
      write(" if")
      if body.count == 1, body[0].location.row == endRow(rule.head.location), !body[0].isSetTerm {
        write(" ")
        try writeExpression(body[0])
        endLine()
        try writeElse(rule)
        return
      }
    }
    write(" {")
    if hasUnexpected, !comments.isEmpty { write(" ") } else { endLine() }
    level += 1
    do throws(UnexpectedComment) { try writeBody(body) } catch {}
    try insertComments(before: closingRow(after: body[body.count - 1].location.end, UInt8(ascii: "}")))
    level -= 1
    startLine()
    write("}")
    try writeElse(rule)
  }

  private mutating func writeElse(_ rule: FormattedRule) throws(UnexpectedComment) {
    guard let branch = rule.elses.first else { return }
    // Something else stands before it on its line, such as the brace that closes the body before.
    let offset = Int(branch.location.offset)
    let before = source[..<offset].reversed().prefix { $0 != UInt8(ascii: "\n") }
    let standsAlone = before.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    let wasInline = !standsAlone && branch.location.row > rule.location.row
    let hasCommentAbove = comments.first.map { $0.row < branch.location.row } ?? false || lineEnd != nil
    if wasInline, !hasCommentAbove {
      write(" ")
    } else {
      blankLine()
      startLine()
    }
    try insertComments(before: branch.location.row)
    if hasCommentAbove, !wasInline { startLine() }
    try writeRule(FormattedRule(branch, rule.elses.dropFirst()))
  }

  private mutating func writeHead(_ rule: FormattedRule, isConstant: Bool) throws(UnexpectedComment) {
    let head = rule.head
    if rule.isElse {
      write("else")
    } else if options.referenceHeads || head.reference.count == 1 {
      try writeReference(head.reference[0], head.reference.dropFirst())
    } else {
      if let comment = comments.first, comment.row == head.reference[1].location.row {
        writeUnformatted(head.location, comments)
        return
      }
      try writeReference(head.reference[0], [])
      write("[")
      try writeHeadKey(head.reference[1])
      write("]")
    }
    if let arguments = head.arguments, !arguments.isEmpty {
      write("(")
      let close = closingRow(after: arguments[arguments.count - 1].location.end, UInt8(ascii: ")"))
      let list = FormatList(start: head.location, close: close, begins: true)
      try writeList(arguments.map { [$0] }, list) { (writer, terms) throws(UnexpectedComment) in
        try writer.writeListElement(terms[0], parenthesizesUnions: false)
      }
      write(")")
    }
    if let key = head.key {
      write(options.usesContains ? " contains " : "[")
      try writeHeadKey(key)
      if !options.usesContains { write("]") }
      return
    }
    try writeHeadValue(rule, isConstant: isConstant)
  }

  /// Where heads are no references, as `opa fmt` writes them: `p["q"]`.
  private mutating func writeHeadKey(_ key: Term) throws(UnexpectedComment) {
    if case .scalar(.string(let text)) = key.node, source[Int(key.location.offset)] != UInt8(ascii: "\""), !key.isRaw {
      write("\"")
      write(text.bytes)
      write("\"")
    } else {
      try writeTerm(key)
    }
  }

  private mutating func writeHeadValue(_ rule: FormattedRule, isConstant: Bool) throws(UnexpectedComment) {
    let operation = rule.head.assigned || options.isV1 ? " := " : " = "
    guard let value = rule.head.value else {
      // A body of `true` is left out, so that the value has to be said.
      if isConstant, rule.body != nil { write(operation + "true") }
      return
    }
    if value.isTrue, !isConstant, !rule.isDefault, !rule.hasMemberKey(writesIf: options.isV1 || options.usesIf) {
      return
    }
    write(operation)
    try writeTerm(value)
  }

  mutating func writeBody(_ body: [Expression]) throws(UnexpectedComment) {
    try insertComments(before: body[0].location.row)
    for (index, expression) in body.enumerated() {
      if index > 0, expression.location.row > endRow(body[index - 1].location) + 1 { blankLine() }
      startLine()
      do throws(UnexpectedComment) { try writeExpression(expression) } catch {}
      endLine()
    }
  }
}
