extension ResolvedTerm {
  var constant: Value? {
    if case .constant(let value) = node { value } else { nil }
  }

  /// Containers of constants become constants.
  static func array(_ elements: [ResolvedTerm], _ location: SourceLocation) -> ResolvedTerm {
    let values = elements.compactMap(\.constant)
    if values.count == elements.count { return ResolvedTerm(.constant(.array(ValueArray(values))), location) }
    return ResolvedTerm(.array(elements), location)
  }

  static func set(_ elements: [ResolvedTerm], _ location: SourceLocation) -> ResolvedTerm {
    let values = elements.compactMap(\.constant)
    if values.count == elements.count { return ResolvedTerm(.constant(.set(ValueSet(values))), location) }
    return ResolvedTerm(.set(elements), location)
  }

  static func object(_ members: [(key: ResolvedTerm, value: ResolvedTerm)], _ location: SourceLocation) -> ResolvedTerm
  {
    var constants: [(Value, Value)] = []
    for (key, value) in members {
      guard let key = key.constant, let value = value.constant else {
        return ResolvedTerm(.object(members), location)
      }
      constants.append((key, value))
    }
    return ResolvedTerm(.constant(.object(ValueObject(constants))), location)
  }
}
