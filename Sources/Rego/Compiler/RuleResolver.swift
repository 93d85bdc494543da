/// Resolves the names of one rule or query and takes calls out of the terms around them, so that each stands in an
/// expression of its own: `x = f(g(y))` becomes `a = g(y); b = f(a); x = b`. The order of bodies is found afterwards.
struct RuleResolver {
  let scope: ModuleScope
  var locals = LocalScopes()
  var errors = StagedErrors()
  /// Names of a query's outermost body in order of appearance.
  private(set) var outermost: [(name: String, local: Local)] = []
  private var depth = 0

  let strict: Bool
  /// Names of imports and rules that something mentions.
  private(set) var usedGlobals: Set<String> = []
  /// nil in queries, which have no annotations.
  var metadata: RuleMetadata?

  init(scope: ModuleScope, strict: Bool) {
    self.scope = scope
    self.strict = strict
  }

  mutating func report(
    _ stage: CompilationStage, _ code: RegoError.Code, _ message: String, _ location: SourceLocation,
    details: [String] = []
  ) {
    errors.add(stage, RegoError(code, message, location, details: details))
  }

  // MARK: Bodies

  /// Resolves a body in the scope that the caller has opened.
  mutating func resolve(_ body: [Expression]) -> [ResolvedExpression] {
    var result: [ResolvedExpression] = []
    result.reserveCapacity(body.count)
    for expression in body { resolve(expression, &result) }
    return result
  }

  private mutating func declare(
    _ term: Term, _ name: String, _ occurrence: LocalScopes.Occurrence, _ place: SourceLocation
  )
    -> Local
  {
    switch locals.declare(name, occurrence, place) {
    case .success(let local):
      if depth == 0 { outermost.append((name, local)) }
      return local
    case .failure(let redeclaration):
      report(.locals, .compile, redeclaration.message, place)
      return locals.make(name)
    }
  }

  private mutating func resolve(_ expression: Expression, _ result: inout [ResolvedExpression]) {
    let location = expression.location
    // Expressions that come before this one under the same replacements.
    var before: [ResolvedExpression] = []
    var node: ResolvedExpression.Node
    var ahead: [ResolvedExpression] = []
    var with: [ResolvedExpression.With] = []

    switch expression.node {
    case .someDeclaration(let terms):
      for term in terms {
        if case .variable(let name) = term.node { _ = declare(term, name, .declared, location) }
      }
      return
    case .assignment(let left, let right):
      if expression.negated {
        report(.locals, .compile, "cannot assign vars inside negated expression", location)
        return
      }
      let value = expand(right, &before)
      with = resolve(expression.with, &ahead)
      let pattern = assignee(left)
      node = .unify(pattern, value)
    case .unification(let left, let right):
      let left = expand(left, &before)
      let right = expand(right, &before)
      node = .unify(left, right)
    case .term(let term):
      node = statement(term, &before)
    case .someIn(let key, let value, let domainTerm):
      let domain = expand(domainTerm, &before)
      // What the domain mentions is not declared anew.
      var known: Set<String> = []
      DeclaredNames.outsideClosures(domainTerm, &known)
      if let key { declareOutputs(of: key, except: &known, location) }
      declareOutputs(of: value, except: &known, location)
      let key = key.map { expand($0, &before) }
      let value = expand(value, &before)
      node = .someIn(key: key, value: value, domain: domain)
    case .every(let key, let value, let domain, let body):
      let domainTerm = expand(domain, &before)
      let domainLocal = locals.make("domain", generated: true)
      before.append(
        ResolvedExpression(
          .unify(ResolvedTerm(.local(domainLocal), domain.location), domainTerm), domain.location))
      depth += 1
      var hidden = DeclaredNames.of(body)
      if let key { DeclaredNames.mentioned(key, &hidden) }
      DeclaredNames.mentioned(value, &hidden)
      locals.push(hiding: hidden)
      let place = body.first?.location ?? location
      let keyLocal = key.flatMap { everyLocal($0, place) }
      let valueLocal = everyLocal(value, place)
      let body = resolve(body)
      closeScope(location)
      depth -= 1
      node = .every(
        key: keyLocal, value: valueLocal, domain: ResolvedTerm(.local(domainLocal), domain.location),
        body: ResolvedBody(body))
    }

    if case .assignment = expression.node {} else { with = resolve(expression.with, &ahead) }
    if expression.negated { node = .not(ResolvedBody([ResolvedExpression(node, location)])) }
    result.append(contentsOf: ahead)
    for var expression in before {
      expression.with = with
      result.append(expression)
    }
    var resolved = ResolvedExpression(node, with: with, location)
    if case .assignment = expression.node { resolved.isAssignment = true }
    result.append(resolved)
  }

