import Cryptography

/// A module as OPA's JSON of the syntax tree: what `opa parse --format json` prints and `rego.parse_module` returns.
/// Source: OPA v1/ast/policy.go and term.go, their `MarshalJSON`.
public struct SyntaxTree {
  /// Wildcards are numbered in the order in which they are read.
  private var wildcards = 0
  private let fileName: String

  public static func value(of module: Module, fileName: String) -> Value {
    var tree = SyntaxTree(fileName: fileName)
    return tree.module(module)
  }

  public static func value(of body: [Expression]) -> Value {
    var tree = SyntaxTree(fileName: "")
    return tree.body(body)
  }

  private init(fileName: String) { self.fileName = fileName }

  private static func object(_ members: [(Value, Value?)]) -> Value {
    .object(ValueObject(members.compactMap { key, value in value.map { (key, $0) } }))
  }

  private static func array(_ elements: [Value]) -> Value { .array(ValueArray(elements)) }

  private static func typed(_ type: String, _ value: Value) -> Value {
    object([("type", .string(Text(type))), ("value", value)])
  }

  private mutating func module(_ module: Module) -> Value {
    var attached: [Int: [Value]] = [:]
    for annotation in module.annotations { annotation.rule.map { attached[$0, default: []].append(annotation.value) } }
    let rules = module.rules.enumerated().map { index, rule in self.rule(rule, attached[index] ?? []) }
    return Self.object([
      ("package", Self.object([("path", Self.path("data", module.package))])),
      ("imports", module.imports.isEmpty ? nil : Self.array(module.imports.map(Self.imported))),
      ("annotations", annotations(module)),
      ("rules", rules.isEmpty ? nil : Self.array(rules)),
      ("comments", module.comments.isEmpty ? nil : Self.array(module.comments.map(comment))),
    ])
  }

  private func annotations(_ module: Module) -> Value? {
    module.annotations.isEmpty ? nil : Self.array(module.annotations.map(\.value))
  }

  private static func path(_ head: Text, _ rest: some Sequence<Text>) -> Value {
    array([typed("var", .string(head))] + rest.map { typed("string", .string($0)) })
  }

  private static func imported(_ imported: Module.Import) -> Value {
    object([
      ("path", typed("ref", path(imported.path[0], imported.path.dropFirst()))),
      ("alias", imported.alias.map { .string(Text($0)) }),
    ])
  }

  private func comment(_ comment: Module.Comment) -> Value {
    let place = Self.object([
      ("file", .string(Text(fileName))), ("row", .integer(Int64(comment.location.row))),
      ("col", .integer(Int64(comment.location.column))),
    ])
    let text = Base64.encode(Array(comment.text.utf8))
    return Self.object([("Location", place), ("Text", .string(Text(text)))])
  }

  private mutating func rule(_ rule: Rule, _ annotations: [Value]) -> Value {
    if rule.isChained {
      let body = body(rule.body)
      return Self.object([("head", head(rule.head, rule: rule)), ("body", body)])
    }
    return Self.object([
      ("annotations", annotations.isEmpty ? nil : Self.array(annotations)),
      ("default", rule.isDefault ? true : nil), ("head", head(rule.head, rule: rule)),
      ("body", body(rule.body)), ("else", elses(rule, rule.elses[...])),
    ])
  }

  /// Each branch is a rule inside the one before it, with the same head but for the value.
  private mutating func elses(_ rule: Rule, _ rest: ArraySlice<Rule.Else>) -> Value? {
    guard let branch = rest.first else { return nil }
    var branchHead = rule.head
    branchHead.value = branch.value
    branchHead.assigned = branch.assigned || rule.head.assigned && branch.value == nil
    return Self.object([
      ("head", head(branchHead, rule: rule)), ("body", body(branch.body)), ("else", elses(rule, rest.dropFirst())),
    ])
  }

