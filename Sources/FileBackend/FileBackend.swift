public import Backend
public import NIOCore
import NIOPosix

/// The embedded object store: buckets and objects in a folder of this machine, crash-safe, byte-exact.
///
/// All file operations run on a thread pool of its own; event loops never wait for a disk.
public final class FileBackend: StorageBackend {
  public let name: String

  let store: ObjectStore
  let pool: NIOThreadPool

  /// Settings, validated.
  public struct Options: Sendable {
    /// The store's folder, an absolute path; made when it is missing (its parent is not).
    public var folder: String
    public var name = "file"
    public var accountID = "000000000000"
    public var region = "us-east-1"
    /// Whether a write waits until the disk has it. Off only for throw-away data.
    public var syncs = true
    /// Memory that listings may keep sorted folders in, beyond the largest one.
    public var listingCacheBytesMax = 128 << 20
    /// Threads that wait for the disk: how many file operations are under way at once.
    public var threadCount = 8

    public init(folder: String) { self.folder = folder }
  }

  /// Opens the store and cleans up what a crash left. Blocks: to be called at the start.
  public init(_ options: Options) throws(FileBackendError) {
    name = options.name
    store = try ObjectStore(options)
    pool = NIOThreadPool(numberOfThreads: max(1, options.threadCount))
    pool.start()
  }

  /// Keys keep every byte.
  public var isByteExact: Bool { true }

  public func makeClient(on eventLoop: any EventLoop) -> any BackendClient {
    FileBackendClient(store, pool, eventLoop)
  }

  public func isReady() -> Bool { true }

  /// Ends the threads after what they are doing; calls still waiting fail as unavailable.
  public func shutdown() async throws {
    try await pool.shutdownGracefully()
  }
}
