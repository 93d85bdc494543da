/// Collects the locals that a term or an expression mentions.
struct LocalCollector {
  struct Options: OptionSet {
    let rawValue: Int
    /// Bodies of comprehensions and `every`, and the heads of comprehensions.
    static let skipClosures = Options(rawValue: 1)
    static let skipSets = Options(rawValue: 2)
    static let skipObjectKeys = Options(rawValue: 4)
    /// The local that a reference starts from.
    static let skipReferenceRoots = Options(rawValue: 8)
    static let skipTemplates = Options(rawValue: 16)
  }

  let options: Options
  var locals = LocalSet()

  init(_ options: Options) { self.options = options }

  static func collect(_ term: ResolvedTerm, _ options: Options) -> LocalSet {
    var collector = LocalCollector(options)
    collector.add(term)
    return collector.locals
  }

  static func collect(_ expression: ResolvedExpression, _ options: Options) -> LocalSet {
    var collector = LocalCollector(options)
    collector.add(expression)
    return collector.locals
  }

  mutating func add(_ term: ResolvedTerm) {
    switch term.node {
    case .constant: break
    case .local(let local): locals.insert(local)
    case .reference(let root, let path):
      switch root {
      case .input, .data: break
      case .local(let local): if !options.contains(.skipReferenceRoots) { locals.insert(local) }
      case .term(let term): if !options.contains(.skipReferenceRoots) { add(term) }
      }
      for term in path { add(term) }
    case .call(_, let operands), .array(let operands): for operand in operands { add(operand) }
    case .set(let elements):
      if !options.contains(.skipSets) { for element in elements { add(element) } }
    case .object(let members):
      for (key, value) in members {
        if !options.contains(.skipObjectKeys) { add(key) }
        add(value)
      }
    case .arrayComprehension(let term, let body), .setComprehension(let term, let body):
      if options.contains(.skipClosures) { return }
      add(term)
      add(body)
    case .objectComprehension(let key, let value, let body):
      if options.contains(.skipClosures) { return }
      add(key)
      add(value)
      add(body)
    case .template(let parts):
      if !options.contains(.skipTemplates) { for part in parts { add(part) } }
    }
  }

  mutating func add(_ body: ResolvedBody) { for expression in body.expressions { add(expression) } }

  mutating func add(_ expression: ResolvedExpression) {
    switch expression.node {
    case .term(let term): add(term)
    case .unify(let left, let right):
      add(left)
      add(right)
    case .someIn(let key, let value, let domain):
      if let key { add(key) }
      add(value)
      add(domain)
    case .every(let key, let value, let domain, let body):
      add(domain)
      if options.contains(.skipClosures) { break }
      if let key { locals.insert(key) }
      if let value { locals.insert(value) }
      add(body)
    case .not(let body): add(body)
    }
    for with in expression.with {
      if case .term(let term) = with.replacement { add(term) }
    }
  }
}

/// Collects what nested bodies mention: comprehensions wherever they stand, and the bodies of `every`.
struct ClosureCollector {
  var locals = LocalCollector([])

  static func collect(_ expression: ResolvedExpression) -> LocalSet {
    var collector = ClosureCollector()
    collector.add(expression)
    return collector.locals.locals
  }

  mutating func add(_ expression: ResolvedExpression) {
    switch expression.node {
    case .term(let term): add(term)
    case .unify(let left, let right):
      add(left)
      add(right)
    case .someIn(let key, let value, let domain):
      if let key { add(key) }
      add(value)
      add(domain)
    case .every(_, _, let domain, let body):
      add(domain)
      locals.add(body)
    case .not(let body): for expression in body.expressions { add(expression) }
    }
    for with in expression.with {
      if case .term(let term) = with.replacement { add(term) }
    }
  }

  mutating func add(_ term: ResolvedTerm) {
    switch term.node {
    case .constant, .local: break
    case .reference(let root, let path):
      if case .term(let term) = root { add(term) }
      for term in path { add(term) }
    case .call(_, let terms), .array(let terms), .set(let terms), .template(let terms):
      for term in terms { add(term) }
    case .object(let members):
      for (key, value) in members {
        add(key)
        add(value)
      }
    case .arrayComprehension, .setComprehension, .objectComprehension: locals.add(term)
    }
  }
}
