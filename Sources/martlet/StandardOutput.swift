import Glibc

enum StandardOutput {
  static func write(_ line: String) { write(bytes: Array((line + "\n").utf8)) }

  /// All of them, as they are.
  static func write(bytes: [UInt8]) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(STDOUT_FILENO, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      if count < 0, errno == EINTR { continue }
      // A closed standard output is nobody's to tell.
      if count <= 0 { return }
      written += count
    }
  }
}
