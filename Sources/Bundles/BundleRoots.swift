public import Rego

/// Places below `data` that a bundle owns: paths of names. None of them is above another.
public struct BundleRoots: Sendable {
  /// The whole of `data` is one empty path.
  public private(set) var paths: [[Text]] = [[]]

  public init() {}

  /// - Parameter path: for errors.
  init(_ roots: ValueArray, path: String) throws(BundleError) {
    paths = []
    for element in roots.elements {
      guard case .string(let text) = element else { throw .manifest(path: path, reason: "`roots` holds no strings") }
      var bytes = text.bytes[...]
      while bytes.first == 0x2F { bytes.removeFirst() }
      while bytes.last == 0x2F { bytes.removeLast() }
      let names = bytes.split(separator: 0x2F, omittingEmptySubsequences: false).map { Text(bytes: Array($0)) }
      paths.append(bytes.isEmpty ? [] : names)
    }
    for (index, one) in paths.enumerated() {
      for other in paths[(index + 1)...] where Self.overlap(one, other) {
        throw .manifest(path: path, reason: "the roots `\(Self.name(one))` and `\(Self.name(other))` overlap")
      }
    }
  }

  mutating func add(_ other: BundleRoots) { paths += other.paths }

  var isEverything: Bool { paths.contains { $0.isEmpty } }

  public func contains(_ path: [Text]) -> Bool { paths.contains { path.starts(with: $0) } }

  /// The first root of this and of the other that have a place in common.
  func overlap(_ other: BundleRoots) -> String? {
    for one in paths {
      for another in other.paths where Self.overlap(one, another) {
        return Self.name(one.count > another.count ? one : another)
      }
    }
    return nil
  }

  /// The first document that stands outside the roots, nil where all are inside.
  func stray(_ value: Value, at path: [Text] = []) -> String? {
    if contains(path) { return nil }
    // What only leads to a root is nobody's.
    guard case .object(let object) = value, paths.contains(where: { $0.starts(with: path) }) else {
      return Self.name(path)
    }
    for (key, value) in zip(object.keys, object.values) {
      guard case .string(let name) = key else { return Self.name(path) }
      if let found = stray(value, at: path + [name]) { return found }
    }
    return nil
  }

  private static func overlap(_ one: [Text], _ other: [Text]) -> Bool {
    one.starts(with: other) || other.starts(with: one)
  }

  private static func name(_ path: [Text]) -> String { path.map(\.string).joined(separator: "/") }
}