  /// Ends a scope after noting what was declared in it for nothing.
  mutating func closeScope(_ location: SourceLocation) {
    reportUnused()
    locals.pop()
  }

  private mutating func reportUnused() {
    // OPA names no more of them once a body has another mistake.
    if errors.contains(atOrBefore: .locals) { return }
    if strict {
      for declaration in locals.unused(.assigned) {
        report(.locals, .compile, "assigned var \(declaration.name) unused", declaration.location)
      }
      if errors.contains(atOrBefore: .locals) { return }
    }
    for declaration in locals.unused(.declared) {
      report(.locals, .compile, "declared var \(declaration.name) unused", declaration.location)
    }
  }

  private mutating func everyLocal(_ term: Term, _ place: SourceLocation) -> Local? {
    guard case .variable(let name) = term.node else {
      report(.locals, .compile, "every key and value must be variables", term.location)
      return nil
    }
    if name == "_" { return nil }
    return declare(term, name, .declared, place)
  }

  /// Declares the names of a pattern of `some … in`; references in it are looked up instead.
  /// - Parameter known: takes the names declared: a name may stand in a pattern twice.
  private mutating func declareOutputs(of pattern: Term, except known: inout Set<String>, _ place: SourceLocation) {
    switch pattern.node {
    case .variable(let name):
      if name != "_", known.insert(name).inserted { _ = declare(pattern, name, .declared, place) }
    case .array(let elements): for element in elements { declareOutputs(of: element, except: &known, place) }
    case .object(let members): for (_, value) in members { declareOutputs(of: value, except: &known, place) }
    default: break
    }
  }

  /// Declares the names of a function's argument.
  mutating func declareArguments(_ pattern: Term) {
    if case .reference(let head, _) = pattern.node, head.isRootDocument, case .variable(let name) = head.node {
      report(.bodySafety, .unsafeVariable, "var \(name) is unsafe", pattern.location)
    }
    if pattern.containsCall { report(.locals, .compile, "rule arguments cannot contain calls", pattern.location) }
    switch pattern.node {
    case .variable(let name):
      if name == "_" { return }
      if name == "input" || name == "data" {
        report(.references, .compile, "args must not shadow \(name) (use a different variable name)", pattern.location)
      } else if !locals.isDeclared(name) {
        _ = locals.declare(name, .argument, pattern.location)
      }
    case .array(let elements): for element in elements { declareArguments(element) }
    case .object(let members): for (_, value) in members { declareArguments(value) }
    default: break
    }
  }

  /// The left side of `:=`.
  private mutating func assignee(_ term: Term) -> ResolvedTerm {
    let location = term.location
    switch term.node {
    case .variable("_"): return ResolvedTerm(.local(locals.make("_")), location)
    case .variable(let name): return ResolvedTerm(.local(declare(term, name, .assigned, location)), location)
    case .array(let elements): return .array(elements.map { assignee($0) }, location)
    case .object(let members):
      return .object(
        members.map { member in
          var ignored: [ResolvedExpression] = []
          return (key: expand(member.key, &ignored), value: assignee(member.value))
        }, location)
    case .scalar(let value):
      report(.locals, .compile, "cannot assign to \(value.typeName)", location)
      return ResolvedTerm(.constant(value), location)
    default:
      report(.locals, .compile, "cannot assign to \(Self.kind(of: term))", location)
      return ResolvedTerm(.constant(.null), location)
    }
  }

  static func kind(of term: Term) -> String {
    switch term.node {
    case .scalar(let value): value.typeName
    case .variable: "var"
    case .reference: "ref"
    case .call: "call"
    case .array: "array"
    case .object: "object"
    case .set: "set"
    case .arrayComprehension: "arraycomprehension"
    case .setComprehension: "setcomprehension"
    case .objectComprehension: "objectcomprehension"
    case .template: "templatestring"
    }
  }

  // MARK: Terms

