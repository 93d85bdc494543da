/// An HMAC-SHA-256 key (RFC 2104). Offers the operation, never the bytes; prints as `<redacted>`.
///
/// Holds the states of both digests behind the key's blocks, so that one MAC is two plain digests on the caller's hasher
/// that need not take them in again: OpenSSL 3.0's own HMAC duplicates more contexts per message than this.
public final class HMACSHA256Key: Sendable {
  private let inner: DigestState
  private let outer: DigestState

  /// - Parameter key: any length; above 64 bytes it is hashed first, as RFC 2104 says.
  public init(_ key: UnsafeRawBufferPointer) {
    (inner, outer) = Self.states(key)
  }

  public init(_ key: [UInt8]) {
    (inner, outer) = key.withUnsafeBytes { Self.states($0) }
  }

  /// A key that is itself the output of a MAC, as in key derivation chains.
  public init(_ digest: SHA256Digest) {
    (inner, outer) = digest.withUnsafeBytes { Self.states($0) }
  }

  private static func states(_ key: UnsafeRawBufferPointer) -> (inner: DigestState, outer: DigestState) {
    // 64 bytes of inner block, then 64 of outer block.
    let blocks = KeyBytes(count: 128) { storage in
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
    return (
      DigestState(MessageDigest.sha256, behind: UnsafeRawBufferPointer(rebasing: blocks.bytes[0..<64])),
      DigestState(MessageDigest.sha256, behind: UnsafeRawBufferPointer(rebasing: blocks.bytes[64..<128]))
    )
  }

  /// The MAC of one message.
  /// - Parameter hasher: the caller's, reused; left ready for the next message.
  public func authenticate(_ message: UnsafeRawBufferPointer, using hasher: SHA256Hasher) -> SHA256Digest {
    hasher.begin(behind: inner)
    hasher.update(message)
    let digest = hasher.finish()
    hasher.begin(behind: outer)
    digest.withUnsafeBytes { hasher.update($0) }
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
