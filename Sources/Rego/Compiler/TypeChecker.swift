/// Finds expressions that no values could satisfy. Rules are checked in order of their dependencies, each leaving its
/// type for those that read it. Source: OPA v1/ast/check.go.
struct TypeChecker {
  let tree: TypeTree
  private(set) var errors: [RegoError] = []
  /// By slot of the branch at hand.
  var locals: [TypeDescription?] = []
  var names: [String] = []
  /// Types of comprehensions, and calls that failed, by place: nobody looks at them twice.
  var comprehensions: [SourceLocation: TypeDescription?] = [:]
  var failedCalls: Set<SourceLocation> = []

  init(_ tree: TypeTree) { self.tree = tree }

  mutating func check(_ rule: ResolvedRule) {
    for branch in rule.branches {
      begin(rule.localNames)
      let count = errors.count
      check(branch.body)
      checkHead(branch.value)
      for term in rule.trailing { checkHead(term) }
      if errors.count > count {
        tree.open(at: rule.path)
        continue
      }
      if case .function(let arguments) = rule.kind {
        for local in arguments.flatMap({ LocalCollector.collect($0, []).elements })
        where locals[Int(local.slot)] == nil { locals[Int(local.slot)] = .any }
      }
      guard let value = type(of: branch.value) else { continue }
      switch rule.kind {
      case .function(let arguments):
        let types = arguments.map { type(of: $0) ?? .any }
        insert(.function(arguments: types, result: value), rule)
      case .value: insertNested(value, rule)
      case .element: insertNested(.set(of: value), rule)
      }
    }
  }

  /// Checks a query on its own, over the types of rules checked before.
  mutating func check(query body: ResolvedBody, names: [String]) -> [RegoError] {
    begin(names)
    check(body)
    // The result of an expression that is a reference is taken to a name: there must be one.
    for expression in body.expressions where expression.with.isEmpty {
      guard case .term(let term) = expression.node, case .reference = term.node, errors.isEmpty, type(of: term) == nil
      else { continue }
      errors.append(
        RegoError(.type, "match error", expression.location, details: ["left  : ???", "right : ???"]))
    }
    return errors
  }

  private mutating func begin(_ names: [String]) {
    self.names = names
    locals = Array(repeating: nil, count: names.count)
    comprehensions = [:]
    failedCalls = []
  }

  /// A head is an expression at the end of the body.
  private mutating func checkHead(_ term: ResolvedTerm) { check(operand: term) }

  private mutating func insertNested(_ type: TypeDescription, _ rule: ResolvedRule) {
    var result = type
    for term in rule.trailing.reversed() {
      guard let key = self.type(of: term) else { return }
      result = .object(key, result)
    }
    insert(result, rule)
  }

  private func insert(_ type: TypeDescription, _ rule: ResolvedRule) { tree.insert(type, at: rule.path) }

  // MARK: Expressions

  mutating func check(_ body: ResolvedBody) { for expression in body.expressions { check(expression) } }

  private mutating func check(_ expression: ResolvedExpression) {
    let location = expression.location
    for with in expression.with {
      if case .term(let term) = with.replacement { check(operand: term) }
      checkReplacement(with)
    }
    switch expression.node {
    case .term(let term):
      if case .call(.builtin(let builtin), let operands) = term.node, builtin.name == "equal", operands.count == 2 {
        checkEquality(operands[0], operands[1], location)
      } else if case .call(let callee, let operands) = term.node {
        checkCall(callee, operands, result: nil, isStatement: true, term.location)
      } else {
        check(operand: term)
      }
    case .unify(let left, let right):
      // `f(x, y)` with its result behind its operands, not `y = f(x)`.
      if case .call(let callee, let operands) = right.node, right.location == location {
        check(operand: left)
        checkCall(callee, operands, result: left, isStatement: true, right.location)
      } else {
        checkEquality(left, right, location)
      }
    case .someIn(let key, let value, let domain): checkMembership(key, value, domain, location)
    case .every(_, _, let domain, let body):
      check(operand: domain)
      checkReferences(body)
    case .not(let body): check(body)
    }
  }

