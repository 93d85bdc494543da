public import Rego

/// What a bundle holds, read but not compiled.
public struct BundleContent: Sendable {
  /// Modules in order of their names, `_test.rego` files included.
  public var modules: [Source]
  /// Base documents: an object.
  public var data: Value
  /// As it is by default where there is none.
  public var manifest = BundleManifest()
  /// Versions of Rego, by names of modules, where the manifest says them.
  public var versions: [String: Module.Version] = [:]

  public init(modules: [Source] = [], data: Value = .object(.empty)) {
    self.modules = modules
    self.data = data
  }

  /// Of the manifest; empty where there is none.
  public var revision: String { manifest.revision }

  /// Without the tests.
  public var withoutTests: BundleContent {
    var content = self
    content.modules.removeAll { $0.name.hasSuffix("_test.rego") }
    return content
  }
}

extension BundleContent {
  /// Adds a document of data at a path below `data`; objects are merged, anything else must be the only one.
  public mutating func merge(_ document: Value, at path: [Text], from file: String) throws(BundleError) {
    var nested = document
    for name in path.reversed() { nested = .object(ValueObject([(.string(name), nested)])) }
    guard case .object = nested else { throw .data(path: file, reason: "the document is no object") }
    data = try Self.merge(data, nested, [], file)
  }

  /// Adds what another bundle holds, whose roots are apart from these.
  mutating func add(_ other: BundleContent, named path: String) throws(BundleError) {
    for source in other.modules {
      let name = path + "/" + source.name
      modules.append(Source(name: name, text: source.text))
      versions[name] = other.versions[source.name]
    }
    data = try Self.merge(data, other.data, [], path)
    // The manifest as made has the whole of `data` as its root.
    if manifest.roots.isEverything {
      manifest.roots = other.manifest.roots
    } else {
      manifest.roots.add(other.manifest.roots)
    }
  }

  private static func merge(
    _ one: Value, _ other: Value, _ path: [Text], _ file: String
  ) throws(BundleError) -> Value {
    guard case .object(let left) = one, case .object(let right) = other else {
      if one == other { return one }
      throw .conflict(path: file, document: (["data"] + path).map(\.string).joined(separator: "."))
    }
    if left.isEmpty { return other }
    var builder = ValueObjectBuilder()
    for (key, value) in zip(left.keys, left.values) { builder[key] = value }
    for (key, value) in zip(right.keys, right.values) {
      let known = left[key]
      guard !known.isUndefined else {
        builder[key] = value
        continue
      }
      var path = path
      if case .string(let name) = key { path.append(name) }
      builder[key] = try merge(known, value, path, file)
    }
    return .object(ValueObject(builder))
  }
}
