import Glibc

/// A failed system call: which one, and `errno`.
struct FileError: Error {
  let call: StaticString
  let code: Int32

  init(_ call: StaticString, _ code: Int32 = errno) {
    self.call = call
    self.code = code
  }

  /// A file that is not what the store wrote.
  var isDamage: Bool { code == EBADMSG }

  /// No room on the disk, no inode, or the quota is used up.
  var isFull: Bool { code == ENOSPC || code == EDQUOT }

  /// Nothing is at that path.
  var isMissing: Bool { code == ENOENT || code == ENOTDIR }
}

extension FileError: CustomStringConvertible {
  var description: String { "\(call): \(String(cString: strerror(code)))" }
}