  /// The body of `every`: OPA checks its references and comprehensions, and nothing else there.
  private mutating func checkReferences(_ body: ResolvedBody) {
    for expression in body.expressions {
      switch expression.node {
      case .term(let term): checkReferences(term)
      case .unify(let left, let right):
        checkReferences(left)
        checkReferences(right)
      case .someIn(let key, let value, let domain):
        checkReferences(domain)
        if let key { checkReferences(key) }
        checkReferences(value)
      case .every(_, _, let domain, let body):
        checkReferences(domain)
        checkReferences(body)
      case .not(let body): checkReferences(body)
      }
    }
  }

  private mutating func checkReferences(_ term: ResolvedTerm) {
    switch term.node {
    case .call(_, let operands): for operand in operands { checkReferences(operand) }
    case .array(let terms), .set(let terms): for term in terms { checkReferences(term) }
    case .object(let members):
      for (key, value) in members {
        checkReferences(key)
        checkReferences(value)
      }
    case .reference(let root, let path):
      if case .term(let root) = root { checkReferences(root) }
      for segment in path { checkReferences(segment) }
      if let error = checkReference(root, path, term.location) { errors.append(error) }
    default: check(operand: term)
    }
  }

  private mutating func checkEquality(_ left: ResolvedTerm, _ right: ResolvedTerm, _ location: SourceLocation) {
    let count = errors.count
    check(operand: left)
    check(operand: right)
    let (leftType, rightType) = (type(of: left), type(of: right))
    if unify(left, leftType, right, rightType) { return }
    if errors.count > count, Self.isOpen(leftType) || Self.isOpen(rightType) { return }
    errors.append(
      RegoError(
        .type, "match error", location,
        details: ["left  : " + TypeText.text(leftType), "right : " + TypeText.text(rightType)]))
  }

  private mutating func checkMembership(
    _ key: ResolvedTerm?, _ value: ResolvedTerm, _ domain: ResolvedTerm, _ location: SourceLocation
  ) {
    let count = errors.count
    check(operand: domain)
    if let key { check(operand: key) }
    check(operand: value)
    if errors.count > count { return }
    if case .local(let local) = domain.node, locals[Int(local.slot)] == nil { locals[Int(local.slot)] = .any }
    switch domain.node {
    case .array, .object: if Self.isOpen(type(of: domain)) { _ = unify(domain, .any, union: false) }
    default: break
    }
    let container = type(of: domain) ?? .any
    guard let keys = TypeAlgebra.keys(container), !TypeAlgebra.isNever(keys) else {
      errors.append(
        RegoError(.type, "undefined ref: _[_]", location, details: ["have: " + TypeText.text(container)]))
      return
    }
    if let key, !unify(key, keys, union: false) {
      errors.append(
        RegoError(
          .type, "undefined ref: _[_]", location,
          details: ["have (type): " + TypeText.text(type(of: key)), "want (type): " + TypeText.text(keys)]))
      return
    }
    let member = TypeAlgebra.values(container) ?? TypeAlgebra.never
    let valueType = type(of: value)
    switch (Self.isOpen(valueType), Self.isOpen(member)) {
    case (true, true): if !TypeAlgebra.isNever(member), unify(value, member, union: false) { return }
    case (true, false): if unify(value, member, union: false) { return }
    case (false, _): if TypeAlgebra.fits(valueType ?? .any, member) { return }
    }
    errors.append(
      RegoError(
        .type, "match error", location,
        details: ["left  : " + TypeText.text(valueType), "right : " + TypeText.text(member)]))
  }

  private mutating func checkReplacement(_ with: ResolvedExpression.With) {
    guard case .callee(let callee) = with.replacement, let have = signature(callee) else { return }
    let name: String
    let want: [TypeDescription]?
    switch with.target {
    case .builtin(let builtin):
      name = builtin
      want = BuiltinTable.all[builtin]?.operands
    case .function(let path):
      name = ReferenceText.text(path.map { .string($0) })
      want = signature(.function(path))?.arguments
    case .input, .data: return
    }
    guard let want else { return }
    if want.count == have.arguments.count, zip(want, have.arguments).allSatisfy({ TypeAlgebra.fits($0, $1) }) { return }
    errors.append(
      RegoError(
        .type, "\(name): arity mismatch", with.location,
        details: ["have: " + TypeText.list(have.arguments), "want: " + TypeText.list(want)]))
  }

