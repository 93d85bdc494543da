extension TypeChecker {
  // MARK: Types of terms

  /// nil where nothing is known.
  func type(of term: ResolvedTerm) -> TypeDescription? {
    switch term.node {
    case .constant(let value): return StaticTypes.of(value)
    case .local(let local): return locals[Int(local.slot)]
    case .template: return .string
    case .call(.builtin(let builtin), _): return failedCalls.contains(term.location) ? nil : builtin.result
    case .call(.function(let path), _):
      if failedCalls.contains(term.location) { return nil }
      guard case .function(_, let result)? = node(path.map { .string($0) })?.type else { return .any }
      return result
    case .array(let elements): return .array(fixed: elements.map { type(of: $0) ?? TypeAlgebra.never }, rest: nil)
    case .set(let elements): return .set(of: TypeAlgebra.union(elements.compactMap { type(of: $0) }) ?? .any)
    case .object(let members):
      var fixed: [TypeDescription.ObjectMember] = []
      var dynamic: TypeDescription.ObjectDynamic?
      for (key, value) in members {
        let valueType = type(of: value) ?? TypeAlgebra.never
        if let key = key.constant {
          fixed.append(TypeDescription.ObjectMember(key: key, value: valueType))
        } else {
          // A key of unknown type can be anything, and not nothing.
          dynamic = TypeDescription.ObjectDynamic(key: type(of: key) ?? .any, value: valueType)
        }
      }
      return .object(fixed: fixed.sorted { $0.key < $1.key }, dynamic: dynamic)
    case .arrayComprehension, .setComprehension, .objectComprehension:
      return comprehensions[term.location] ?? nil
    case .reference(let root, let path):
      switch root {
      case .input: return .any
      case .local(let local): return locals[Int(local.slot)].flatMap { select($0, path[...]) }
      case .term(let term): return type(of: term).flatMap { select($0, path[...]) }
      case .data: return typeOfData(path[...], tree)
      }
    }
  }

  private func node(_ path: [Value]) -> TypeTree? {
    var node = tree
    for key in path {
      guard let child = node.children[key] else { return nil }
      node = child
    }
    return node
  }

  private func typeOfData(_ path: ArraySlice<ResolvedTerm>, _ node: TypeTree) -> TypeDescription? {
    guard let first = path.first else { return node.extent }
    if let key = first.constant {
      if let child = node.children[key] { return typeOfData(path.dropFirst(), child) }
      guard let type = node.type else { return .any }
      return select(type, path)
    }
    return select(node.extent, path)
  }

  private func select(_ type: TypeDescription, _ path: ArraySlice<ResolvedTerm>) -> TypeDescription? {
    var current = type
    for segment in path {
      let next: TypeDescription?
      if let key = segment.constant, !key.isContainer {
        next = TypeAlgebra.select(current, key)
      } else {
        next = TypeAlgebra.values(current)
      }
      guard let next else { return nil }
      current = next
    }
    return current
  }

  /// Something in it is not known.
  static func isOpen(_ type: TypeDescription?) -> Bool {
    guard let type else { return true }
    switch type {
    case .any, .null, .boolean, .number, .string: return false
    // What a comprehension collects may be unknown: it is a container all the same.
    case .array(let fixed, _): return fixed.contains { isOpen($0) }
    case .set: return false
    case .object(let fixed, let dynamic):
      return fixed.contains { isOpen($0.value) } || dynamic.map { isOpen($0.value) } ?? false
    case .anyOf(let types): return types.isEmpty
    case .function(let arguments, let result): return arguments.contains { isOpen($0) } || isOpen(result)
    }
  }

  // MARK: Unification

  /// Whether both terms may be equal; locals without a type take the other side's.
  mutating func unify(
    _ left: ResolvedTerm, _ leftType: TypeDescription?, _ right: ResolvedTerm, _ rightType: TypeDescription?
  ) -> Bool {
    switch (Self.isOpen(leftType) ? nil : leftType, Self.isOpen(rightType) ? nil : rightType) {
    case (nil, let type?): return unify(left, type, union: false)
    case (let type?, nil): return unify(right, type, union: false)
    case (let leftType?, let rightType?): return TypeAlgebra.fits(leftType, rightType)
    case (nil, nil): break
    }
    switch (left.node, right.node) {
    case (.array(let left), .array(let right)):
      guard left.count == right.count else { return false }
      return zip(left, right).allSatisfy { unify($0, type(of: $0), $1, type(of: $1)) }
    case (.object(let left), .object(let right)):
      guard left.count == right.count else { return false }
      for (key, value) in left {
        guard let other = right.first(where: { Self.isSame($0.key, key) }) else { return false }
        if !unify(value, type(of: value), other.value, type(of: other.value)) { return false }
      }
      return true
    // Nothing is known of either side; only variables can stay so.
    case (.local, .local), (.local, .call), (.call, .local), (.call, .call), (.array, .local), (.array, .call),
      (.object, .local), (.object, .call):
      return unify(left, .any, union: false) && unify(right, type(of: left) ?? .any, union: false)
    case (.local, .array), (.call, .array), (.local, .object), (.call, .object):
      return unify(right, .any, union: false) && unify(left, type(of: right) ?? .any, union: false)
    default: return false
    }
  }

  private static func isSame(_ left: ResolvedTerm, _ right: ResolvedTerm) -> Bool {
    switch (left.node, right.node) {
    case (.constant(let left), .constant(let right)): left == right
    case (.local(let left), .local(let right)): left == right
    default: false
    }
  }

  /// Whether the term may have the type; locals without one take it.
  /// - Parameter union: one of several alternatives: locals take all of them.
  mutating func unify(_ term: ResolvedTerm, _ type: TypeDescription, union: Bool) -> Bool {
    switch term.node {
    case .constant(let value): return TypeAlgebra.fits(value, type)
    case .local(let local):
      let slot = Int(local.slot)
      if union {
        locals[slot] = locals[slot].map { TypeAlgebra.union($0, type) } ?? type
      } else if let known = locals[slot] {
        return TypeAlgebra.fits(known, type)
      } else {
        locals[slot] = type
      }
      return true
    case .array(let elements):
      return unifyContainer(term, type, elements) { checker, type in
        guard case .array(let fixed, let rest) = type, fixed.count == elements.count || rest != nil,
          elements.count >= fixed.count
        else { return false }
        for (index, element) in elements.enumerated() {
          guard let member = index < fixed.count ? fixed[index] : rest,
            checker.unify(element, member, union: union)
          else { return false }
        }
        return true
      }
    case .object(let members):
      return unifyContainer(term, type, members.map(\.value)) { checker, type in
        guard case .object(let fixed, let dynamic) = type, members.count == fixed.count || dynamic != nil else {
          return false
        }
        for (key, value) in members {
          if let key = key.constant {
            guard let member = TypeAlgebra.select(type, key), checker.unify(value, member, union: union) else {
              return false
            }
          } else {
            _ = checker.unify(value, .any, union: union)
          }
        }
        return true
      }
    case .set(let elements):
      return unifyContainer(term, type, elements) { checker, type in
        guard case .set(let element) = type else { return false }
        return elements.allSatisfy { checker.unify($0, element, union: union) }
      }
    case .call:
      guard let known = self.type(of: term) else { return true }
      return TypeAlgebra.fits(known, type)
    case .reference, .arrayComprehension, .setComprehension, .objectComprehension, .template:
      guard let known = self.type(of: term) else { return false }
      return TypeAlgebra.fits(known, type)
    }
  }

  private mutating func unifyContainer(
    _ term: ResolvedTerm, _ type: TypeDescription, _ members: [ResolvedTerm],
    _ body: (inout TypeChecker, TypeDescription) -> Bool
  ) -> Bool {
    switch type {
    case .any:
      for member in members { _ = unify(member, .any, union: true) }
      return true
    case .anyOf(let types):
      var fits = false
      for type in types where unify(term, type, union: true) { fits = true }
      return fits
    default: return body(&self, type)
    }
  }
}