  /// A term as a statement: calls stay in place.
  private mutating func statement(_ term: Term, _ before: inout [ResolvedExpression]) -> ResolvedExpression.Node {
    guard case .call(let function, let arguments) = term.node else { return .term(expand(term, &before)) }
    if let (left, right) = unification(function, arguments) {
      return .unify(expand(left, &before), expand(right, &before))
    }
    if isPrint(function) { return printing(arguments, term.location) }
    if let constant = metadataConstant(function) {
      let value = ResolvedTerm(.constant(constant), term.location)
      if arguments.isEmpty { return .term(value) }
      if arguments.count == 1 { return .unify(expand(arguments[0], &before), value) }
    }
    var operands = arguments.map { expand($0, &before) }
    guard let (callee, arity) = callee(term, function, operands, isStatement: true) else {
      return .term(.init(.constant(.boolean(true)), term.location))
    }
    if operands.count == arity + 1 {
      let result = operands.removeLast()
      return .unify(result, ResolvedTerm(.call(callee, operands), term.location))
    }
    return .term(ResolvedTerm(.call(callee, operands), term.location))
  }

  /// `rego.metadata.rule()` and `rego.metadata.chain()` are known before evaluation.
  private func metadataConstant(_ function: Term) -> Value? {
    guard let metadata, let path = namePath(function), path.count == 3, path[0] == "rego", locals.find("rego") == nil,
      scope.globals["rego"] == nil
    else { return nil }
    return metadata.constant(path)
  }

  // MARK: Printing

  private func isPrint(_ function: Term) -> Bool {
    guard case .variable("print") = function.node, locals.find("print") == nil else { return false }
    return locals.hides("print") || scope.globals["print"] == nil
  }

  /// `print(x, y)` shows sets of what its operands evaluate to, so that an undefined one does not stop it.
  private mutating func printing(_ arguments: [Term], _ location: SourceLocation) -> ResolvedExpression.Node {
    guard let builtin = scope.builtins["internal.print"] else {
      return .term(.init(.constant(.boolean(true)), location))
    }
    let parts = arguments.map { wrapped(Expression(.term($0), $0.location), $0) }
    return .term(
      ResolvedTerm(.call(.builtin(builtin), [ResolvedTerm(.array(parts), location)]), location))
  }

  private func unification(_ function: Term, _ arguments: [Term]) -> (Term, Term)? {
    guard case .variable(let name) = function.node, name == "eq" || name == "assign", arguments.count == 2 else {
      return nil
    }
    return (arguments[0], arguments[1])
  }

  /// What is called and how many operands it takes; nil after reporting that there is no such function, or that it
  /// takes another number of operands.
  private mutating func callee(
    _ call: Term, _ function: Term, _ operands: [ResolvedTerm], isStatement: Bool
  ) -> (Callee, Int)? {
    let location = call.location
    guard let path = namePath(function) else {
      report(.undefinedFunctions, .type, "undefined function \(TermText.text(function))", location)
      return nil
    }
    let name = path[0]
    // OPA looks operators up like names; here a rule named `plus` does not change what `+` means.
    let isOperator = Self.isOperator(function, operands)
    var data: [Text]?
    if !isOperator {
      if let global = global(name) {
        if case .data(let prefix) = global { data = prefix + path.dropFirst().map { Text($0) } }
        if data == nil {
          report(.undefinedFunctions, .type, "undefined function \(ReferenceText.text(path))", location)
          return nil
        }
      } else if locals.isDeclared(name) {
        if isStatement {
          report(.undefinedFunctions, .type, "undefined function \(ReferenceText.text(path))", location)
        } else {
          report(.locals, .compile, "called function \(ReferenceText.text(path)) shadowed", location)
        }
        return nil
      } else {
        locals.see(name)
      }
      if data == nil, name == "data" {
        data = path.dropFirst().map { Text($0) }
      }
    }
    let count = operands.count
    if let data {
      let node = scope.tree.find(data.map { .string($0) })
      let text = ReferenceText.text(data.map { .string($0) })
      guard let node, !node.rules.isEmpty else {
        report(.undefinedFunctions, .type, "undefined function \(text)", location)
        return nil
      }
      let arity = node.arity ?? 0
      if count != arity, !isStatement || count != arity + 1 {
        report(
          .undefinedFunctions, .type,
          "function \(text) has arity \(arity), got \(count) argument\(count == 1 ? "" : "s")", location)
        return nil
      }
      if arity == 0 {
        report(.types, .type, "undefined function \(text)", location)
        return nil
      }
      return (.function(data), arity)
    }
    guard let builtin = scope.builtins[path.joined(separator: ".")] else {
      report(.undefinedFunctions, .type, "undefined function \(ReferenceText.text(path))", location)
      return nil
    }
    let arity = builtin.operands.count
    if count != arity, !isStatement || count != arity + 1 {
      let have = operands.map { StaticTypes.known($0) } + (isStatement ? [] : [nil])
      report(
        .undefinedFunctions, .type, "\(builtin.name): arity mismatch", location,
        details: ["have: " + TypeText.list(have), "want: " + TypeText.list(builtin.operands)])
      return nil
    }
    if scope.refusesDeprecated, Self.deprecated.contains(builtin.name) {
      report(
        .deprecated, .type, "deprecated built-in function calls in expression: \(builtin.name)", location)
    }
    return (.builtin(builtin), arity)
  }

