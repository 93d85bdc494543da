public import Authorization
public import S3Model

/// The callers that opened sessions stand for in one snapshot, of one event loop: a session's policy is compiled once.
///
/// A caller follows from token and snapshot alone, so it is kept until either is another. Whether the session still
/// counts is looked up for every request all the same.
public final class SessionCallers {
  private struct Entry {
    /// Held, so that its identity names no other session.
    let session: OpenedSession
    let caller: Caller
  }

  private let countMax: Int
  private var revision: UInt64 = 0
  private var entries: [ObjectIdentifier: Entry] = [:]

  /// - Parameter countMax: callers held at most.
  public init(countMax: Int = 4096) {
    self.countMax = max(1, countMax)
  }

  public var count: Int { entries.count }

  /// Who a session is, after checking that it still counts.
  /// - Parameters:
  ///   - session: from ``SessionCache``, so that one token is one object; its expiry is checked there.
  ///   - revision: names the snapshot; another one empties the cache.
  ///   - now: in milliseconds since 1970.
  ///   - isActiveKey: whether a long-lived access key exists and is active.
  public func caller(
    for session: OpenedSession, in snapshot: AuthorizationSnapshot, revision: UInt64, _ revocations: RevocationRules,
    atMilliseconds now: Int64, isActiveKey: (ByteString) -> Bool
  ) throws(SessionRefusal) -> Caller {
    try session.token.checkStatus(snapshot, revocations, atMilliseconds: now, isActiveKey: isActiveKey)
    if revision != self.revision {
      entries.removeAll(keepingCapacity: true)
      self.revision = revision
    }
    let key = ObjectIdentifier(session)
    if let entry = entries[key] { return entry.caller }
    let caller: Caller
    do throws(SessionFault) {
      caller = try snapshot.caller(for: session.token.sessionDescription)
    } catch {
      throw .gone(error)
    }
    // Rare, and cheaper than bookkeeping on every hit.
    if entries.count >= countMax { entries.removeAll(keepingCapacity: true) }
    entries[key] = Entry(session: session, caller: caller)
    return caller
  }
}

@available(*, unavailable)
extension SessionCallers: Sendable {}
