/// An absolute path as bytes, ready for system calls.
///
/// Built from bytes, never from `String`: object keys are compared and stored byte by byte.
struct FilePath: Hashable, Sendable {
  /// The path and a closing NUL.
  private(set) var terminated: [UInt8]

  init(_ text: String) { terminated = Array(text.utf8) + [0] }

  private init(terminated: [UInt8]) { self.terminated = terminated }

  /// Bytes without the closing NUL.
  var count: Int { terminated.count - 1 }

  /// The path of `name` in this folder. `name` holds no slash and no NUL: callers pass their own literals or names
  /// made by ``KeyPath``.
  func appending(_ name: some Collection<UInt8>) -> FilePath {
    var bytes = terminated
    bytes.reserveCapacity(bytes.count + name.count + 1)
    bytes[bytes.count - 1] = 0x2F
    bytes.append(contentsOf: name)
    bytes.append(0)
    return FilePath(terminated: bytes)
  }

  func appending(_ name: String) -> FilePath { appending(name.utf8) }

  /// The folder this path is in.
  var parent: FilePath {
    guard let slash = terminated.lastIndex(of: 0x2F) else { return self }
    return FilePath(terminated: Array(terminated[..<slash]) + [0])
  }

  func withCString<R>(_ body: (UnsafePointer<CChar>) -> R) -> R {
    terminated.withUnsafeBytes { bytes in
      bytes.withMemoryRebound(to: CChar.self) { text in
        guard let base = text.baseAddress else { preconditionFailure("a path holds at least its NUL") }
        return body(base)
      }
    }
  }
}

extension FilePath: CustomStringConvertible {
  var description: String { String(decoding: terminated.dropLast(), as: UTF8.self) }
}