  /// Source: OPA v1/ast/builtins.go.
  static let deprecated: Set<String> = [
    "all", "any", "cast_array", "cast_boolean", "cast_null", "cast_object", "cast_set", "cast_string",
    "net.cidr_overlap", "re_match", "set_diff",
  ]

  /// Written between its operands.
  private static func isOperator(_ function: Term, _ operands: [ResolvedTerm]) -> Bool {
    guard let first = operands.first else { return false }
    return function.location.offset > first.location.offset && first.location.file == function.location.file
  }

  /// The segments of `a.b.c`; nil for anything else.
  private func namePath(_ term: Term) -> [String]? {
    switch term.node {
    case .variable(let name): return [name]
    case .reference(let head, let path):
      guard case .variable(let name) = head.node else { return nil }
      var result = [name]
      for segment in path {
        guard case .scalar(.string(let text)) = segment.node else { return nil }
        result.append(text.string)
      }
      return result
    default: return nil
    }
  }

  private func dottedName(_ term: Term) -> String? { namePath(term)?.joined(separator: ".") }

  /// Resolves a term, its calls taken out into expressions before it.
  mutating func expand(_ term: Term, _ before: inout [ResolvedExpression]) -> ResolvedTerm {
    let location = term.location
    switch term.node {
    case .scalar(let value): return ResolvedTerm(.constant(value), location)
    case .variable(let name): return variable(name, location)
    case .template(let parts):
      return ResolvedTerm(.template(parts.map { part(of: $0, location) }), location)
    case .reference(let head, let path):
      let segments = path.map { expand($0, &before) }
      let head = expand(head, &before)
      switch head.node {
      case .local(let local): return ResolvedTerm(.reference(.local(local), segments), location)
      case .reference(.input, let prefix): return ResolvedTerm(.reference(.input, prefix + segments), location)
      case .reference(.data, let prefix): return ResolvedTerm(.reference(.data, prefix + segments), location)
      case .reference(let root, let prefix): return ResolvedTerm(.reference(root, prefix + segments), location)
      default:
        return ResolvedTerm(.reference(.local(take(head, &before)), segments), location)
      }
    case .call(let function, let arguments):
      if arguments.isEmpty, let constant = metadataConstant(function) {
        return ResolvedTerm(.constant(constant), location)
      }
      let operands = arguments.map { expand($0, &before) }
      if let (_, _) = unification(function, arguments) {
        // As a value, a unification is whether both sides are equal.
        let result = locals.make("equal", generated: true)
        guard let builtin = scope.builtins["equal"] else { return ResolvedTerm(.constant(.boolean(true)), location) }
        before.append(
          ResolvedExpression(
            .unify(ResolvedTerm(.local(result), location), ResolvedTerm(.call(.builtin(builtin), operands), location)),
            location))
        return ResolvedTerm(.local(result), location)
      }
      if isPrint(function) {
        report(.voidCalls, .type, "\(TermText.text(term)) used as value", location)
        return ResolvedTerm(.constant(.null), location)
      }
      guard let (callee, _) = callee(term, function, operands, isStatement: false) else {
        return ResolvedTerm(.constant(.null), location)
      }
      return ResolvedTerm(.local(take(ResolvedTerm(.call(callee, operands), location), &before)), location)
    case .array(let elements): return .array(elements.map { expand($0, &before) }, location)
    case .set(let elements): return .set(elements.map { expand($0, &before) }, location)
    case .object(let members):
      return .object(members.map { (key: expand($0.key, &before), value: expand($0.value, &before)) }, location)
    case .arrayComprehension(let head, let body):
      let (heads, body) = comprehension([head], body)
      return ResolvedTerm(.arrayComprehension(heads[0], body), location)
    case .setComprehension(let head, let body):
      let (heads, body) = comprehension([head], body)
      return ResolvedTerm(.setComprehension(heads[0], body), location)
    case .objectComprehension(let key, let value, let body):
      let (heads, body) = comprehension([key, value], body)
      return ResolvedTerm(.objectComprehension(key: heads[0], value: heads[1], body), location)
    }
  }

