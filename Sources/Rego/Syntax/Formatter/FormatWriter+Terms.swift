extension FormatWriter {
  mutating func writeTerm(_ term: Term) throws(UnexpectedComment) {
    if comments.isEmpty { return try writeTerm(term, parenthesized: false) }
    let (length, savedLevel, saved) = (output.count, level, comments)
    do throws(UnexpectedComment) {
      try writeTerm(term, parenthesized: false)
    } catch {
      output.removeLast(output.count - length)
      level = savedLevel
      let location = outerLocation(term)
      if let comment = lineEnd, comment.row >= location.row, comment.row <= endRow(location) { lineEnd = nil }
      writeUnformatted(location, saved)
      throw error
    }
  }

  /// With the parentheses around it.
  private func outerLocation(_ term: Term) -> SourceLocation {
    guard term.parenthesized else { return term.location }
    var location = term.location
    var start = Int(location.offset) - 1
    while start >= 0, " \t\r\n".utf8.contains(source[start]) { start -= 1 }
    var end = Int(location.end)
    while end < source.count, " \t\r\n".utf8.contains(source[end]) { end += 1 }
    guard start >= 0, source[start] == UInt8(ascii: "("), end < source.count, source[end] == UInt8(ascii: ")") else {
      return location
    }
    location.offset = Int32(truncatingIfNeeded: start)
    location.end = Int32(truncatingIfNeeded: end + 1)
    location.row = row(of: start)
    return location
  }

  mutating func writeTerm(_ term: Term, parenthesized: Bool) throws(UnexpectedComment) {
    try insertComments(before: term.location.row)
    if !isInline { startLine() }
    switch term.node {
    case .variable(let name): write(name)
    case .scalar: writeScalar(term)
    case .template(let parts): try writeTemplate(term, parts)
    case .reference(let head, let path): try writeReference(head, path[...])
    case .call(let function, let arguments):
      try writeCall(term, function, arguments, parenthesized: parenthesized)
    case .array(let elements): try writeElements(elements, term, "[", "]")
    case .set(let elements):
      if elements.isEmpty { write("set()") } else { try writeElements(elements, term, "{", "}") }
    case .object(let members): try writeObject(members, term)
    case .arrayComprehension(let head, let body): try writeComprehension(head, body, term, "[", "]")
    case .setComprehension(let head, let body): try writeComprehension(head, body, term, "{", "}")
    case .objectComprehension(let key, let value, let body): try writeObjectComprehension(key, value, body, term)
    }
    if !isInline { startLine() }
  }

  /// As it was written.
  private mutating func writeScalar(_ term: Term) {
    let written = text(term.location)
    if case .scalar(.integer(let value)) = term.node, !written.allSatisfy(Lexer.isDigit) {
      write("\(value)")
    } else {
      // A minus may stand apart from its number.
      let isString: Bool = if case .scalar(.string) = term.node { true } else { false }
      write(isString ? Array(written) : written.filter { !" \t\r\n".utf8.contains($0) })
    }
  }

  mutating func writeReference(_ head: Term, _ path: ArraySlice<Term>) throws(UnexpectedComment) {
    try writeTerm(head, parenthesized: head.isCall && head.parenthesized)
    for segment in path {
      switch segment.node {
      case .scalar(.string(let text)):
        let isQuoted = source[Int(segment.location.offset)] == UInt8(ascii: "\"")
        if TermText.isPlain(text), !isQuoted || TermText.isName(text) {
          writeSegment(text)
        } else {
          write("[")
          writeScalar(segment)
          write("]")
        }
      case .variable(let name): write("[\(name)]")
      default:
        write("[")
        do throws(UnexpectedComment) { try writeTerm(segment) } catch { write("\n") }
        write("]")
      }
    }
  }

  /// A segment of a path of names.
  mutating func writeSegment(_ segment: Text) {
    if TermText.isPlain(segment) {
      write(".")
      write(segment.bytes)
    } else {
      write("[\"")
      write(segment.bytes)
      write("\"]")
    }
  }

  /// `-x`, which is `0 - x`.
  func isNegation(_ function: Term, _ arguments: [Term]) -> Bool {
    guard case .variable("minus") = function.node, arguments.count == 2 else { return false }
    return arguments[0].location == function.location
  }

  mutating func writeCall(
    _ term: Term, _ function: Term, _ arguments: [Term], parenthesized: Bool
  ) throws(UnexpectedComment) {
    if isNegation(function, arguments) {
      write("-")
      return try writeTerm(arguments[1], parenthesized: true)
    }
    if options.usesIn, RegoOperator.isMembership(function, arguments) {
      let isWrapped = parenthesized && arguments.count == 2
      if isWrapped { write("(") }
      try writeMembership(arguments, parenthesized: true)
      if isWrapped { write(")") }
      return
    }
    guard let symbol = RegoOperator.symbol(function, arguments) else { return try writePlainCall(function, arguments) }
    if parenthesized { write("(") }
    try writeTerm(arguments[0], parenthesized: true)
    write(" \(symbol) ")
    try writeTerm(arguments[1], parenthesized: true)
    if parenthesized { write(")") }
  }

  mutating func writeMembership(_ operands: [Term], parenthesized: Bool) throws(UnexpectedComment) {
    let hasKey = operands.count == 3
    if hasKey, parenthesized { write("(") }
    try writeMembershipOperand(operands[0])
    if hasKey {
      write(", ")
      try writeMembershipOperand(operands[1])
    }
    write(" in ")
    try writeMembershipOperand(operands[operands.count - 1])
    if hasKey, parenthesized { write(")") }
  }

  /// A membership inside of another one keeps its parentheses.
  private mutating func writeMembershipOperand(_ operand: Term) throws(UnexpectedComment) {
    guard case .call(let function, let arguments) = operand.node, RegoOperator.isMembership(function, arguments) else {
      return try writeTerm(operand, parenthesized: true)
    }
    try writeTerm(operand, parenthesized: operand.parenthesized)
  }

  mutating func writePlainCall(_ function: Term, _ arguments: [Term]) throws(UnexpectedComment) {
    if case .reference(let head, let path) = function.node {
      try writeReference(head, path[...])
    } else {
      try writeTerm(function, parenthesized: false)
    }
    write("(")
    let list = FormatList(start: function.location, close: -1, begins: false)
    try writeList(arguments.map { [$0] }, list) { (writer, terms) throws(UnexpectedComment) in
      try writer.writeListElement(terms[0], parenthesizesUnions: false)
    }
    write(")")
  }

  private mutating func writeComprehension(
    _ head: Term, _ body: [Expression], _ term: Term, _ open: String, _ close: String
  ) throws(UnexpectedComment) {
    write(open)
    if head.location.row > term.location.row {
      endLine()
      startLine()
    }
    try writeTerm(head, parenthesized: head.isCall && (head.isUnion || head.parenthesized))
    write(" |")
    try writeNestedBody(body, start: head.location.row, close: close.utf8.first ?? 0)
    write(close)
  }

  private mutating func writeObjectComprehension(
    _ key: Term, _ value: Term, _ body: [Expression], _ term: Term
  ) throws(UnexpectedComment) {
    write("{")
    try writeUnionSafe(key)
    write(": ")
    // The value stands on the line of the key.
    var value = value
    value.location.row = key.location.row
    try writeTerm(value, parenthesized: value.isCall && (value.isUnion || value.parenthesized))
    write(" |")
    try writeNestedBody(body, start: term.location.row, close: UInt8(ascii: "}"))
    write("}")
  }

  mutating func writeUnionSafe(_ term: Term) throws(UnexpectedComment) {
    if term.isUnion { write("(") }
    try writeTerm(term)
    if term.isUnion { write(")") }
  }
}
