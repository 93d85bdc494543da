/// Types of virtual documents by path below `data`. Source: OPA v1/ast/env.go.
///
/// Sendable because nothing inserts once the compilation that made it is over.
final class TypeTree: @unchecked Sendable {
  private(set) var children: [Value: TypeTree] = [:]
  private(set) var type: TypeDescription?

  /// Packages with more rules than this have the type of any object: its exact type would cost its size at each use.
  static let memberCountMax = 256

  /// Objects along the path and leaves below it take the members of each other as dynamic ones.
  func insert(_ type: TypeDescription, at path: [Value]) {
    var node = self
    for (index, key) in path.enumerated() {
      let child = node.children[key] ?? TypeTree()
      node.children[key] = child
      if index + 1 < path.count, case .object(let fixed, let dynamic)? = child.type {
        child.type = Self.adding(type, at: path[(index + 1)...], to: (fixed, dynamic))
      }
      node = child
    }
    node.type = node.type.map { Self.merge($0, type) } ?? type
    guard case .object = type, !node.children.isEmpty else { return }
    node.forEachLeaf(below: []) { path, leaf in
      guard case .object(let fixed, let dynamic)? = node.type else { return }
      node.type = Self.adding(leaf, at: path[...], to: (fixed, dynamic))
    }
  }

  /// For a rule that is wrong itself: what reads it is not.
  func open(at path: [Value]) {
    var node = self
    for key in path {
      let child = node.children[key] ?? TypeTree()
      node.children[key] = child
      node = child
    }
    node.type = .any
  }

  private func forEachLeaf(below path: [Value], _ body: ([Value], TypeDescription) -> Void) {
    for (key, child) in children.sorted(by: { $0.key < $1.key }) {
      if let type = child.type { body(path + [key], type) } else { child.forEachLeaf(below: path + [key], body) }
    }
  }

  private static func adding(
    _ type: TypeDescription, at path: ArraySlice<Value>,
    to object: (fixed: [TypeDescription.ObjectMember], dynamic: TypeDescription.ObjectDynamic?)
  ) -> TypeDescription {
    guard let first = path.first else { return .object(fixed: object.fixed, dynamic: object.dynamic) }
    let value = path.count == 1 ? type : adding(type, at: path.dropFirst(), to: ([], nil))
    let key = StaticTypes.of(first)
    let dynamic = TypeDescription.ObjectDynamic(
      key: object.dynamic.map { TypeAlgebra.union($0.key, key) } ?? key,
      value: object.dynamic.map { TypeAlgebra.union($0.value, value) } ?? value)
    return .object(fixed: object.fixed, dynamic: dynamic)
  }

  private static func merge(_ left: TypeDescription, _ right: TypeDescription) -> TypeDescription {
    switch (left, right) {
    case (.object(let leftFixed, let leftDynamic?), .object(let rightFixed, let rightDynamic?))
    where leftFixed.isEmpty && rightFixed.isEmpty:
      return .object(
        TypeAlgebra.union(leftDynamic.key, rightDynamic.key), merge(leftDynamic.value, rightDynamic.value))
    case (.object(let fixed, let dynamic?), .anyOf(let types)), (.anyOf(let types), .object(let fixed, let dynamic?)):
      let alike = types.firstIndex {
        if case .object(let fixed, .some) = $0 { fixed.isEmpty } else { false }
      }
      guard fixed.isEmpty, let alike, case .object(_, let other?) = types[alike] else { break }
      var types = types
      types[alike] = .object(TypeAlgebra.union(other.key, dynamic.key), TypeAlgebra.union(other.value, dynamic.value))
      return .anyOf(types)
    case (.set(let left), .set(let right)): return .set(of: TypeAlgebra.union(left, right))
    default: break
    }
    return TypeAlgebra.union(left, right)
  }

  /// Everything below: what rules define, and anything else, as base documents may be there too.
  var extent: TypeDescription {
    if let type { return type }
    if children.count > Self.memberCountMax { return .object(.string, .any) }
    let fixed = children.filter { Self.isName($0.key) }.sorted { $0.key < $1.key }.map {
      TypeDescription.ObjectMember(key: $0.key, value: $0.value.extent)
    }
    return .object(fixed: fixed, dynamic: .init(key: .string, value: .any))
  }

  private static func isName(_ key: Value) -> Bool {
    switch key {
    case .string, .integer, .number, .boolean: true
    default: false
    }
  }
}
