extension Expression {
  var isSetTerm: Bool {
    if case .term(let term) = node { !negated && term.isSet } else { false }
  }
}

extension FormatWriter {
  mutating func writeExpression(_ expression: Expression) throws(UnexpectedComment) {
    try insertComments(before: expression.location.row)
    if !isInline { startLine() }
    if expression.negated { write("not ") }
    switch expression.node {
    case .term(let term):
      if case .call(let function, let arguments) = term.node {
        try writeStatementCall(term, function, arguments)
      } else {
        try writeTerm(term)
      }
    case .assignment(let left, let right): try writeOperation(left, " := ", right)
    case .unification(let left, let right): try writeOperation(left, " = ", right)
    case .someDeclaration(let names): try writeSome(names, expression.location.row)
    case .someIn(let key, let value, let domain):
      write("some ")
      try writeMembership((key.map { [$0] } ?? []) + [value, domain], parenthesized: false)
    case .every(let key, let value, let domain, let body):
      try writeEvery(key, value, domain, body, expression)
    }
    try writeWith(expression)
  }

  private mutating func writeOperation(_ left: Term, _ operation: String, _ right: Term) throws(UnexpectedComment) {
    try writeTerm(left)
    write(operation)
    try writeTerm(right)
  }

  private mutating func writeWith(_ expression: Expression) throws(UnexpectedComment) {
    var rest = expression.with[...]
    guard let first = rest.first else { return }
    var end = expression.location
    end.end = first.location.offset
    while end.end > end.offset, " \t\r\n".utf8.contains(source[Int(end.end) - 1]) { end.end -= 1 }
    var lastRow = endRow(end)
    if first.location.row == lastRow {
      try writeWith(first, indented: false)
      rest.removeFirst()
    }
    var isIndented = false
    defer { if isIndented { level -= 1 } }
    for with in rest {
      let breaks = with.location.row > lastRow
      if breaks {
        if !isIndented { level += 1 }
        isIndented = true
        endLine()
        startLine()
        lastRow = with.location.row
      }
      try writeWith(with, indented: breaks)
    }
  }

  private mutating func writeWith(_ with: Expression.With, indented: Bool) throws(UnexpectedComment) {
    try insertComments(before: with.location.row)
    if !indented { write(" ") }
    write("with ")
    try writeTerm(with.target)
    write(" as ")
    do throws(UnexpectedComment) { try writeTerm(with.value) } catch {}
  }

  private mutating func writeSome(_ names: [Term], _ start: Int32) throws(UnexpectedComment) {
    write("some ")
    var row = start
    for (index, name) in names.enumerated() {
      if name.location.row > row {
        endLine()
        startLine()
        write("\t")
        row = name.location.row
      } else if index > 0 {
        write(" ")
      }
      try writeTerm(name)
      if index < names.count - 1 { write(",") }
    }
  }

  private mutating func writeEvery(
    _ key: Term?, _ value: Term, _ domain: Term, _ body: [Expression], _ expression: Expression
  ) throws(UnexpectedComment) {
    write("every ")
    if let key {
      try writeTerm(key)
      write(", ")
    }
    try writeTerm(value)
    write(" in ")
    try writeTerm(domain)
    write(" {")
    let start = expression.location.row
    do throws(UnexpectedComment) { try writeNestedBody(body, start: start, close: UInt8(ascii: "}")) } catch {}
    if body.count == 1, body[0].location.row == start { write(" ") }
    write("}")
  }

  /// The body of a comprehension or an `every`: on one line when it stood on the line where the whole began.
  mutating func writeNestedBody(_ body: [Expression], start: Int32, close: UInt8) throws(UnexpectedComment) {
    let closeRow = closingRow(after: body[body.count - 1].location.end, close)
    let breaks = body[0].location.row > start || body.contains { $0.location.row > body[0].location.row }
    if breaks {
      endLine()
      level += 1
      defer {
        level -= 1
        startLine()
      }
      try writeBody(body)
      try insertComments(before: closeRow)
      return
    }
    write(" ")
    for (index, expression) in body.enumerated() {
      if index > 0 { write("; ") }
      try writeExpression(expression)
    }
    try insertComments(before: closeRow)
  }

  /// A call that is a whole expression: operators need no parentheses.
  private mutating func writeStatementCall(
    _ term: Term, _ function: Term, _ arguments: [Term]
  ) throws(UnexpectedComment) {
    if isNegation(function, arguments) {
      try writeCall(term, function, arguments, parenthesized: false)
    } else if options.usesIn, RegoOperator.isMembership(function, arguments) {
      try writeMembership(arguments, parenthesized: false)
    } else if let symbol = RegoOperator.symbol(function, arguments) {
      try writeTerm(arguments[0])
      write(" \(symbol) ")
      try writeTerm(arguments[1])
    } else {
      try writePlainCall(function, arguments)
    }
  }
}

/// The operators by the names of the functions that they call.
enum RegoOperator {
  static func symbol(_ function: Term, _ arguments: [Term]) -> String? {
    guard arguments.count == 2, case .variable(let name) = function.node else { return nil }
    switch name {
    case "equal": return "=="
    case "neq": return "!="
    case "lt": return "<"
    case "gt": return ">"
    case "lte": return "<="
    case "gte": return ">="
    case "plus": return "+"
    case "minus": return "-"
    case "mul": return "*"
    case "div": return "/"
    case "rem": return "%"
    case "and": return "&"
    case "or": return "|"
    default: return nil
    }
  }

  static func isMembership(_ function: Term, _ arguments: [Term]) -> Bool {
    guard case .reference(let head, let path) = function.node, case .variable("internal") = head.node,
      path.count == 1, case .scalar(.string(let name)) = path[0].node
    else { return false }
    return name == "member_2" && arguments.count == 2 || name == "member_3" && arguments.count == 3
  }
}
