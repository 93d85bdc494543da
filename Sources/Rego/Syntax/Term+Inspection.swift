extension Term {
  /// Without variables, references and calls, except inside comprehensions, which nobody looks into.
  var isGround: Bool {
    switch node {
    case .scalar: true
    case .variable: false
    case .reference(let head, let path):
      head.isRootDocument && path.allSatisfy(\.isGround) || head.isGround && path.allSatisfy(\.isGround)
    case .array(let terms), .set(let terms): terms.allSatisfy(\.isGround)
    case .object(let members): members.allSatisfy { $0.key.isGround && $0.value.isGround }
    case .template(let parts):
      parts.allSatisfy { part in
        if case .text = part { true } else { false }
      }
    case .call(_, let arguments): arguments.allSatisfy(\.isGround)
    case .arrayComprehension, .setComprehension, .objectComprehension: true
    }
  }

  var isRootDocument: Bool {
    switch node {
    case .variable("input"), .variable("data"): true
    default: false
    }
  }

  /// The name of the first variable, reference or call that a default value must not contain.
  var firstOpenPart: String? {
    switch node {
    case .variable: return isRootDocument ? "ref" : "var"
    case .reference: return "ref"
    case .call: return "call"
    case .array(let terms), .set(let terms): return terms.lazy.compactMap(\.firstOpenPart).first
    case .object(let members):
      return members.lazy.flatMap { [$0.key, $0.value] }.compactMap(\.firstOpenPart).first
    case .template(let parts):
      for part in parts {
        switch part {
        case .text: continue
        case .term(let term):
          if let name = term.firstOpenPart { return name }
        case .expression(let expression):
          if case .term(let term) = expression.node, let name = term.firstOpenPart { return name }
        }
      }
      return nil
    case .scalar, .arrayComprehension, .setComprehension, .objectComprehension: return nil
    }
  }

  /// As error messages call the kind of a term.
  var kindName: String {
    switch node {
    case .scalar(let value): value.typeName
    case .template: "templatestring"
    case .variable: isRootDocument ? "ref" : "var"
    case .reference: "ref"
    case .call: "call"
    case .array: "array"
    case .object: "object"
    case .set: "set"
    case .arrayComprehension: "arraycomprehension"
    case .setComprehension: "setcomprehension"
    case .objectComprehension: "objectcomprehension"
    }
  }
}
