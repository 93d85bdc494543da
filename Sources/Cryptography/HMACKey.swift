/// An HMAC key (RFC 2104) for any digest. Offers the operation, never the bytes; prints as `<redacted>`.
///
/// Request signatures use ``HMACSHA256Key``, which keeps its padded blocks.
public final class HMACKey: Sendable {
  private let key: KeyBytes

  /// - Parameter key: any length; above the digest's block size it is hashed first, as RFC 2104 says.
  public init(_ key: UnsafeRawBufferPointer) { self.key = KeyBytes(copying: key) }

  public init(_ key: [UInt8]) { self.key = key.withUnsafeBytes { KeyBytes(copying: $0) } }

  /// Length of the key in bytes.
  public var count: Int { key.bytes.count }

  /// The MAC of one message, ``DigestAlgorithm/byteCount`` bytes.
  public func authenticate(_ message: UnsafeRawBufferPointer, _ algorithm: DigestAlgorithm) -> [UInt8] {
    let inner = padded(algorithm, with: 0x36)
    let digest = algorithm.digest(ofParts: inner.bytes, message)
    let outer = padded(algorithm, with: 0x5C)
    return digest.withUnsafeBytes { algorithm.digest(ofParts: outer.bytes, $0) }
  }

  public func authenticate(_ message: [UInt8], _ algorithm: DigestAlgorithm) -> [UInt8] {
    message.withUnsafeBytes { authenticate($0, algorithm) }
  }

  /// Whether `mac` is the message's, in time that does not depend on where it differs. Truncated MACs are not valid.
  public func isValid(_ mac: [UInt8], for message: UnsafeRawBufferPointer, _ algorithm: DigestAlgorithm) -> Bool {
    constantTimeEquals(mac, authenticate(message, algorithm))
  }

  /// SHA-256 over the key between two texts: what RFC 7638 makes of a symmetric key, with no copy of the key given out.
  public func thumbprint(before: [UInt8], after: [UInt8]) -> [UInt8] {
    var text = before
    Base64.append(key.bytes, .urlSafe, to: &text)
    text.append(contentsOf: after)
    defer { text.withUnsafeMutableBytes { KeyBytes.wipe($0) } }
    return DigestAlgorithm.sha256.digest(of: text)
  }

  private func padded(_ algorithm: DigestAlgorithm, with pad: UInt8) -> KeyBytes {
    KeyBytes(count: algorithm.blockByteCount) { storage in
      if key.bytes.count > algorithm.blockByteCount {
        storage.copyBytes(from: algorithm.digest(of: key.bytes))
      } else if key.bytes.count > 0 {
        storage.copyMemory(from: key.bytes)
      }
      for index in storage.indices { storage[index] ^= pad }
    }
  }
}

extension HMACKey: CustomStringConvertible, CustomReflectable {
  public var description: String { "<redacted>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
