/// An HMAC-SHA-256 key (RFC 2104). Offers the operation, never the bytes; prints as `<redacted>`.
///
/// Holds the key already xored with both pads, so that one MAC is two plain digests on the caller's hasher: OpenSSL
/// 3.0's own HMAC duplicates digest contexts per message, which costs more than the two blocks hashed again here.
public final class HMACSHA256Key: Sendable {
  /// 64 bytes of inner block, then 64 of outer block.
  private let blocks: KeyBytes

  /// - Parameter key: any length; above 64 bytes it is hashed first, as RFC 2104 says.
  public init(_ key: UnsafeRawBufferPointer) {
    blocks = Self.blocks(key)
  }

  public init(_ key: [UInt8]) {
    blocks = key.withUnsafeBytes { Self.blocks($0) }
  }

  /// A key that is itself the output of a MAC, as in key derivation chains.
  public init(_ digest: SHA256Digest) {
    blocks = digest.withUnsafeBytes { Self.blocks($0) }
  }

  private static func blocks(_ key: UnsafeRawBufferPointer) -> KeyBytes {
    KeyBytes(count: 128) { storage in
      if key.count > 64 {
        SHA256Hasher.hash(key).withUnsafeBytes { storage.copyMemory(from: $0) }
      } else if key.count > 0 {
        storage.copyMemory(from: key)
      }
      for index in 0..<64 {
        let byte = storage[index]
        storage[index] = byte ^ 0x36
        storage[64 + index] = byte ^ 0x5C
      }
    }
  }

  /// The MAC of one message.
  /// - Parameter hasher: the caller's, reused; left ready for the next message.
  public func authenticate(_ message: UnsafeRawBufferPointer, using hasher: SHA256Hasher) -> SHA256Digest {
    hasher.reset()
    hasher.update(UnsafeRawBufferPointer(rebasing: blocks.bytes[0..<64]))
    hasher.update(message)
    let inner = hasher.finish()
    hasher.update(UnsafeRawBufferPointer(rebasing: blocks.bytes[64..<128]))
    inner.withUnsafeBytes { hasher.update($0) }
    return hasher.finish()
  }

  /// The MAC of one message; allocates a context, so not for the hot path.
  public func authenticate(_ message: [UInt8]) -> SHA256Digest {
    message.withUnsafeBytes { authenticate($0, using: SHA256Hasher()) }
  }
}

extension HMACSHA256Key: CustomStringConvertible, CustomReflectable {
  public var description: String { "<redacted>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
