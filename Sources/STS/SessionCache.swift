public import Cryptography
public import S3Model

/// Opened sessions of one event loop, keyed by the SHA-256 of their tokens.
///
/// Entries are derivations of the token alone: its content and its signing secret. What can change while a token lives is not in
/// here and is looked at on every request: this type checks expiry and that the ring still has the sealing key; the
/// caller checks status of principals and revocation rules against its snapshot.
///
/// Bounded by two generations: when the younger is full it becomes the older, and the older is dropped. A session that
/// is used moves to the younger.
public final class SessionCache {
  private let generationCountMax: Int
  private let hasher = SHA256Hasher()
  private var young: [SHA256Digest: OpenedSession] = [:]
  private var old: [SHA256Digest: OpenedSession] = [:]

  /// - Parameter countMax: sessions held at most, at least 2.
  public init(countMax: Int = 4096) {
    generationCountMax = max(1, countMax / 2)
  }

  public var count: Int { young.count + old.count }

  /// Opens a token, from the cache where it was opened before.
  /// - Parameters:
  ///   - key: the ring key of an id in the request's snapshot, nil for none: asked for cached sessions too, so that
  ///     taking a key out of the ring ends its sessions at once.
  /// - Throws: `invalid` or `expired`, as ``SessionToken/open(_:accessKeyID:atMilliseconds:key:)``.
  public func open(
    _ wire: [UInt8], accessKeyID: ByteString, atMilliseconds now: Int64, key: (ByteString) -> AESGCMKey?
  ) throws(SessionTokenError) -> OpenedSession {
    // Before hashing: an endless token must not cost its length.
    guard wire.count <= OpenedSession.wireBytesMax else { throw .invalid }
    let digest = wire.withUnsafeBytes { hasher.digest(of: $0) }
    let session: OpenedSession
    if let known = cached(digest) {
      guard key(known.ringKeyID) != nil, known.token.accessKeyID == accessKeyID else { throw .invalid }
      session = known
    } else {
      session = try OpenedSession(authenticating: wire, accessKeyID: accessKeyID, key: key)
      insert(session, digest)
    }
    guard !session.token.isExpired(atMilliseconds: now) else { throw .expired }
    return session
  }

  private func cached(_ digest: SHA256Digest) -> OpenedSession? {
    if let session = young[digest] { return session }
    guard let session = old.removeValue(forKey: digest) else { return nil }
    insert(session, digest)
    return session
  }

  private func insert(_ session: OpenedSession, _ digest: SHA256Digest) {
    if young.count >= generationCountMax {
      old = young
      young = [:]
    }
    young[digest] = session
  }
}

@available(*, unavailable)
extension SessionCache: Sendable {}
