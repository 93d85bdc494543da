import COpenSSL

/// Secret bytes with one owner: outside Swift's copying collections, wiped when released, never printed.
///
/// Unchecked Sendable: the bytes are written before `init` returns and only read afterwards.
final class KeyBytes: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer
  private let storage: UnsafeMutableRawBufferPointer

  init(copying source: UnsafeRawBufferPointer) {
    storage = .allocate(byteCount: source.count, alignment: 16)
    storage.copyMemory(from: source)
    bytes = UnsafeRawBufferPointer(storage)
  }

  init(count: Int, filledBy fill: (UnsafeMutableRawBufferPointer) -> Void) {
    storage = .allocate(byteCount: count, alignment: 16)
    storage.initializeMemory(as: UInt8.self, repeating: 0)
    fill(storage)
    bytes = UnsafeRawBufferPointer(storage)
  }

  /// Overwrites in a way that the compiler does not leave out.
  static func wipe(_ bytes: UnsafeMutableRawBufferPointer) { OPENSSL_cleanse(bytes.baseAddress, bytes.count) }

  deinit {
    Self.wipe(storage)
    storage.deallocate()
  }
}

extension KeyBytes: CustomStringConvertible, CustomReflectable {
  var description: String { "<redacted>" }
  var customMirror: Mirror { Mirror(self, children: []) }
}
