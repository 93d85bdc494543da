extension TypeChecker {
  /// What is wrong with a reference, as far as its types are known.
  mutating func checkReference(
    _ root: ResolvedTerm.Root, _ path: [ResolvedTerm], _ location: SourceLocation
  ) -> RegoError? {
    switch root {
    case .input: return checkLeaf(.any, root, path, 0, location)
    case .local(let local):
      let slot = Int(local.slot)
      if locals[slot] == nil { locals[slot] = .any }
      return checkLeaf(locals[slot] ?? .any, root, path, 0, location)
    case .term(let term): return checkLeaf(type(of: term) ?? .any, root, path, 0, location)
    case .data:
      if let error = checkFunction(path, location) { return error }
      return checkData(path, location)
    }
  }

  /// Functions are no values.
  private func checkFunction(_ path: [ResolvedTerm], _ location: SourceLocation) -> RegoError? {
    var node = tree
    for (index, segment) in path.enumerated() {
      guard let key = segment.constant, let child = node.children[key] else { return nil }
      node = child
      // Without parameters it is a complete rule.
      if case .function(let arguments, let result)? = node.type, !arguments.isEmpty {
        let whole = text(.data, path)
        let known = text(.data, Array(path[...index]))
        return RegoError(
          .type, "function \(whole) used as reference, not called", location,
          details: [
            whole, String(repeating: "^", count: known.count),
            "have: " + TypeText.text(.function(arguments: arguments, result: result)),
          ])
      }
    }
    return nil
  }

  private mutating func checkData(_ path: [ResolvedTerm], _ location: SourceLocation) -> RegoError? {
    if tree.children.isEmpty { return open(path, from: 0) }
    var node = tree
    for (index, segment) in path.enumerated() {
      if let key = segment.constant, key.isString || node.children[key] != nil {
        guard let child = node.children[key] else { return open(path, from: index) }
        if let type = child.type {
          return checkLeaf(type, .data, path, index + 1, location)
        }
        node = child
        continue
      }
      let have: TypeDescription?
      let keys = TypeAlgebra.keys(node.extent) ?? .any
      switch segment.node {
      case .local(let local):
        have = locals[Int(local.slot)]
        if have == nil { locals[Int(local.slot)] = keys }
      case .reference, .call: have = type(of: segment)
      default: return open(path, from: index)
      }
      if let have, !TypeAlgebra.fits(keys, have) {
        return invalid(.data, path, index, have: have, want: keys, oneOf: Array(node.children.keys), location)
      }
      return nil
    }
    return nil
  }

  /// Nothing is known of what lies there.
  private mutating func open(_ path: [ResolvedTerm], from start: Int) -> RegoError? {
    for segment in path[start...] {
      if case .local(let local) = segment.node, locals[Int(local.slot)] == nil { locals[Int(local.slot)] = .any }
    }
    return nil
  }

  private mutating func checkLeaf(
    _ type: TypeDescription, _ root: ResolvedTerm.Root, _ path: [ResolvedTerm], _ start: Int,
    _ location: SourceLocation
  ) -> RegoError? {
    var type = type
    for index in start..<max(start, path.count) {
      let segment = path[index]
      guard let keys = TypeAlgebra.keys(type) else { return unsupported(root, path, index, type, location) }
      if let key = segment.constant, !key.isContainer {
        guard let member = TypeAlgebra.select(type, key) else {
          return invalid(root, path, index, have: nil, want: keys, oneOf: Self.members(type), location)
        }
        type = member
        continue
      }
      switch segment.node {
      case .local(let local):
        if let have = locals[Int(local.slot)] {
          if !Self.isOpen(have), !TypeAlgebra.fits(have, keys) {
            return invalid(root, path, index, have: have, want: keys, oneOf: Self.members(type), location)
          }
        } else {
          locals[Int(local.slot)] = keys
        }
      case .array, .object, .set, .constant:
        if !unify(segment, keys, union: false) {
          return invalid(root, path, index, have: self.type(of: segment), want: keys, oneOf: [], location)
        }
      default:
        if let have = self.type(of: segment), !Self.isOpen(have), !TypeAlgebra.fits(have, keys) {
          return invalid(root, path, index, have: have, want: keys, oneOf: Self.members(type), location)
        }
      }
      guard let values = TypeAlgebra.values(type) else { return nil }
      type = values
    }
    return nil
  }

  /// Keys that an object is known to have.
  private static func members(_ type: TypeDescription) -> [Value] {
    switch type {
    case .object(let fixed, _): return fixed.map(\.key)
    case .anyOf(let types): return Array(Set(types.flatMap { members($0) }))
    default: return []
    }
  }

  // MARK: Messages

  private func unsupported(
    _ root: ResolvedTerm.Root, _ path: [ResolvedTerm], _ index: Int, _ type: TypeDescription, _ location: SourceLocation
  ) -> RegoError {
    let whole = text(root, path)
    let known = text(root, Array(path[..<index]))
    return RegoError(
      .type, "undefined ref: \(whole)", location,
      details: [whole, String(repeating: "^", count: known.count), "have: " + TypeText.text(type)])
  }

  private func invalid(
    _ root: ResolvedTerm.Root, _ path: [ResolvedTerm], _ index: Int, have: TypeDescription?, want: TypeDescription,
    oneOf: [Value], _ location: SourceLocation
  ) -> RegoError {
    let whole = text(root, path)
    let indent = String(repeating: " ", count: text(root, Array(path[..<index])).count + 1)
    let found: String
    if let have {
      found = "have (type): " + TypeText.text(have)
    } else {
      found = "have: " + (path[index].constant.map { ReferenceText.scalar($0) } ?? "_")
    }
    let wanted: String
    if oneOf.isEmpty {
      wanted = "want (type): " + TypeText.text(want)
    } else {
      wanted = "want (one of): [" + oneOf.sorted().map { ReferenceText.scalar($0) }.joined(separator: " ") + "]"
    }
    return RegoError(
      .type, "undefined ref: \(whole)", location,
      details: [whole, indent + "^", indent + found, indent + wanted])
  }

  private func text(_ root: ResolvedTerm.Root, _ path: [ResolvedTerm]) -> String {
    var text: String
    switch root {
    case .input: text = "input"
    case .data: text = "data"
    case .local(let local): text = names[Int(local.slot)]
    case .term(let term): text = term.constant.map { ReferenceText.scalar($0) } ?? "_"
    }
    for segment in path {
      switch segment.node {
      case .constant(let value): text += ReferenceText.segment(value)
      case .local(let local): text += "[\(names[Int(local.slot)])]"
      default: text += "[_]"
      }
    }
    return text
  }
}

extension Value {
  var isContainer: Bool {
    switch self {
    case .array, .object, .set: true
    default: false
    }
  }

  fileprivate var isString: Bool { if case .string = self { true } else { false } }
}
