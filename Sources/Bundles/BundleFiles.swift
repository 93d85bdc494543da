import JSON
import Rego

/// The files of one bundle, wherever they were read from.
struct BundleFiles {
  struct File {
    /// Below the bundle's root.
    var name: String
    var bytes: [UInt8]

    var baseName: Substring { name.split(separator: "/").last ?? "" }
  }

  /// Of the bundle, for errors.
  let path: String
  let files: [File]
  /// Whether these are all its files, and not only those that count.
  let isComplete: Bool

  /// Verifies the signature, reads the manifest, keeps modules and merges data within the manifest's roots.
  func content(_ verification: BundleVerification) throws(BundleError) -> BundleContent {
    try verify(verification)
    var content = BundleContent()
    if let file = files.first(where: { $0.name == BundleManifest.name }) {
      content.manifest = try BundleManifest(parsing: file.bytes, path: "\(path)/\(file.name)")
    }
    let sorted = files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for file in sorted {
      if file.name.hasSuffix(".rego") {
        content.modules.append(Source(name: file.name, text: file.bytes))
        content.versions[file.name] = content.manifest.version(of: file.name)
      } else if BundleFolder.belongs(file.baseName) {
        let folder = file.name.split(separator: "/").dropLast().map { Text($0) }
        try content.merge(try BundleFolder.document(file.bytes, file.name), at: folder, from: file.name)
      } else if file.baseName == "patch.json" {
        // OPA's delta bundles change one that was there before.
        throw .data(path: "\(path)/\(file.name)", reason: "changes of another bundle are not supported")
      }
    }
    try checkRoots(content)
    return content
  }

  private func verify(_ verification: BundleVerification) throws(BundleError) {
    guard case .keys(let keys, let scope) = verification else { return }
    guard let file = files.first(where: { $0.name == BundleSignature.name }) else {
      if keys.isEmpty { return }
      throw .signature(path: path, reason: "it has none")
    }
    if keys.isEmpty { throw .signature(path: path, reason: "no key is configured") }
    try BundleSignature(parsing: file.bytes, path: path, keys: keys, scope: scope).verify(self)
  }

  private func checkRoots(_ content: BundleContent) throws(BundleError) {
    let roots = content.manifest.roots
    if roots.isEverything { return }
    if let document = roots.stray(content.data) { throw .outsideRoots(path: path, what: "data at `/\(document)`") }
    for source in content.modules {
      guard let package = Self.package(source) else { continue }
      guard roots.contains(package) else {
        throw .outsideRoots(
          path: path, what: "package `\(package.map(\.string).joined(separator: "."))` in `\(source.name)`")
      }
    }
  }

  /// The names after `data`. nil for a module that is none in either version, which will not compile.
  private static func package(_ source: Source) -> [Text]? {
    for version in [Module.Version.v1, .v0] {
      do throws(RegoErrors) {
        return try RegoParser.parseModule(source, version: version, readsAnnotations: false).package
      } catch {
        continue
      }
    }
    return nil
  }

  static func json(_ bytes: [UInt8], _ path: String) throws(BundleError) -> Value {
    let limits = JSONLimits(bytesMax: bytes.count, depthMax: 128)
    do throws(JSONError) {
      return try Value(json: bytes, options: JSONTape.Options(limits: limits))
    } catch {
      throw .data(path: path, reason: "\(error)")
    }
  }
}
