extension RegoParser {
  /// Terms separated by commas up to a closing token, on which the parser then stands; `first` was read already and is
  /// followed by a comma just passed.
  mutating func terms(until end: Token.Kind, first: Term? = nil) throws(Failure) -> [Term] {
    var terms: [Term] = []
    var highest = 0
    if let first {
      terms.append(first)
      highest = height
    }
    while first == nil && terms.isEmpty || kind != end {
      terms.append(try infixInList())
      highest = max(highest, height)
      if kind == end { break }
      if kind != .comma { throw illegal("expected \",\" or \"\(end.name)\"") }
      scan()
    }
    height = highest
    return terms
  }

  /// Closes a container that runs from a token to the current one.
  private mutating func close(_ node: Term.Node, from start: Token) throws(Failure) -> Term {
    try raise(over: height)
    return Term(node, location(of: start, end: state.token.end))
  }

  /// Tries to read a body as that of a comprehension, from its `|` on. nil, and nothing read, when it ends at a comma:
  /// then the `|` is an operator.
  private mutating func comprehensionBody(until end: Token.Kind) throws(Failure) -> [Expression]? {
    let saved = (state, height)
    speculation += 1
    defer { speculation -= 1 }
    do throws(Failure) {
      let headHeight = height
      scan()
      let body = try body(until: end)
      height = max(height, headHeight)
      return body
    } catch {
      if kind != .comma { throw error }
      (state, height) = saved
      return nil
    }
  }

  mutating func array() throws(Failure) -> Term {
    let start = state.token
    height = 0
    scan()
    if kind == .rightBracket { return try close(.array([]), from: start) }
    let mayBeComprehension = skipLeadingComma()
    let head = try term()
    switch kind {
    case .rightBracket: return try close(.array([head]), from: start)
    case .comma:
      scan()
      return try close(.array(try terms(until: .rightBracket, first: head)), from: start)
    case .or where mayBeComprehension:
      if let body = try comprehensionBody(until: .rightBracket) {
        return try close(.arrayComprehension(head, body), from: start)
      }
    default: break
    }
    let elements = try list(first: head, until: .rightBracket)
    return try close(.array(elements), from: start)
  }

  /// A list whose first element has been begun.
  private mutating func list(first head: Term, until end: Token.Kind) throws(Failure) -> [Term] {
    let first = try infixInList(first: head)
    if kind == end { return [first] }
    if kind != .comma { throw illegal("expected \",\" or \"\(end.name)\"") }
    scan()
    return try terms(until: end, first: first)
  }

  /// One comma before the first element is let pass, as ever.
  private mutating func skipLeadingComma() -> Bool {
    guard kind == .comma else { return true }
    scan()
    return false
  }

  mutating func setOrObject() throws(Failure) -> Term {
    let start = state.token
    height = 0
    scan()
    if kind == .rightBrace { return try close(.object([]), from: start) }
    let mayBeComprehension = skipLeadingComma()
    var head = try term()
    switch kind {
    case .or where mayBeComprehension:
      if let body = try comprehensionBody(until: .rightBrace) {
        return try close(.setComprehension(head, body), from: start)
      }
      return try close(.set(try list(first: head, until: .rightBrace)), from: start)
    case .rightBrace: return try close(.set([head]), from: start)
    case .comma: break
    case .colon: return try object(key: head, from: start, mayBeComprehension: mayBeComprehension)
    default:
      head = try infixInList(first: head)
      if kind == .rightBrace { return try close(.set([head]), from: start) }
      if kind == .colon { return try object(key: head, from: start, mayBeComprehension: mayBeComprehension) }
      if kind != .comma { throw illegal("non-terminated set") }
    }
    scan()
    return try close(.set(try terms(until: .rightBrace, first: head)), from: start)
  }

  /// On the colon after the first key.
  private mutating func object(key: Term, from start: Token, mayBeComprehension: Bool) throws(Failure) -> Term {
    let keyHeight = height
    scan()
    var value = try term()
    height = max(height, keyHeight)
    if kind == .or, mayBeComprehension {
      if let body = try objectComprehensionBody() {
        return try close(.objectComprehension(key: key, value: value, body), from: start)
      }
    }
    if kind != .rightBrace, kind != .comma {
      value = try infixInList(first: value)
      height = max(height, keyHeight)
    }
    var members = [(key: key, value: value)]
    var highest = height
    while kind != .rightBrace {
      if kind != .comma {
        throw illegal(members.count == 1 ? "non-terminated object" : "expected \",\" or \"}\"")
      }
      scan()
      if kind == .rightBrace { break }
      let key = try infixInList()
      highest = max(highest, height)
      if kind != .colon { throw illegal("expected \":\"") }
      scan()
      members.append((key: key, value: try infixInList()))
      highest = max(highest, height)
    }
    height = highest
    return try close(.object(members), from: start)
  }

  /// Unlike in arrays and sets, whatever ends the attempt makes the `|` an operator.
  private mutating func objectComprehensionBody() throws(Failure) -> [Expression]? {
    let saved = (state, height)
    speculation += 1
    defer { speculation -= 1 }
    do throws(Failure) {
      return try comprehensionBody(until: .rightBrace)
    } catch {
      (state, height) = saved
      return nil
    }
  }
}
