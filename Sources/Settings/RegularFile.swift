import Glibc

/// Reading and creating the few files that settings name. Not for the hot path: everything here blocks.
package enum RegularFile {
  /// What a reader expects of a file's permissions.
  package enum Protection: Sendable {
    case any
    /// Only the owner, who is this user or root, may read or change it. On a read-only tmpfs any mode will do: that is
    /// how Kubernetes and Docker mount secrets (0644 or 0444), and nobody outside the container sees them.
    case secret
  }

  /// The whole content of a regular file (symbolic links are followed, as Kubernetes mounts need).
  package static func read(
    _ path: String, bytesMax: Int, protection: Protection = .any
  ) throws(FileFault) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw errno == ENOENT || errno == ENOTDIR ? .missing : .system(errno: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
    if protection == .secret { try checkSecret(status, descriptor) }
    guard status.st_size <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
    return try readAll(descriptor, bytesMax: bytesMax)
  }

  private static func readAll(_ path: String, bytesMax: Int) throws(FileFault) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(errno: errno) }
    defer { close(descriptor) }
    return try readAll(descriptor, bytesMax: bytesMax)
  }

  private static func readAll(_ descriptor: Int32, bytesMax: Int) throws(FileFault) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw .system(errno: errno)
      }
      if count == 0 { return bytes }
      bytes.append(contentsOf: buffer[..<count])
      // It may have grown since it was measured.
      guard bytes.count <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
    }
  }

  /// Whether a file that another library reads is kept as a secret; nothing is said of one that cannot be opened.
  package static func checkSecret(_ path: String) throws(FileFault) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(errno: errno) }
    try checkSecret(status, descriptor)
  }

  private static func checkSecret(_ status: stat, _ descriptor: Int32) throws(FileFault) {
    let mode = status.st_mode & 0o777
    let exposed = mode & 0o077 != 0
    let foreign = status.st_uid != geteuid() && status.st_uid != 0
    guard exposed || foreign else { return }
    if isMountedSecret(status, descriptor) { return }
    if exposed { throw .exposed(mode: mode) }
    throw .foreignOwner(userID: status.st_uid)
  }

  private static func isMountedSecret(_ status: stat, _ descriptor: Int32) -> Bool {
    var mount = statvfs()
    let readOnly = UInt(1)
    guard fstatvfs(descriptor, &mount) == 0, mount.f_flag & readOnly != 0 else { return false }
    // Lines of `mountinfo`: id, parent id, major:minor, root, mount point, options …, `-`, type, … (proc(5)).
    guard
      case .success(let lines) = Result(catching: { () throws(FileFault) in
        try readAll("/proc/self/mountinfo", bytesMax: 4 << 20)
      })
    else { return false }
    // As gnu_dev_major(3) and gnu_dev_minor(3).
    let number = UInt64(status.st_dev)
    let major = (number >> 8 & 0xFFF) | (number >> 32 & ~0xFFF)
    let minor = (number & 0xFF) | (number >> 12 & 0xFFFF_FF00)
    let device = Array("\(major):\(minor)".utf8)
    return lines.split(separator: 0x0A).contains { line in
      let words = line.split(separator: 0x20)
      guard words.count > 3, words[2].elementsEqual(device) else { return false }
      let afterDash = words.drop { !$0.elementsEqual([0x2D]) }.dropFirst()
      return afterDash.first?.elementsEqual("tmpfs".utf8) == true
    }
  }

  /// Creates a file that must not exist yet, readable by its owner only, and makes it durable: after a crash it is
  /// there as a whole or not at all.
  package static func create(_ path: String, _ bytes: [UInt8]) throws(FileFault) {
    // link, unlike rename, refuses where a file of that name exists: two processes starting at once cannot overwrite
    // each other's keys.
    try put(path, bytes) { link($0, path) }
  }

  /// Replaces a file, or creates it, readable by its owner only, and makes it durable: whoever reads it sees the old one
  /// or the new one as a whole.
  package static func replace(_ path: String, _ bytes: [UInt8]) throws(FileFault) {
    try put(path, bytes) { rename($0, path) }
  }

  private static func put(
    _ path: String, _ bytes: [UInt8], _ move: (_ temporary: String) -> Int32
  ) throws(FileFault) {
    let temporary = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36)).new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw errno == EEXIST ? .exists : .system(errno: errno) }
    defer { unlink(temporary) }
    do throws(FileFault) {
      // The process's umask may have taken bits away, never added any; a mode of less than 0600 is no use.
      guard fchmod(descriptor, 0o600) == 0 else { throw .system(errno: errno) }
      try writeAll(descriptor, bytes)
      guard fsync(descriptor) == 0 else { throw .system(errno: errno) }
    } catch {
      close(descriptor)
      throw error
    }
    guard close(descriptor) == 0 else { throw .system(errno: errno) }
    guard move(temporary) == 0 else { throw errno == EEXIST ? .exists : .system(errno: errno) }
    let folder = path.utf8.lastIndex(of: 0x2F).map { String(path[...$0]) } ?? "."
    let folderDescriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folderDescriptor >= 0 else { throw .system(errno: errno) }
    defer { close(folderDescriptor) }
    guard fsync(folderDescriptor) == 0 else { throw .system(errno: errno) }
  }

  private static func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) throws(FileFault) {
    var offset = 0
    while offset < bytes.count {
      let written = bytes[offset...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        throw .system(errno: errno)
      }
      offset += written
    }
  }

  /// Whether a path exists, and is a folder.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }

  /// The names in a folder, sorted bytewise.
  package static func names(inFolder path: String) throws(FileFault) -> [String] {
    guard let folder = opendir(path) else { throw errno == ENOENT ? .missing : .system(errno: errno) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// What changes when a file is rewritten or replaced, also by a symbolic link that points elsewhere now.
  package struct Fingerprint: Hashable, Sendable {
    let device: UInt
    let inode: UInt
    let bytes: Int
    let modifiedSeconds: Int
    let modifiedNanoseconds: Int
  }

  /// Nil when there is no such file.
  package static func fingerprint(_ path: String) -> Fingerprint? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Fingerprint(
      device: UInt(status.st_dev), inode: UInt(status.st_ino), bytes: Int(status.st_size),
      modifiedSeconds: status.st_mtim.tv_sec, modifiedNanoseconds: status.st_mtim.tv_nsec)
  }
}

/// The system's text for an `errno` value.
func systemErrorText(_ code: Int32) -> String {
  guard let text = strerror(code) else { return "unknown" }
  return String(cString: text)
}
