import Glibc

/// Whole small files, read and written with system calls. All paths block: for start-up and reload only.
enum FileAccess {
  /// No certificate chain or key comes near this.
  static let fileBytesMax = 1 << 20

  static func read(_ path: String, bytesMax: Int = fileBytesMax) throws(TLSError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadableFile(path: path, errno: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16384)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .unreadableFile(path: path, errno: errno) }
      if count == 0 { return bytes }
      guard bytes.count + count <= bytesMax else { throw .fileTooLarge(path: path, bytesMax: bytesMax) }
      bytes += chunk[..<count]
    }
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Replaces the file at once or not at all. The new file has `mode` from its first moment, so that a key is never
  /// readable by others, and reaches the disk before it gets its name.
  static func replace(_ path: String, with bytes: [UInt8], mode: mode_t) throws(TLSError) {
    let temporary = path + ".new"
    // What a crash has left behind; were it someone else's link, O_EXCL would refuse it.
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else { throw .unwritableFile(path: path, errno: errno) }
    var failure: Int32 = 0
    var written = 0
    while written < bytes.count, failure == 0 {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written) }
      if count >= 0 { written += count } else if errno != EINTR { failure = errno }
    }
    // The umask may have taken bits from a certificate that others should read.
    if failure == 0, fchmod(descriptor, mode) != 0 || fsync(descriptor) != 0 { failure = errno }
    if close(descriptor) != 0, failure == 0 { failure = errno }
    if failure == 0, rename(temporary, path) != 0 { failure = errno }
    guard failure == 0 else {
      unlink(temporary)
      throw .unwritableFile(path: path, errno: failure)
    }
  }

  /// Makes the folder (0700) if it is not there; its parent must be.
  static func makeFolder(_ path: String) throws(TLSError) {
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw .unwritableFile(path: path, errno: errno) }
  }

  /// Makes earlier renames in the folder survive a crash.
  static func synchronizeFolder(_ path: String) throws(TLSError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unwritableFile(path: path, errno: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .unwritableFile(path: path, errno: errno) }
  }
}