  private mutating func head(_ head: Rule.Head, rule: Rule) -> Value {
    let reference = self.reference(head.reference[0], head.reference.dropFirst())
    let arguments = head.arguments.flatMap { $0.isEmpty ? nil : terms($0) }
    let member = Self.member(head, rule)
    let key = (head.key ?? (member.isKey ? head.reference[1] : nil)).map { term($0) }
    var value = head.value.map { term($0) }
    if head.value == nil, head.key == nil { value = Self.typed("boolean", true) }
    var name: Value?
    if head.reference.count == 1 || member.isNamed, case .variable(let text) = head.reference[0].node {
      name = .string(Text(text))
    }
    return Self.object([
      ("name", name), ("ref", reference), ("args", arguments), ("key", key), ("value", value),
      ("assign", head.assigned ? true : nil),
    ])
  }

  /// `p[x]` keeps, beside its reference, the name and the key that it had when heads were no references.
  private static func member(_ head: Rule.Head, _ rule: Rule) -> (isNamed: Bool, isKey: Bool) {
    guard head.reference.count == 2, head.key == nil, !rule.isDefault else { return (false, false) }
    if head.arguments != nil { return (rule.usesIf && head.value != nil, false) }
    guard rule.usesIf else { return (true, true) }
    var isReference = false
    if case .reference = head.reference[1].node { isReference = true }
    return (rule.head.value != nil, isReference || !head.reference[1].isGround)
  }

  private mutating func body(_ body: [Expression]?) -> Value {
    guard let body else { return Self.array([Self.object([("index", 0), ("terms", Self.typed("boolean", true))])]) }
    return Self.array(body.enumerated().map { index, expression in self.expression(expression, index) })
  }

  private mutating func expression(_ expression: Expression, _ index: Int) -> Value {
    let terms = content(expression.node)
    let with = expression.with.map { with in
      Self.object([("target", term(with.target)), ("value", term(with.value))])
    }
    return Self.object([
      ("index", .integer(Int64(index))), ("terms", terms), ("negated", expression.negated ? true : nil),
      ("with", with.isEmpty ? nil : Self.array(with)),
    ])
  }

  private mutating func content(_ node: Expression.Node) -> Value {
    switch node {
    case .term(let written):
      if case .call(let function, let arguments) = written.node { return call(function, arguments) }
      return term(written)
    case .assignment(let left, let right): return operation("assign", [left, right])
    case .unification(let left, let right): return operation("eq", [left, right])
    case .someDeclaration(let names): return Self.object([("symbols", terms(names))])
    case .someIn(let key, let value, let domain):
      let name: Text = key == nil ? "member_2" : "member_3"
      let function = Self.typed("ref", Self.path("internal", [name]))
      let parts = (key.map { [$0] } ?? []) + [value, domain]
      let symbol = Self.typed("call", Self.array([function] + parts.map { term($0) }))
      return Self.object([("symbols", Self.array([symbol]))])
    case .every(let key, let value, let domain, let body):
      return Self.object([
        ("key", key.map { term($0) } ?? .null), ("value", term(value)), ("domain", term(domain)),
        ("body", self.body(body)),
      ])
    }
  }

  private mutating func operation(_ name: Text, _ operands: [Term]) -> Value {
    Self.array([Self.typed("ref", Self.path(name, []))] + operands.map { term($0) })
  }

  private mutating func call(_ function: Term, _ arguments: [Term]) -> Value {
    var name = term(function)
    if case .variable = function.node { name = Self.typed("ref", Self.array([name])) }
    return Self.array([name] + arguments.map { term($0) })
  }

  private mutating func reference(_ head: Term, _ path: ArraySlice<Term>) -> Value {
    var first = term(head)
    if case .variable(let name) = head.node, head.isRootDocument { first = Self.typed("var", .string(Text(name))) }
    return Self.array([first] + path.map { term($0) })
  }

  private mutating func terms(_ terms: [Term]) -> Value { Self.array(terms.map { term($0) }) }

