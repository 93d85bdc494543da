/// The digests of FIPS 180-4, and MD5 (RFC 1321).
///
/// MD5 and SHA-1 are no protection against forgery: they are here for formats that prescribe them.
public enum DigestAlgorithm: String, CaseIterable, Sendable {
  case md5, sha1, sha224, sha256, sha384, sha512

  /// Length of the digest in bytes.
  public var byteCount: Int {
    switch self {
    case .md5: 16
    case .sha1: 20
    case .sha224: 28
    case .sha256: 32
    case .sha384: 48
    case .sha512: 64
    }
  }

  /// Length of the blocks that the function works on, which HMAC pads its key to.
  var blockByteCount: Int {
    switch self {
    case .md5, .sha1, .sha224, .sha256: 64
    case .sha384, .sha512: 128
    }
  }

  var function: OpaquePointer {
    switch self {
    case .md5: MessageDigest.md5
    case .sha1: MessageDigest.sha1
    case .sha224: MessageDigest.sha224
    case .sha256: MessageDigest.sha256
    case .sha384: MessageDigest.sha384
    case .sha512: MessageDigest.sha512
    }
  }

  /// The digest of one message.
  public func digest(of bytes: UnsafeRawBufferPointer) -> [UInt8] { digest(ofParts: bytes, nil) }

  public func digest(of bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { digest(of: $0) } }

  func digest(ofParts first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer?) -> [UInt8] {
    let context = MessageDigestContext(DigestState(function))
    context.update(first)
    if let second { context.update(second) }
    return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      guard let start = buffer.baseAddress else { return }
      context.finish(into: start)
      count = byteCount
    }
  }
}
