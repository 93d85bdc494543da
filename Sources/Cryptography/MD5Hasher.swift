/// Streaming MD5 (16 bytes), for ETags and Content-MD5 only; it works beside the FIPS provider. Reusable after
/// `finish()`. Not for concurrent use.
public final class MD5Hasher {
  private let context = MessageDigestContext(MessageDigest.md5Start)

  public init() {}

  public func reset() { context.reset() }

  public func update(_ bytes: UnsafeRawBufferPointer) { context.update(bytes) }

  public func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
      guard let start = buffer.baseAddress else { return }
      context.finish(into: start)
      count = 16
    }
  }

  public static func hash(_ bytes: [UInt8]) -> [UInt8] {
    let hasher = MD5Hasher()
    bytes.withUnsafeBytes { hasher.update($0) }
    return hasher.finish()
  }
}

@available(*, unavailable)
extension MD5Hasher: Sendable {}
