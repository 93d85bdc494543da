import Glibc

/// A bundle that settings or a command name: a folder or an archive. Blocks; not for event loops.
public struct BundleSource: Sendable {
  public let path: String
  private let verification: BundleVerification
  private let limits: BundleLimits

  public init(_ path: String, verification: BundleVerification = .ignored, limits: BundleLimits = BundleLimits()) {
    self.path = path
    self.verification = verification
    self.limits = limits
  }

  private var isFolder: Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  public func load() throws(BundleError) -> BundleContent {
    if isFolder { return try BundleFolder(path, verification: verification, limits: limits).load() }
    return try BundleArchive(path, verification: verification, limits: limits).load()
  }

  /// Paths of the files that it is read from, in order.
  public func files() throws(BundleError) -> [String] {
    guard isFolder else { return [path] }
    return try BundleFolder(path, limits: limits).files().map { path + "/" + $0 }
  }

  /// Reads several as one. Their roots must be apart; modules are named with their bundles in front.
  public static func load(_ sources: [BundleSource]) throws(BundleError) -> BundleContent {
    if sources.count == 1 { return try sources[0].load() }
    var whole = BundleContent()
    var seen: [(path: String, roots: BundleRoots)] = []
    var revisions: [String] = []
    for source in sources {
      let content = try source.load()
      for (path, roots) in seen {
        if let root = roots.overlap(content.manifest.roots) {
          throw .overlap(path: source.path, other: path, root: root)
        }
      }
      seen.append((source.path, content.manifest.roots))
      if !content.revision.isEmpty { revisions.append(content.revision) }
      try whole.add(content, named: source.path)
    }
    whole.manifest.revision = revisions.joined(separator: ",")
    return whole
  }
}
