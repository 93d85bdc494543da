extension RegoParser {
  /// A term with operators and `in`, in which `key, value in domain` is allowed too.
  mutating func infix() throws(Failure) -> Term {
    try nested { parser throws(Failure) in try parser.membership(keyed: true, first: nil) }
  }

  /// The same where commas separate terms. `first` is a term of it that was read already.
  mutating func infixInList(first: Term? = nil) throws(Failure) -> Term {
    try nested { parser throws(Failure) in try parser.membership(keyed: false, first: first) }
  }

  private mutating func membership(keyed: Bool, first: Term?) throws(Failure) -> Term {
    let start = first?.location ?? tokenLocation
    var left = try operators(binding: 1, first: first)
    while true {
      if keyed, kind == .comma, let call = keyedMembership(left, from: start) {
        left = call
      } else {
        takeKeywordAsName()
        guard kind == .in else { return left }
        let function = memberFunction("member_2")
        let leftHeight = height
        scan()
        let right = try operators(binding: 1, first: nil)
        try raise(over: max(leftHeight, height))
        left = Term(.call(function: function, arguments: [left, right]), location(from: start))
      }
      if kind != .in { return left }
    }
  }

  /// `left, value in domain`, or nil, and nothing read, when that is not what follows.
  private mutating func keyedMembership(_ left: Term, from start: SourceLocation) -> Term? {
    let saved = (state, height)
    speculation += 1
    defer { speculation -= 1 }
    do throws(Failure) {
      var highest = height
      scan()
      let value = try operators(binding: 1, first: nil)
      highest = max(highest, height)
      if kind == .in {
        let function = memberFunction("member_3")
        scan()
        let domain = try operators(binding: 1, first: nil)
        try raise(over: max(highest, height))
        return Term(.call(function: function, arguments: [left, value, domain]), location(from: start))
      }
    } catch {}
    (state, height) = saved
    return nil
  }

  private func memberFunction(_ name: Text) -> Term {
    let location = tokenLocation
    let path = [Term(.scalar(.string(name)), location)]
    return Term(.reference(head: Term(.variable("internal"), location), path: path), location)
  }

  /// Binary operators, left to right, those that bind at least so tightly.
  private mutating func operators(binding least: Int, first: Term?) throws(Failure) -> Term {
    let start = first?.location ?? tokenLocation
    var left: Term
    if let first { left = first } else { left = try term() }
    while let precedence = kind.precedence, precedence >= least {
      let function = Term(.variable(kind.name), tokenLocation)
      let leftHeight = height
      scan()
      let right = try nested { parser throws(Failure) in try parser.operators(binding: precedence + 1, first: nil) }
      try raise(over: max(leftHeight, height))
      var place = left.location
      place.offset = start.offset
      left = Term(.call(function: function, arguments: [left, right]), location(from: place))
    }
    return left
  }

  /// A term without operators.
  mutating func term() throws(Failure) -> Term {
    guard kind == .leftBracket || kind == .leftBrace else {
      if kind == .minus, let term = try negatedName() { return term }
      return try nested { parser throws(Failure) in try parser.finish(try parser.primary()) }
    }
    let start = state.token.start
    if let known = remembered[start] {
      let errors = state.errors
      (state, height) = (known.after, known.height)
      state.errors = errors + known.errors
      guard let term = known.term else { throw Failure() }
      return term
    }
    let errorCount = state.errors.count
    do throws(Failure) {
      let term = try nested { parser throws(Failure) in
        try parser.finish(parser.kind == .leftBracket ? try parser.array() : try parser.setOrObject())
      }
      remember(term, at: start, errorCount)
      return term
    } catch {
      remember(nil, at: start, errorCount)
      throw error
    }
  }

  /// `-name…` means `0 - name…`; nil, and nothing read, when no name follows.
  private mutating func negatedName() throws(Failure) -> Term? {
    let start = state
    let function = Term(.variable("minus"), tokenLocation)
    scan()
    guard kind == .identifier || kind == .contains else {
      state = start
      return nil
    }
    let operand = try nested { parser throws(Failure) in try parser.term() }
    try raise(over: height)
    let zero = Term(.scalar(.integer(0)), function.location)
    return Term(.call(function: function, arguments: [zero, operand]), location(from: function.location))
  }

  private mutating func remember(_ term: Term?, at start: Int, _ errorCount: Int) {
    if speculation == 0 { return }
    let errors = Array(state.errors.dropFirst(errorCount))
    remembered[start] = Remembered(term: term, height: height, after: state, errors: errors)
  }

  /// Stands on the term's last token afterwards.
  private mutating func primary() throws(Failure) -> Term {
    height = 1
    let location = tokenLocation
    switch kind {
    case .null: return Term(.scalar(.null), location)
    case .true: return Term(.scalar(.boolean(true)), location)
    case .false: return Term(.scalar(.boolean(false)), location)
    case .dot, .number: return try number(from: state.token, negative: false)
    case .minus: return try negative()
    case .string:
      guard let text = StringLiteral.decode(source.text[state.token.content], braces: false) else {
        throw fail("illegal string literal: \(tokenText.string)")
      }
      return Term(.scalar(.string(text)), location)
    case .rawString:
      var term = Term(.scalar(.string(Text(bytes: Array(source.text[state.token.content])))), location)
      term.isRaw = true
      return term
    case .templatePart, .templateEnd: return try template(raw: false)
    case .rawTemplatePart, .rawTemplateEnd: return try template(raw: true)
    case .identifier, .contains: return variable()
    case .leftParenthesis:
      scan()
      var term = try infix()
      if kind != .rightParenthesis { throw fail("non-terminated expression") }
      term.parenthesized = true
      return term
    default: throw illegal()
    }
  }

  func variable() -> Term { Term(.variable(tokenText.string), tokenLocation) }

  private mutating func negative() throws(Failure) -> Term {
    let start = state.token
    scan()
    switch kind {
    case .number, .dot: return try number(from: start, negative: true)
    default: throw illegal("expected number")
    }
  }

  private mutating func number(from start: Token, negative: Bool) throws(Failure) -> Term {
    var literal = negative ? [UInt8(ascii: "-")] : []
    let bare = kind == .dot
    if bare {
      // The fraction alone; JSON wants a digit before it.
      literal += [UInt8(ascii: "0"), UInt8(ascii: ".")]
      scan()
      if kind != .number { throw illegal("expected number") }
    }
    let digits = source.text[state.token.start..<state.token.end]
    if !bare, digits.count > 1, digits.first == UInt8(ascii: "0") {
      let second = digits[digits.startIndex + 1]
      if second != UInt8(ascii: "."), second | 0x20 != UInt8(ascii: "e") || digits.count == 2 {
        throw illegal("expected number without leading zero")
      }
    }
    if bare, digits.contains(UInt8(ascii: ".")) { throw illegal("invalid float") }
    guard let value = Value(numberLiteral: Text(bytes: literal + digits)) else { throw fail("number too big") }
    return Term(.scalar(value), location(of: start, end: state.token.end))
  }

  private mutating func template(raw: Bool) throws(Failure) -> Term {
    let start = state.token
    var parts: [Term.TemplatePart] = []
    var highest = 0
    while true {
      let bytes = source.text[state.token.content]
      guard let text = raw ? StringLiteral.decodeRaw(bytes) : StringLiteral.decode(bytes, braces: true) else {
        throw fail("illegal template-string part: \(tokenText.string)")
      }
      if !text.isEmpty { parts.append(.text(text)) }
      if kind == .templateEnd || kind == .rawTemplateEnd { break }
      scan()
      parts.append(try templateExpression())
      highest = max(highest, height)
      if kind != .rightBrace { throw fail("expected } to end template string expression") }
      scanTemplatePiece(raw: raw)
      if kind == .illegal { throw fail("illegal token") }
    }
    try raise(over: highest)
    var term = Term(.template(parts), location(of: start, end: state.token.end))
    term.isRaw = raw
    return term
  }

  private mutating func templateExpression() throws(Failure) -> Term.TemplatePart {
    let expression: Expression
    do throws(Failure) {
      expression = try literal()
    } catch {
      throw fail("invalid template-string expression")
    }
    if expression.negated {
      throw fail("unexpected negation ('not') in template-string expression", at: expression.location)
    }
    switch expression.node {
    case .term(let term): return expression.with.isEmpty ? .term(term) : .expression(expression)
    case .unification:
      throw fail("unexpected unification ('=') in template-string expression", at: expression.location)
    case .assignment:
      throw fail("unexpected assignment (':=') in template-string expression", at: expression.location)
    case .every: throw fail("unexpected 'every' in template-string expression", at: expression.location)
    case .someDeclaration, .someIn:
      throw fail("unexpected 'some' in template-string expression", at: expression.location)
    }
  }

  /// Reads what hangs on a term: `.name`, `[key]`, `(arguments)`, each only without space before it. Stands on the token
  /// after it afterwards.
  mutating func finish(_ head: Term) throws(Failure) -> Term {
    scanSpace()
    switch kind {
    case .leftParenthesis, .dot, .leftBracket: return try reference(head)
    case .whitespace:
      scan()
      return head
    default: return head
    }
  }

  mutating func reference(_ head: Term) throws(Failure) -> Term {
    try nested { parser throws(Failure) in try parser.referenceRest(head) }
  }

  private mutating func referenceRest(_ start: Term) throws(Failure) -> Term {
    checkReferenceHead(start)
    var head = start
    var path: [Term] = []
    var highest = height
    while true {
      switch kind {
      case .dot:
        scanSpace()
        if kind != .identifier, !kind.isKeyword { throw illegal("expected identifier") }
        path.append(Term(.scalar(.string(tokenText)), tokenLocation))
        scanSpace()
      case .leftBracket:
        scan()
        path.append(try infix())
        highest = max(highest, height)
        if kind != .rightBracket { throw illegal("expected [") }
        scanSpace()
      case .leftParenthesis:
        try raise(over: highest)
        head = try call(place(head, path, from: start.location))
        path = []
        highest = height
        guard kind == .dot || kind == .leftBracket else {
          if kind == .whitespace { scan() }
          return head
        }
      default:
        let term = place(head, path, from: start.location)
        if kind == .whitespace { scan() }
        try raise(over: highest)
        return term
      }
    }
  }

  private func place(_ head: Term, _ path: [Term], from start: SourceLocation) -> Term {
    path.isEmpty ? head : Term(.reference(head: head, path: path), location(from: start))
  }

  private mutating func checkReferenceHead(_ head: Term) {
    let name: String
    switch head.node {
    case .scalar(let value): name = value.typeName
    case .template: name = "templatestring"
    case .reference: name = "ref"
    case .variable("input") where head.parenthesized, .variable("data") where head.parenthesized: name = "ref"
    default: return
    }
    report("illegal ref (head cannot be \(name))", at: head.location)
  }

  /// Stands on the token right after the `)` afterwards, which may be white space.
  private mutating func call(_ function: Term) throws(Failure) -> Term {
    let functionHeight = height
    scan()
    if kind == .rightParenthesis {
      scanSpace()
      if case .variable("set") = function.node { return Term(.set([]), location(from: function.location)) }
      try raise(over: functionHeight)
      return Term(.call(function: function, arguments: []), location(from: function.location))
    }
    let arguments = try terms(until: .rightParenthesis)
    try raise(over: max(functionHeight, height))
    scanSpace()
    return Term(.call(function: function, arguments: arguments), location(from: function.location))
  }
}
