/// Unions, members and comparisons of types. Source: OPA v1/types/types.go.
enum TypeAlgebra {
  /// A union of more types is taken for any type.
  static let memberCountMax = 32

  /// Nothing is known to fit.
  static let never = TypeDescription.anyOf([])

  static func isNever(_ type: TypeDescription) -> Bool {
    if case .anyOf(let types) = type { types.isEmpty } else { false }
  }

  static func union(_ types: some Sequence<TypeDescription>) -> TypeDescription? {
    var result: TypeDescription?
    for type in types { result = result.map { union($0, type) } ?? type }
    return result
  }

  static func union(_ left: TypeDescription, _ right: TypeDescription) -> TypeDescription {
    if left == right { return left }
    if isNever(left) { return right }
    if isNever(right) { return left }
    switch (left, right) {
    case (.any, _), (_, .any): return .any
    case (.function(let leftArguments, let leftResult), .function(let rightArguments, let rightResult)):
      guard leftArguments.count == rightArguments.count else { return .any }
      return .function(
        arguments: zip(leftArguments, rightArguments).map { union($0, $1) }, result: union(leftResult, rightResult))
    default: break
    }
    var members = members(left)
    for type in self.members(right) where !members.contains(type) { members.append(type) }
    if members.count > memberCountMax { return .any }
    members.sort { order($0, $1) }
    return members.count == 1 ? members[0] : .anyOf(members)
  }

  private static func members(_ type: TypeDescription) -> [TypeDescription] {
    if case .anyOf(let types) = type { types } else { [type] }
  }

  private static func rank(_ type: TypeDescription) -> Int {
    switch type {
    case .null: 0
    case .boolean: 1
    case .number: 2
    case .string: 3
    case .array: 4
    case .object: 5
    case .set: 6
    case .any, .anyOf: 7
    case .function: 8
    }
  }

  private static func order(_ left: TypeDescription, _ right: TypeDescription) -> Bool {
    let (leftRank, rightRank) = (rank(left), rank(right))
    return leftRank != rightRank ? leftRank < rightRank : TypeText.text(left) < TypeText.text(right)
  }

  /// Types of the keys that references may use; nil for scalars, which have none.
  static func keys(_ type: TypeDescription) -> TypeDescription? {
    switch type {
    case .any: return .any
    case .array: return .number
    case .set(let element): return element
    case .object(let fixed, let dynamic):
      let types = fixed.map { StaticTypes.of($0.key) } + (dynamic.map { [$0.key] } ?? [])
      return union(types) ?? never
    case .anyOf(let types): return union(types.compactMap { keys($0) })
    case .null, .boolean, .number, .string, .function: return nil
    }
  }

  /// Types of the members.
  static func values(_ type: TypeDescription) -> TypeDescription? {
    switch type {
    case .any: return .any
    case .array(let fixed, let rest): return union(fixed + (rest.map { [$0] } ?? []))
    case .set(let element): return element
    case .object(let fixed, let dynamic): return union(fixed.map(\.value) + (dynamic.map { [$0.value] } ?? []))
    case .anyOf(let types): return union(types.compactMap { values($0) })
    case .null, .boolean, .number, .string, .function: return nil
    }
  }

  /// Type of the member at a key, nil when there cannot be one.
  static func select(_ type: TypeDescription, _ key: Value) -> TypeDescription? {
    switch type {
    case .any: return .any
    case .array(let fixed, let rest):
      guard case .integer(let index) = key, index >= 0 else { return nil }
      return index < fixed.count ? fixed[Int(index)] : rest
    // The member is the key.
    case .set(let element):
      let own = StaticTypes.of(key)
      return contains(element, own) ? own : nil
    case .object(let fixed, let dynamic):
      for member in fixed where member.key == key { return member.value }
      guard let dynamic, contains(dynamic.key, StaticTypes.of(key)) else { return nil }
      return dynamic.value
    case .anyOf(let types): return union(types.compactMap { select($0, key) })
    case .null, .boolean, .number, .string, .function: return nil
    }
  }

  /// Whether the one is the other or names it among its alternatives.
  private static func contains(_ type: TypeDescription, _ other: TypeDescription) -> Bool {
    switch type {
    case .any: true
    case .anyOf(let types): types.contains(other)
    default: type == other
    }
  }

  /// Like `select`, for members that stand there anyway, whatever the type says of their keys.
  private static func member(_ type: TypeDescription, _ key: Value) -> TypeDescription? {
    guard case .object(let fixed, let dynamic) = type else { return nil }
    for member in fixed where member.key == key { return member.value }
    return dynamic?.value
  }

  /// Whether a value has a type. Members that an object's type names may be absent when it has others as well.
  static func fits(_ value: Value, _ type: TypeDescription) -> Bool {
    switch (value, type) {
    case (_, .any): return true
    case (_, .anyOf(let types)): return types.contains { fits(value, $0) }
    case (.array(let array), .array(let fixed, let rest)):
      if array.count != fixed.count, rest == nil || array.count < fixed.count { return false }
      return array.elements.enumerated().allSatisfy { index, element in
        (index < fixed.count ? fixed[index] : rest).map { fits(element, $0) } ?? false
      }
    case (.object(let object), .object(let fixed, let dynamic)):
      if object.count != fixed.count, dynamic == nil { return false }
      return zip(object.keys, object.values).allSatisfy { key, value in
        member(type, key).map { fits(value, $0) } ?? false
      }
    case (.set(let set), .set(let element)): return set.elements.allSatisfy { fits($0, element) }
    default: return fits(StaticTypes.of(value), type)
    }
  }

  /// Whether an object may have the member. Keys of a kind that no key of the object has are not compared.
  private static func fits(_ member: TypeDescription.ObjectMember, in object: TypeDescription) -> Bool {
    let key = StaticTypes.of(member.key)
    if let keys = keys(object), !contains(keys, key), select(object, member.key) == nil { return true }
    return self.member(object, member.key).map { fits(member.value, $0) } ?? false
  }

  /// Whether a value of both types may exist.
  static func fits(_ left: TypeDescription, _ right: TypeDescription) -> Bool {
    if isNever(left) || isNever(right) { return false }
    switch (left, right) {
    case (.function(let left, _), .function(let right, _)):
      return left.count == right.count && zip(left, right).allSatisfy { fits($0, $1) }
    case (.function, _), (_, .function): return false
    case (.any, _), (_, .any): return true
    case (.anyOf(let types), let other), (let other, .anyOf(let types)): return types.contains { fits($0, other) }
    case (.null, .null), (.boolean, .boolean), (.number, .number), (.string, .string): return true
    case (.set(let left), .set(let right)): return fits(left, right)
    case (.array(let leftFixed, let leftRest), .array(let rightFixed, let rightRest)):
      for index in 0..<max(leftFixed.count, rightFixed.count) {
        guard let left = index < leftFixed.count ? leftFixed[index] : leftRest,
          let right = index < rightFixed.count ? rightFixed[index] : rightRest, fits(left, right)
        else { return false }
      }
      guard let leftRest, let rightRest else { return true }
      return fits(leftRest, rightRest)
    case (.object(let leftFixed, let leftDynamic), .object(let rightFixed, let rightDynamic)):
      guard leftFixed.allSatisfy({ fits($0, in: right) }), rightFixed.allSatisfy({ fits($0, in: left) }) else {
        return false
      }
      guard let leftDynamic, let rightDynamic, !isNever(leftDynamic.value), !isNever(rightDynamic.value) else {
        return true
      }
      return fits(leftDynamic.value, rightDynamic.value)
    default: return false
    }
  }
}
