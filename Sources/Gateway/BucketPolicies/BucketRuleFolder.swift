import Glibc

/// One rule of each bucket on disk, such as `DIR/bucket-policies/<bucket>.json`, written whole or not at all.
///
/// Blocking; called off the event loops only.
struct BucketRuleFolder: Sendable {
  enum Failure: Error, Sendable {
    /// `errno` of the system call named.
    case system(call: StaticString, path: String, code: Int32)
    case notAFile(path: String)
    case tooLarge(path: String)
  }

  let path: String
  /// Of the files, behind the bucket's name.
  let suffix: String
  /// AWS: 20 KiB; files are not larger than what a setting could have allowed.
  private static let fileBytesMax = 1 << 20

  /// Every document in the folder, by bucket. Creates the folder when it is missing.
  func load() throws(Failure) -> [String: [UInt8]] {
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw .system(call: "mkdir", path: path, code: errno) }
    guard let folder = opendir(path) else { throw .system(call: "opendir", path: path, code: errno) }
    defer { closedir(folder) }
    var documents: [String: [UInt8]] = [:]
    while true {
      errno = 0
      guard let entry = readdir(folder) else {
        // A list that broke off would look as if the other buckets had no rule.
        guard errno == 0 else { throw .system(call: "readdir", path: path, code: errno) }
        break
      }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasSuffix(suffix), !name.hasPrefix(".") else { continue }
      documents[String(name.dropLast(suffix.count))] = try read(path + "/" + name)
    }
    return documents
  }

  /// - Parameter document: nil to have none.
  func set(_ document: [UInt8]?, bucket: String) throws(Failure) {
    if let document { try write(document, bucket: bucket) } else { try remove(bucket: bucket) }
  }

  func write(_ document: [UInt8], bucket: String) throws(Failure) {
    let final = file(bucket)
    let temporary = "\(path)/.\(bucket).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .system(call: "open", path: temporary, code: errno) }
    var isRenamed = false
    defer {
      close(descriptor)
      if !isRenamed { unlink(temporary) }
    }
    var written = 0
    while written < document.count {
      let count = document.withUnsafeBytes { bytes in
        Glibc.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .system(call: "write", path: temporary, code: errno) }
      written += count
    }
    guard fsync(descriptor) == 0 else { throw .system(call: "fsync", path: temporary, code: errno) }
    guard rename(temporary, final) == 0 else { throw .system(call: "rename", path: final, code: errno) }
    isRenamed = true
    try syncFolder()
  }

  /// Removing what is not there is no failure.
  func remove(bucket: String) throws(Failure) {
    guard unlink(file(bucket)) == 0 || errno == ENOENT else {
      throw .system(call: "unlink", path: file(bucket), code: errno)
    }
    try syncFolder()
  }

  /// Bucket names have no `/` and are never `.` or `..`: they are checked before they come here.
  private func file(_ bucket: String) -> String { "\(path)/\(bucket)\(suffix)" }

  private func syncFolder() throws(Failure) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(call: "open", path: path, code: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .system(call: "fsync", path: path, code: errno) }
  }

  private func read(_ file: String) throws(Failure) -> [UInt8] {
    // Without O_NONBLOCK a FIFO of this name would hold the start forever.
    let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system(call: "open", path: file, code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(call: "fstat", path: file, code: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: file) }
    guard status.st_size <= Self.fileBytesMax else { throw .tooLarge(path: file) }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes { target in
        Glibc.read(descriptor, target.baseAddress?.advanced(by: filled), target.count - filled)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .system(call: "read", path: file, code: errno) }
      filled += count
    }
    return bytes
  }
}
