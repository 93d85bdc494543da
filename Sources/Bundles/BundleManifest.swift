public import Rego

/// `.manifest`: what a bundle says of itself. Source: OPA, "Bundle File Format".
public struct BundleManifest: Sendable {
  public var revision = ""
  /// Where in `data` the bundle's packages and documents stand, all of it by default.
  public var roots = BundleRoots()
  /// Of Rego, for modules that the next does not name; nil where the manifest does not say.
  public var version: Module.Version?
  /// By patterns of names, which begin with a slash: `*` is anything, `?` one character.
  public var versions: [(pattern: String, version: Module.Version)] = []
  /// An object, empty where there is none.
  public var metadata = Value.object(.empty)

  public init() {}

  static let name = ".manifest"

  /// - Parameter path: for errors.
  init(parsing bytes: [UInt8], path: String) throws(BundleError) {
    guard case .object(let object) = try BundleFiles.json(bytes, path) else {
      throw .manifest(path: path, reason: "no object")
    }
    switch object["revision"] {
    case .undefined, .null: break
    case .string(let text): revision = text.string
    default: throw .manifest(path: path, reason: "`revision` is no string")
    }
    switch object["roots"] {
    case .undefined, .null: break
    case .array(let array): roots = try BundleRoots(array, path: path)
    default: throw .manifest(path: path, reason: "`roots` is no array")
    }
    version = try Self.version(object["rego_version"], "rego_version", path)
    try readVersions(object["file_rego_versions"], path)
    switch object["metadata"] {
    case .undefined, .null: break
    case .object(let object): metadata = .object(object)
    default: throw .manifest(path: path, reason: "`metadata` is no object")
    }
    // The names that the resolvers stand for would be undefined without a word.
    switch object["wasm"] {
    case .undefined, .null: break
    case .array(let resolvers) where resolvers.isEmpty: break
    default: throw .manifest(path: path, reason: "WebAssembly modules are not supported")
    }
  }

  private mutating func readVersions(_ value: Value, _ path: String) throws(BundleError) {
    switch value {
    case .undefined, .null: return
    case .object(let object):
      for (key, value) in zip(object.keys, object.values) {
        guard case .string(let pattern) = key, let version = try Self.version(value, "file_rego_versions", path) else {
          throw .manifest(path: path, reason: "`file_rego_versions` is malformed")
        }
        guard !pattern.bytes.contains(where: { "[]{}\\".utf8.contains($0) }) else {
          throw .manifest(path: path, reason: "`file_rego_versions` may use `*` and `?` only")
        }
        versions.append((pattern.string, version))
      }
    default: throw .manifest(path: path, reason: "`file_rego_versions` is no object")
    }
  }

  private static func version(_ value: Value, _ key: String, _ path: String) throws(BundleError) -> Module.Version? {
    switch value {
    case .undefined, .null: return nil
    case .integer(0): return .v0
    case .integer(1): return .v1
    default: throw .manifest(path: path, reason: "`\(key)` is neither 0 nor 1")
    }
  }

  /// Of one module, by its name below the bundle; nil where the manifest does not say.
  public func version(of name: String) -> Module.Version? {
    let name = Array("/\(name)".utf8)
    for (pattern, version) in versions where Self.matches(name[...], Array(pattern.utf8)[...]) { return version }
    return version
  }

  private static func matches(_ name: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    var (name, pattern) = (name, pattern)
    // Where to try again: after the last `*`, and one byte further in the name.
    var retry: (name: ArraySlice<UInt8>, pattern: ArraySlice<UInt8>)?
    while true {
      if pattern.first == UInt8(ascii: "*") {
        pattern = pattern.dropFirst()
        retry = (name, pattern)
      } else if let first = name.first, pattern.first == first || pattern.first == UInt8(ascii: "?") {
        name = name.dropFirst()
        pattern = pattern.dropFirst()
      } else if name.isEmpty && pattern.isEmpty {
        return true
      } else if let last = retry, !last.name.isEmpty {
        name = last.name.dropFirst()
        pattern = last.pattern
        retry = (name, pattern)
      } else {
        return false
      }
    }
  }
}
