/// Types of virtual documents by path below `data`. Source: OPA v1/ast/env.go.
///
/// Sendable because nothing inserts once the compilation that made it is over.
final class TypeTree: @unchecked Sendable {
  private(set) var children: [Value: TypeTree] = [:]
  private(set) var type: TypeDescription?

  /// Packages with more rules than this have the type of any object: its exact type would cost its size at each use.
  static let memberCountMax = 256

  func insert(_ type: TypeDescription, at path: [Value]) {
    var node = self
    for key in path {
      if let child = node.children[key] {
        node = child
      } else {
        let child = TypeTree()
        node.children[key] = child
        node = child
      }
    }
    node.type = node.type.map { Self.merge($0, type) } ?? type
  }

  private static func merge(_ left: TypeDescription, _ right: TypeDescription) -> TypeDescription {
    if case .object(let leftFixed, let leftDynamic?) = left, case .object(let rightFixed, let rightDynamic?) = right,
      leftFixed.isEmpty, rightFixed.isEmpty
    {
      return .object(
        TypeAlgebra.union(leftDynamic.key, rightDynamic.key), merge(leftDynamic.value, rightDynamic.value))
    }
    return TypeAlgebra.union(left, right)
  }

  /// Everything below: what rules define, and anything else, as base documents may be there too.
  var extent: TypeDescription {
    if let type { return children.isEmpty ? type : .any }
    if children.count > Self.memberCountMax { return .object(.string, .any) }
    let fixed = children.sorted { $0.key < $1.key }.map {
      TypeDescription.ObjectMember(key: $0.key, value: $0.value.extent)
    }
    return .object(fixed: fixed, dynamic: .init(key: .string, value: .any))
  }
}
