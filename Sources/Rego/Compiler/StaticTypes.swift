/// Types of terms as far as they are known without an environment.
enum StaticTypes {
  /// Tables of constants with more members than this are typed by their kind alone.
  static let memberCountMax = 512

  static func of(_ value: Value) -> TypeDescription {
    switch value {
    case .undefined: return .anyOf([])
    case .null: return .null
    case .boolean: return .boolean
    case .integer, .number: return .number
    case .string: return .string
    case .array(let array):
      return array.isEmpty || array.count > memberCountMax
        ? .array(of: .any) : .array(fixed: array.elements.map { of($0) }, rest: nil)
    case .set(let set):
      if set.count > memberCountMax { return .set(of: .any) }
      let types = set.elements.map { of($0) }
      return .set(of: TypeAlgebra.union(types) ?? .any)
    case .object(let object):
      if object.isEmpty || object.count > memberCountMax { return .object(.any, .any) }
      let members = zip(object.keys, object.values).map { TypeDescription.ObjectMember(key: $0, value: of($1)) }
      return .object(fixed: members, dynamic: nil)
    }
  }

  /// nil where nothing is known.
  static func known(_ term: ResolvedTerm) -> TypeDescription? {
    switch term.node {
    case .constant(let value): return of(value)
    case .reference(.input, _), .reference(.data, _): return .any
    case .array(let elements):
      return .array(fixed: elements.map { known($0) ?? .anyOf([]) }, rest: nil)
    case .set(let elements): return .set(of: TypeAlgebra.union(elements.map { known($0) ?? .anyOf([]) }) ?? .any)
    case .object(let members):
      var fixed: [TypeDescription.ObjectMember] = []
      var dynamic: TypeDescription.ObjectDynamic?
      for (key, value) in members {
        let type = known(value) ?? .anyOf([])
        if let key = key.constant {
          fixed.append(TypeDescription.ObjectMember(key: key, value: type))
        } else {
          dynamic = TypeDescription.ObjectDynamic(key: known(key) ?? .anyOf([]), value: type)
        }
      }
      return .object(fixed: fixed, dynamic: dynamic)
    default: return nil
    }
  }
}