  // MARK: Calls

  private func signature(_ callee: Callee) -> (arguments: [TypeDescription], result: TypeDescription)? {
    switch callee {
    case .builtin(let builtin): return (builtin.operands, builtin.result)
    case .function(let path):
      var node = tree
      for key in path {
        guard let child = node.children[.string(key)] else { return nil }
        node = child
      }
      guard case .function(let arguments, let result)? = node.type else { return nil }
      return (arguments, result)
    }
  }

  private mutating func checkCall(
    _ callee: Callee, _ operands: [ResolvedTerm], result: ResolvedTerm?, isStatement: Bool, _ location: SourceLocation
  ) {
    let count = errors.count
    for operand in operands { check(operand: operand) }
    guard let (arguments, resultType) = signature(callee) else {
      if let result { _ = unify(result, .any, union: false) }
      return
    }
    var fits = zip(operands, arguments).allSatisfy { unify($0, $1, union: false) }
    if fits, let result { fits = unify(result, resultType, union: false) }
    if fits { return }
    failedCalls.insert(location)
    var have = operands.map { type(of: $0) }
    if let result { have.append(type(of: result)) } else if !isStatement { have.append(nil) }
    if errors.count > count, have.contains(where: Self.isOpen) { return }
    errors.append(
      RegoError(
        .type, "\(Self.name(callee)): invalid argument(s)", location,
        details: ["have: " + TypeText.list(have), "want: " + TypeText.list(arguments + [resultType])]))
  }

  private static func name(_ callee: Callee) -> String {
    switch callee {
    case .builtin(let builtin): builtin.name
    case .function(let path): ReferenceText.text(path.map { .string($0) })
    }
  }

  /// Checks calls, references and comprehensions in a term.
  mutating func check(operand term: ResolvedTerm) {
    switch term.node {
    case .constant, .local: break
    case .call(let callee, let operands):
      checkCall(callee, operands, result: nil, isStatement: false, term.location)
    case .array(let terms), .set(let terms), .template(let terms): for term in terms { check(operand: term) }
    case .object(let members):
      for (key, value) in members {
        check(operand: key)
        check(operand: value)
      }
    case .reference(let root, let path):
      if case .term(let root) = root { check(operand: root) }
      for segment in path { check(operand: segment) }
      if let error = checkReference(root, path, term.location) { errors.append(error) }
    case .arrayComprehension(let head, let body):
      checkComprehension(term, body, [head]) {
        .array(fixed: [], rest: $0[0].flatMap { TypeAlgebra.isNever($0) ? nil : $0 })
      }
    case .setComprehension(let head, let body):
      checkComprehension(term, body, [head]) { .set(of: $0[0] ?? TypeAlgebra.never) }
    case .objectComprehension(let key, let value, let body):
      checkComprehension(term, body, [key, value]) {
        .object(
          fixed: [], dynamic: Self.dynamic($0[0], $0[1]))
      }
    }
  }

  private static func dynamic(_ key: TypeDescription?, _ value: TypeDescription?) -> TypeDescription.ObjectDynamic? {
    value.map { TypeDescription.ObjectDynamic(key: key ?? TypeAlgebra.never, value: $0) }
  }

  private mutating func checkComprehension(
    _ term: ResolvedTerm, _ body: ResolvedBody, _ heads: [ResolvedTerm],
    _ make: ([TypeDescription?]) -> TypeDescription?
  ) {
    let outer = locals
    let count = errors.count
    check(body)
    for head in heads { check(operand: head) }
    comprehensions[term.location] = errors.count > count ? nil : make(heads.map { type(of: $0) })
    locals = outer
  }
}
