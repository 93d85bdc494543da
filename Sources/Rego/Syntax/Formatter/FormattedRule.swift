/// A rule, or one of its else branches, as the formatter sees it.
struct FormattedRule {
  var head: Rule.Head
  var body: [Expression]?
  var isDefault: Bool
  var isElse: Bool
  var usesIf: Bool
  var location: SourceLocation
  var elses: ArraySlice<Rule.Else>

  init(_ rule: Rule) {
    head = rule.head
    body = rule.body
    isDefault = rule.isDefault
    isElse = false
    usesIf = rule.usesIf
    location = rule.location
    elses = rule.elses[...]
  }

  init(_ branch: Rule.Else, _ rest: ArraySlice<Rule.Else>) {
    var place = branch.location
    place.end = branch.value?.location.end ?? place.offset + 4
    var value = branch.value
    // Comments between the keyword and the value go below the line.
    value?.location.row = place.row
    head = Rule.Head(reference: [], value: value, assigned: branch.assigned, location: place)
    body = branch.body
    isDefault = false
    isElse = true
    usesIf = branch.usesIf
    location = branch.location
    elses = rest
  }

  /// `p := value` and `p := value if true`, which say the same.
  var isConstant: Bool {
    guard elses.isEmpty else { return false }
    guard let body else { return true }
    guard body.count == 1, !body[0].negated, body[0].with.isEmpty, case .term(let term) = body[0].node else {
      return false
    }
    return term.isTrue
  }

  /// `p[x]`, whose key OPA keeps beside its reference.
  func hasMemberKey(writesIf: Bool) -> Bool {
    guard head.reference.count == 2, head.key == nil, head.arguments == nil, !isDefault else { return false }
    return !writesIf || !head.reference[1].isGround
  }
}

extension Term {
  var isTrue: Bool {
    if case .scalar(.boolean(true)) = node { true } else { false }
  }

  var isSet: Bool {
    if case .set = node { true } else { false }
  }

  /// A call of the union, which written as `|` reads as a comprehension inside of brackets.
  var isUnion: Bool {
    guard case .call(let function, let arguments) = node, arguments.count == 2,
      case .variable("or") = function.node
    else { return false }
    return true
  }

  var isCall: Bool {
    if case .call = node { true } else { false }
  }
}
