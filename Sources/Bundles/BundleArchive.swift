/// Reads a `.tar.gz` as OPA builds it. Blocks; not for event loops.
public struct BundleArchive: Sendable {
  public let path: String
  private let verification: BundleVerification
  private let limits: BundleLimits

  public init(_ path: String, verification: BundleVerification = .ignored, limits: BundleLimits = BundleLimits()) {
    self.path = path
    self.verification = verification
    self.limits = limits
  }

  public func load() throws(BundleError) -> BundleContent {
    var bytesLeft = limits.bytesMax
    return try load(try BundleFolder.read(path, &bytesLeft, limits.bytesMax))
  }

  /// - Parameter compressed: the bytes of the archive.
  public func load(_ compressed: [UInt8]) throws(BundleError) -> BundleContent {
    let files: [BundleFiles.File]
    do throws(ArchiveFault) {
      let bytes = try GzipStream.inflate(compressed, bytesMax: limits.bytesMax)
      files = try TarArchive(bytes, limits: limits).files.map { file in
        BundleFiles.File(name: file.name, bytes: Array(bytes[file.content]))
      }
    } catch {
      throw .archive(path: path, fault: error)
    }
    return try BundleFiles(path: path, files: files, isComplete: true).content(verification)
  }
}
