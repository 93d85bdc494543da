import Glibc

enum StandardError {
  static func write(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    // A closed standard error is nobody's to tell.
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

enum ProcessEnvironment {
  /// All variables, read once at start before there are threads.
  static var all: [String: String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let pair = String(cString: text)
      if let split = pair.firstIndex(of: "=") {
        variables[String(pair[..<split])] = String(pair[pair.index(after: split)...])
      }
      entry = entry.advanced(by: 1)
    }
    return variables
  }
}
