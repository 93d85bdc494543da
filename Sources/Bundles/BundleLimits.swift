/// What a bundle may cost to read.
public struct BundleLimits: Sendable {
  /// Of all files together; of an archive, also of its inflated stream.
  public var bytesMax = 256 << 20
  /// In an archive, folders count too.
  public var filesMax = 100_000
  /// Folders inside one another.
  public var depthMax = 32

  public init() {}
}