  private mutating func term(_ term: Term) -> Value {
    switch term.node {
    case .scalar(.null): return Self.typed("null", .object(.empty))
    case .scalar(let value): return Self.typed(value.typeName, value)
    case .template(let parts): return Self.typed("templatestring", template(parts, term))
    case .variable("_"):
      defer { wildcards += 1 }
      return Self.typed("var", .string(Text("$\(wildcards)")))
    case .variable(let name):
      let variable = Self.typed("var", .string(Text(name)))
      return term.isRootDocument ? Self.typed("ref", Self.array([variable])) : variable
    case .reference(let head, let path):
      return Self.typed("ref", reference(head, path[...]))
    case .call(let function, let arguments): return Self.typed("call", call(function, arguments))
    case .array(let elements): return Self.typed("array", terms(elements))
    case .set(let elements):
      return Self.typed("set", Self.array(SyntaxTreeOrder.unique(elements.map { self.term($0) })))
    case .object(let members):
      let pairs = members.map { (self.term($0.key), self.term($0.value)) }
      return Self.typed("object", Self.array(SyntaxTreeOrder.members(pairs)))
    case .arrayComprehension(let element, let body):
      return Self.typed("arraycomprehension", comprehension([("term", element)], body))
    case .setComprehension(let element, let body):
      return Self.typed("setcomprehension", comprehension([("term", element)], body))
    case .objectComprehension(let key, let value, let body):
      return Self.typed("objectcomprehension", comprehension([("key", key), ("value", value)], body))
    }
  }

  private mutating func comprehension(_ heads: [(Value, Term)], _ body: [Expression]) -> Value {
    var members = heads.map { name, head in (name, Optional(term(head))) }
    members.append(("body", self.body(body)))
    return Self.object(members)
  }

  private mutating func template(_ parts: [Term.TemplatePart], _ term: Term) -> Value {
    let values = parts.map { part -> Value in
      switch part {
      case .text(let text): Self.typed("string", .string(text))
      case .term(let written):
        if case .scalar = written.node {
          self.term(written)
        } else {
          Self.object([("terms", content(.term(written))), ("index", 0)])
        }
      case .expression(let written): expression(written, 0)
      }
    }
    return Self.object([
      ("parts", values.isEmpty ? .null : Self.array(values)), ("multi_line", .boolean(term.isRaw)),
    ])
  }
}

/// OPA's order of terms, over their JSON. Source: OPA v1/ast/compare.go.
private enum SyntaxTreeOrder {
  private static let ranks: [Text: Int] = [
    "null": 0, "boolean": 1, "number": 2, "string": 3, "var": 4, "ref": 5, "array": 6, "object": 7, "set": 8,
    "arraycomprehension": 9, "objectcomprehension": 10, "setcomprehension": 11, "call": 12, "templatestring": 13,
  ]

  static func unique(_ terms: [Value]) -> [Value] {
    var result: [Value] = []
    for term in terms.sorted(by: { compare($0, $1) < 0 }) where result.last != term { result.append(term) }
    return result
  }

  /// In key order; of several members with one key the last counts.
  static func members(_ pairs: [(Value, Value)]) -> [Value] {
    let members = ValueObject(pairs)
    let order = members.keys.indices.sorted { compare(members.keys[$0], members.keys[$1]) < 0 }
    return order.map { .array(ValueArray([members.keys[$0], members.values[$0]])) }
  }

  private static func compare(_ left: Value, _ right: Value) -> Int {
    guard case .string(let leftType) = left.lookUp("type"), case .string(let rightType) = right.lookUp("type"),
      let leftRank = ranks[leftType], let rightRank = ranks[rightType]
    else { return left.compare(right) }
    if leftRank != rightRank { return leftRank - rightRank }
    guard case .array(let leftTerms) = left.lookUp("value"), case .array(let rightTerms) = right.lookUp("value") else {
      return left.lookUp("value").compare(right.lookUp("value"))
    }
    if leftType == "object" { return compareMembers(leftTerms.elements, rightTerms.elements) }
    return compare(leftTerms.elements, rightTerms.elements)
  }

  private static func compare(_ left: [Value], _ right: [Value]) -> Int {
    for (left, right) in zip(left, right) {
      let order = compare(left, right)
      if order != 0 { return order }
    }
    return left.count - right.count
  }

  private static func compareMembers(_ left: [Value], _ right: [Value]) -> Int {
    for (left, right) in zip(left, right) {
      guard case .array(let left) = left, case .array(let right) = right else { continue }
      let order = compare(left.elements, right.elements)
      if order != 0 { return order }
    }
    return left.count - right.count
  }
}
