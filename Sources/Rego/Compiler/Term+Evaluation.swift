extension Term {
  /// Whether a function's argument holds what cannot be matched as a pattern: references, calls, comprehensions.
  var needsEvaluation: Bool {
    switch node {
    case .scalar, .variable: false
    case .reference, .call, .template, .arrayComprehension, .setComprehension, .objectComprehension: true
    case .array(let terms), .set(let terms): terms.contains(where: \.needsEvaluation)
    case .object(let members): members.contains { $0.key.needsEvaluation || $0.value.needsEvaluation }
    }
  }

  var containsCall: Bool {
    switch node {
    case .call: true
    case .array(let terms), .set(let terms): terms.contains(where: \.containsCall)
    case .object(let members): members.contains { $0.value.containsCall }
    default: false
    }
  }
}