  /// Binds a fresh local to the term before the expression at hand.
  mutating func take(_ term: ResolvedTerm, _ before: inout [ResolvedExpression]) -> Local {
    let local = locals.make("term", generated: true)
    before.append(
      ResolvedExpression(.unify(ResolvedTerm(.local(local), term.location), term), term.location))
    return local
  }

  /// The import or rule of this name, unless a declaration around hides it.
  private mutating func global(_ name: String) -> ModuleScope.Global? {
    guard let global = scope.globals[name], !locals.hides(name) else { return nil }
    usedGlobals.insert(name)
    return global
  }

  mutating func variable(_ name: String, _ location: SourceLocation) -> ResolvedTerm {
    if name == "_" { return ResolvedTerm(.local(locals.make("_")), location) }
    if let global = global(name) {
      switch global {
      case .input(let path):
        return ResolvedTerm(.reference(.input, ModuleScope.constants(path, location)), location)
      case .data(let path):
        return ResolvedTerm(.reference(.data, ModuleScope.constants(path, location)), location)
      }
    }
    if let local = locals.find(name) {
      locals.use(local)
      return ResolvedTerm(.local(local), location)
    }
    if name == "input" { return ResolvedTerm(.reference(.input, []), location) }
    if name == "data" { return ResolvedTerm(.reference(.data, []), location) }
    let local = locals.mention(name)
    if depth == 0, !outermost.contains(where: { $0.local == local }) { outermost.append((name, local)) }
    return ResolvedTerm(.local(local), location)
  }

  private mutating func comprehension(_ heads: [Term], _ body: [Expression]) -> ([ResolvedTerm], ResolvedBody) {
    depth += 1
    locals.push(hiding: DeclaredNames.of(body))
    var expressions = resolve(body)
    let heads = heads.map { head in
      let term = expand(head, &expressions)
      // A head that must be evaluated is one more expression of the body.
      return Self.needsEvaluation(term) ? ResolvedTerm(.local(take(term, &expressions)), head.location) : term
    }
    closeScope(heads.first?.location ?? .none)
    depth -= 1
    return (heads, ResolvedBody(expressions))
  }

  /// Whether a term holds references or comprehensions. Source: OPA `requiresEval`.
  static func needsEvaluation(_ term: ResolvedTerm) -> Bool {
    switch term.node {
    case .constant, .local: false
    case .reference, .call, .arrayComprehension, .setComprehension, .objectComprehension, .template: true
    case .array(let terms), .set(let terms): terms.contains { needsEvaluation($0) }
    case .object(let members): members.contains { needsEvaluation($0.key) || needsEvaluation($0.value) }
    }
  }

  /// A part of a template is a text, or a set of the values of an expression: none reads as undefined.
  private mutating func part(of part: Term.TemplatePart, _ location: SourceLocation) -> ResolvedTerm {
    let expression: Expression
    switch part {
    case .text(let text): return ResolvedTerm(.constant(.string(text)), location)
    case .term(let term):
      expression = Expression(.term(term), term.location)
    case .expression(let given):
      expression = given
    }
    guard case .term(let term) = expression.node else { return ResolvedTerm(.constant(.null), location) }
    if expression.with.isEmpty {
      if case .scalar(let value) = term.node { return ResolvedTerm(.constant(value), location) }
      if case .variable(let name) = term.node {
        let value = variable(name, term.location)
        if case .local = value.node { return value }
      }
    }
    return wrapped(expression, term)
  }

  /// The set of what a term evaluates to.
  private mutating func wrapped(_ expression: Expression, _ term: Term) -> ResolvedTerm {
    depth += 1
    locals.push(hiding: [])
    var body: [ResolvedExpression] = []
    var before: [ResolvedExpression] = []
    let value = expand(term, &before)
    let result = take(value, &before)
    let with = resolve(expression.with, &body)
    for var expression in before {
      expression.with = with
      body.append(expression)
    }
    locals.pop()
    depth -= 1
    return ResolvedTerm(
      .setComprehension(ResolvedTerm(.local(result), term.location), ResolvedBody(body)), term.location)
  }

