/// Streaming SHA-1 (20 bytes), for S3's `x-amz-checksum-sha1` only. Reusable after `finish()`. Not for concurrent use.
public final class SHA1Hasher {
  private let context = MessageDigestContext(MessageDigest.sha1Start)

  public init() {}

  public func reset() { context.reset() }

  public func update(_ bytes: UnsafeRawBufferPointer) { context.update(bytes) }

  public func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 20) { buffer, count in
      guard let start = buffer.baseAddress else { return }
      context.finish(into: start)
      count = 20
    }
  }

  public static func hash(_ bytes: [UInt8]) -> [UInt8] {
    let hasher = SHA1Hasher()
    bytes.withUnsafeBytes { hasher.update($0) }
    return hasher.finish()
  }
}

@available(*, unavailable)
extension SHA1Hasher: Sendable {}
