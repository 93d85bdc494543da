import Glibc

/// What changes when a file is written, replaced, or reached through another symbolic link (as Kubernetes swaps
/// `..data`): links are followed, so the target's identity counts.
struct FileFingerprint: Equatable {
  private var device: UInt = 0
  private var inode: UInt = 0
  private var size: Int = 0
  private var modified: [Int] = []

  /// Nil when there is no such file.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
    size = Int(status.st_size)
    modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
  }
}
