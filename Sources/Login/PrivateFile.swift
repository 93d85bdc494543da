import Cryptography
import Glibc

/// Files that only their owner may read. Everything here blocks: for the command line alone.
enum PrivateFile {
  static let bytesMax = 1 << 20

  /// - Returns: nil when there is none.
  /// - Throws: `exposedFile` when others could read or change a secret one.
  static func read(_ path: String, isSecret: Bool) throws(LoginError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw .file(path: path, errno: errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .file(path: path, errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .file(path: path, errno: EINVAL) }
    if isSecret, status.st_mode & 0o077 != 0 || status.st_uid != geteuid() { throw .exposedFile(path: path) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .file(path: path, errno: errno) }
      if count == 0 { return bytes }
      bytes.append(contentsOf: buffer[..<count])
      guard bytes.count <= bytesMax else { throw .file(path: path, errno: EFBIG) }
    }
  }

  /// The paths of what is in a folder; none where there is no folder.
  static func list(_ folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var paths: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { paths.append("\(folder)/\(name)") }
    }
    return paths
  }

  /// Replaces a file in one step; whoever reads it sees the old or the new one, whole.
  /// - Parameter mode: of the file.
  static func replace(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws(LoginError) {
    let suffix: String
    do throws(CryptographyError) {
      suffix = Base64.encode(try SecureRandom.bytes(9), .urlSafe)
    } catch {
      throw .file(path: path, errno: EIO)
    }
    let temporary = "\(path).\(suffix)"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else { throw .file(path: path, errno: errno) }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let number = errno
        close(descriptor)
        unlink(temporary)
        throw .file(path: path, errno: number)
      }
      written += count
    }
    guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0, close(descriptor) == 0,
      rename(temporary, path) == 0
    else {
      let number = errno
      unlink(temporary)
      throw .file(path: path, errno: number)
    }
  }

  static func remove(_ path: String) throws(LoginError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw .file(path: path, errno: errno) }
  }

  /// Makes a folder and those above it, each for the owner alone where it is new.
  static func makeFolder(_ path: String) throws(LoginError) {
    var end = path.startIndex
    while end < path.endIndex {
      end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
      guard mkdir(String(path[..<end]), 0o700) == 0 || errno == EEXIST else { throw .file(path: path, errno: errno) }
    }
  }
}
