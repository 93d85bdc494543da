import Glibc
import Settings

/// The descriptor that audit lines are appended to. Used by the writing thread only.
struct AuditFile: ~Copyable {
  private let path: String?
  private var descriptor: Int32

  /// Standard output.
  init() {
    path = nil
    descriptor = STDOUT_FILENO
  }

  /// Opens or creates (0600) a file. A last line that a crash cut short is ended, so that it spoils no other.
  init(path: String) throws(AuditError) {
    self.path = path
    descriptor = try Self.open(path)
  }

  deinit {
    if path != nil { close(descriptor) }
  }

  private static func open(_ path: String) throws(AuditError) -> Int32 {
    let descriptor = Glibc.open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .file(path: path, .system(errno: errno)) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw .file(path: path, .system(errno: code))
    }
    if status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 {
      var last: UInt8 = 0
      if pread(descriptor, &last, 1, status.st_size - 1) == 1, last != 0x0A {
        var lineEnd: UInt8 = 0x0A
        // Should the disk be full, the first flush says so.
        _ = Glibc.write(descriptor, &lineEnd, 1)
      }
    }
    return descriptor
  }

  /// Opens the path anew, as after logrotate renamed the file. On failure the old file stays in use.
  mutating func reopen() throws(AuditError) {
    guard let path else { return }
    let fresh = try Self.open(path)
    close(descriptor)
    descriptor = fresh
  }

  enum Written {
    case bytes(Int)
    case failed(errno: Int32)
  }

  /// Writes some of the bytes, at least one.
  func write(_ bytes: ArraySlice<UInt8>) -> Written {
    while true {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { return .bytes(count) }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        // Standard output may be a pipe that somebody else made non-blocking.
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        if poll(&entry, 1, 1000) <= 0 { return .failed(errno: EAGAIN) }
      default: return .failed(errno: errno)
      }
    }
  }

  /// Waits until what was written is on the disk; the error number, if that failed.
  func sync() -> Int32? {
    guard path != nil, fdatasync(descriptor) != 0 else { return nil }
    return errno == EINVAL ? nil : errno
  }
}
