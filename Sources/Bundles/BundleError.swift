public import Rego

/// What is wrong with a bundle; all of it at once, where that can be told.
public enum BundleError: Error, Sendable {
  /// The file or folder, and why it cannot be read.
  case unreadable(path: String, reason: String)
  /// A file of data that is no JSON or YAML, or no object.
  case data(path: String, reason: String)
  /// Two files give one document different values.
  case conflict(path: String, document: String)
  /// A file that is no archive, or one that a bundle may not come in.
  case archive(path: String, fault: ArchiveFault)
  case manifest(path: String, reason: String)
  /// A module or a document where the manifest's roots do not allow it.
  case outsideRoots(path: String, what: String)
  /// Two bundles own one place.
  case overlap(path: String, other: String, root: String)
  /// The bundle is not signed as it must be.
  case signature(path: String, reason: String)
  /// A key that bundles would be verified with.
  case key(id: String, reason: String)
  case tooLarge(bytesMax: Int)
  case tooManyFiles(countMax: Int)
  /// Modules that do not parse or compile.
  case modules(RegoErrors, sources: [Source])
  /// Builtins that a policy may not call, with the places of the calls.
  case unsupported([String])
  /// None of the rules that would be evaluated is there.
  case noEntry(BundleEntry, found: [String])
}

extension BundleError: CustomStringConvertible {
  /// One line for each mistake, modules with an excerpt.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): \(reason)"
    case .data(let path, let reason): "\(path): \(reason)"
    case .conflict(let path, let document): "\(path): `\(document)` is given another value elsewhere"
    case .archive(let path, let fault): "\(path): \(fault)"
    case .manifest(let path, let reason): "\(path): \(reason)"
    case .outsideRoots(let path, let what): "\(path): the manifest's roots do not allow \(what)"
    case .overlap(let path, let other, let root): "\(path): its root `\(root)` belongs to \(other) too"
    case .signature(let path, let reason): "\(path): signature refused: \(reason)"
    case .key(let id, let reason): "bundle key `\(id)`: \(reason)"
    case .tooLarge(let bytesMax): "more than \(bytesMax) bytes in all"
    case .tooManyFiles(let countMax): "more than \(countMax) files"
    case .modules(let errors, let sources): errors.render(sources: sources)
    case .unsupported(let calls): calls.joined(separator: "\n")
    case .noEntry(let entry, let found):
      "no rule \(entry.rules.map { "`\($0)`" }.joined(separator: " or ")) in package `\(entry.name)`; "
        + (found.isEmpty
          ? "the bundle has no packages"
          : "the bundle has \(found.prefix(20).map { "`\($0)`" }.joined(separator: ", "))"
            + (found.count > 20 ? " and \(found.count - 20) more" : ""))
    }
  }
}
