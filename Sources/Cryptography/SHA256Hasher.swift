/// Streaming SHA-256. Reusable: after `finish()` it is ready for the next message. Not for concurrent use.
public final class SHA256Hasher {
  private let context = MessageDigestContext(MessageDigest.sha256Start)

  public init() {}

  /// Forgets what was fed since the last `finish()`.
  public func reset() { context.reset() }

  /// Begins a message whose first bytes are in `state` already.
  func begin(behind state: DigestState) { context.begin(behind: state) }

  public func update(_ bytes: UnsafeRawBufferPointer) { context.update(bytes) }

  public func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { context.update($0) } }

  public func finish() -> SHA256Digest {
    var digest = SHA256Digest()
    digest.withUnsafeMutableBytes { context.finish(into: $0) }
    return digest
  }

  /// One message in one call, with this hasher's context.
  public func digest(of bytes: UnsafeRawBufferPointer) -> SHA256Digest {
    context.reset()
    context.update(bytes)
    return finish()
  }

  /// One message; allocates a context, so not for the hot path.
  public static func hash(_ bytes: UnsafeRawBufferPointer) -> SHA256Digest { SHA256Hasher().digest(of: bytes) }

  public static func hash(_ bytes: [UInt8]) -> SHA256Digest { bytes.withUnsafeBytes { hash($0) } }

  public static func hash(_ text: String) -> SHA256Digest { hash(Array(text.utf8)) }
}

@available(*, unavailable)
extension SHA256Hasher: Sendable {}
