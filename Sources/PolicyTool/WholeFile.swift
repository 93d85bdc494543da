import Glibc

/// Files read and replaced as a whole. Blocks.
public enum WholeFile {
  /// Of one file; a policy or a document is far smaller.
  private static let bytesMax = 1 << 30

  public static func read(_ path: String) throws(ToolError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, reason: reason) }
    defer { close(descriptor) }
    return try read(descriptor, path)
  }

  public static func standardInput() throws(ToolError) -> [UInt8] { try read(STDIN_FILENO, "standard input") }

  private static func read(_ descriptor: Int32, _ path: String) throws(ToolError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw .unreadable(path: path, reason: reason)
      }
      if count == 0 { return bytes }
      guard bytes.count + count <= bytesMax else {
        throw .unreadable(path: path, reason: "more than \(bytesMax) bytes")
      }
      bytes.append(contentsOf: buffer[..<count])
    }
  }

  /// Puts new content in a file's place at once: nobody sees half of it, and a crash leaves the old one.
  public static func replace(_ path: String, with bytes: [UInt8]) throws(ToolError) {
    // Through a link, so that the link stays.
    guard let resolved = realpath(path, nil) else { throw .unwritable(path: path, reason: reason) }
    defer { free(resolved) }
    let target = String(cString: resolved)
    var status = stat()
    guard stat(target, &status) == 0 else { throw .unwritable(path: path, reason: reason) }
    let temporary = target + ".\(getpid()).new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: reason) }
    var failure = write(bytes, descriptor)
    if failure == nil, fchmod(descriptor, status.st_mode & 0o7777) != 0 { failure = reason }
    if failure == nil, fsync(descriptor) != 0 { failure = reason }
    close(descriptor)
    if failure == nil, rename(temporary, target) != 0 { failure = reason }
    if let failure {
      unlink(temporary)
      throw .unwritable(path: path, reason: failure)
    }
  }

  /// Writes a file anew, whatever stood there.
  public static func create(_ path: String, with bytes: [UInt8]) throws(ToolError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: reason) }
    defer { close(descriptor) }
    if let failure = write(bytes, descriptor) { throw .unwritable(path: path, reason: failure) }
  }

  private static func write(_ bytes: [UInt8], _ descriptor: Int32) -> String? {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        return reason
      }
      written += count
    }
    return nil
  }

  static func isFolder(_ path: String) throws(ToolError) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .unreadable(path: path, reason: reason) }
    return status.st_mode & S_IFMT == S_IFDIR
  }

  /// What the last call of the system complained about.
  private static var reason: String { String(cString: strerror(errno)) }
}