  // MARK: Replacements

  private mutating func resolve(_ with: [Expression.With], _ ahead: inout [ResolvedExpression])
    -> [ResolvedExpression.With]
  {
    var result: [ResolvedExpression.With] = []
    for with in with { if let resolved = resolve(with, &ahead) { result.append(resolved) } }
    return result
  }

  private mutating func resolve(_ with: Expression.With, _ ahead: inout [ResolvedExpression])
    -> ResolvedExpression.With?
  {
    guard let target = target(with.target) else { return nil }
    switch target {
    case .builtin, .function:
      if let callee = function(namedBy: with.value) {
        return ResolvedExpression.With(target: target, replacement: .callee(callee), location: with.location)
      }
    case .input, .data: break
    }
    var value = expand(with.value, &ahead)
    if Self.needsEvaluation(value) { value = ResolvedTerm(.local(take(value, &ahead)), with.value.location) }
    return ResolvedExpression.With(target: target, replacement: .term(value), location: with.location)
  }

  private mutating func function(namedBy term: Term) -> Callee? {
    guard let path = namePath(term) else { return nil }
    let full: [Text]
    if let global = global(path[0]) {
      guard case .data(let prefix) = global else { return nil }
      full = prefix + path.dropFirst().map { Text($0) }
    } else if path[0] == "data" {
      full = path.dropFirst().map { Text($0) }
    } else {
      if locals.find(path[0]) != nil { return nil }
      return scope.builtins[path.joined(separator: ".")].map { .builtin($0) }
    }
    return scope.tree.find(full.map { .string($0) })?.arity == nil ? nil : .function(full)
  }

  private mutating func target(_ term: Term) -> ResolvedExpression.With.Target? {
    var ignored: [ResolvedExpression] = []
    if let path = namePath(term), scope.globals[path[0]] == nil || locals.hides(path[0]), path[0] != "input",
      path[0] != "data"
    {
      let name = path.joined(separator: ".")
      if let builtin = scope.builtins[name] {
        if let problem = Self.problem(replacing: builtin) {
          report(
            .replacements, .compile, "with keyword replacing built-in function: \(problem)", term.location)
          return nil
        }
        return .builtin(name)
      }
    } else {
      var resolved: ResolvedTerm
      switch term.node {
      case .variable("input"): return .input([])
      case .reference(let head, let path) where Self.isNamed(head, "input"):
        resolved = ResolvedTerm(.reference(.input, path.map { expand($0, &ignored) }), term.location)
      default: resolved = expand(term, &ignored)
      }
      switch resolved.node {
      case .reference(.input, let path):
        let keys = path.compactMap(\.constant)
        if keys.count == path.count { return .input(keys) }
      case .reference(.data, let path):
        let keys = path.compactMap(\.constant)
        if keys.count == path.count { return target(data: keys, term.location) }
      default: break
      }
    }
    report(
      .replacements, .type, "with keyword target must reference existing input, data, or a function", term.location)
    return nil
  }

  private mutating func target(data path: [Value], _ location: SourceLocation) -> ResolvedExpression.With.Target? {
    var node = scope.tree
    for key in path.dropLast() {
      guard let child = node.children[key] else { return .data(path) }
      if !child.rules.isEmpty {
        report(
          .replacements, .compile, "with keyword cannot partially replace virtual document(s)", location)
        return nil
      }
      node = child
    }
    if let last = path.last, let child = node.children[last], child.arity != nil {
      return .function(path.compactMap { if case .string(let text) = $0 { text } else { nil } })
    }
    return .data(path)
  }

  private static func problem(replacing builtin: Builtin) -> String? {
    switch builtin.name {
    case "eq", "rego.metadata.chain", "rego.metadata.rule": "replacement of \"\(builtin.name)\" invalid"
    case "walk": "target must not be a relation"
    default:
      builtin.name.hasPrefix("internal.") ? "replacement of internal function \"\(builtin.name)\" invalid" : nil
    }
  }

  private static func isNamed(_ term: Term, _ name: String) -> Bool {
    if case .variable(name) = term.node { true } else { false }
  }
}
