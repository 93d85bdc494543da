public import Rego

/// What a bundle is asked for: rules of one package, of which one at least must be there. Without any, a mistyped
/// package or an empty folder would pass for a policy that never denies.
public struct BundleEntry: Sendable, Equatable {
  /// Names below `data`.
  public var package: [Text]
  public var rules: [Text]

  public init(package: [Text], rules: [Text]) {
    self.package = package
    self.rules = rules
  }

  var name: String { package.map(\.string).joined(separator: ".") }
}

extension CompiledBundle {
  /// Rules count, and base documents in their place; functions are none.
  public func require(_ entry: BundleEntry, data: Value) throws(BundleError) {
    for rule in entry.rules {
      let path = (entry.package + [rule]).map { Value.string($0) }
      let isThere = resolved.rules.contains { candidate in
        if case .function = candidate.kind { return false }
        return candidate.path.starts(with: path)
      }
      if isThere || Self.holds(data, path[...]) { return }
    }
    let packages = Set(resolved.modules.map { $0.package.map(\.string).joined(separator: ".") })
    throw .noEntry(entry, found: packages.sorted())
  }

  private static func holds(_ value: Value, _ path: ArraySlice<Value>) -> Bool {
    guard let first = path.first else { return !value.isUndefined }
    guard case .object(let object) = value else { return false }
    return holds(object[first], path.dropFirst())
  }
}
