public import IdentityStore
public import Logging
import S3Model
import Synchronization

/// Writes what nobody waits for: the index of sessions and the last use of keys, in batches, at most a second late.
///
/// The queue is bounded. While the store is lost the oldest notes stay and new ones are dropped and counted: neither
/// issuing nor using credentials depends on them.
public final class StoreNotes: Sendable {
  private struct Queue {
    var sessions: [SessionRecord] = []
    var uses: [ByteString: KeyUseRecord] = [:]
    /// When the last use of a key was taken, so that a busy key costs one write a minute.
    var usesTaken: [ByteString: Int64] = [:]
    var dropped = 0
  }

  private let queue = Mutex(Queue())
  private let store: any IdentityStore
  private let log: Logger
  public static let notesMax = 10_000
  public static let useSecondsMin: Int64 = 60

  public init(_ store: any IdentityStore, log: Logger) {
    self.store = store
    self.log = log
  }

  /// How many notes were dropped so far.
  public var dropped: Int { queue.withLock { $0.dropped } }

  public func add(_ session: SessionRecord) {
    queue.withLock { queue in
      guard queue.sessions.count < Self.notesMax else {
        queue.dropped += 1
        return
      }
      queue.sessions.append(session)
    }
  }

  public func add(use record: KeyUseRecord) {
    queue.withLock { queue in
      if let last = queue.usesTaken[record.accessKeyID], record.time < last + Self.useSecondsMin { return }
      if queue.usesTaken.count >= Self.notesMax {
        queue.usesTaken = queue.usesTaken.filter { $0.value + Self.useSecondsMin > record.time }
      }
      guard queue.uses.count < Self.notesMax, queue.usesTaken.count < Self.notesMax else {
        queue.dropped += 1
        return
      }
      queue.usesTaken[record.accessKeyID] = record.time
      queue.uses[record.accessKeyID] = record
    }
  }

  /// Writes until the task is cancelled, and then what is left.
  public func write(every interval: Duration = .milliseconds(500)) async {
    while !Task.isCancelled {
      // Cut short at the end.
      _ = try? await Task.sleep(for: interval)
      await flush()
    }
  }

  public func flush() async {
    while true {
      let countMax = min(100, store.limits.changesMax)
      let (sessions, uses) = queue.withLock { queue in
        let sessions = Array(queue.sessions.prefix(countMax))
        queue.sessions.removeFirst(sessions.count)
        let uses = Array(queue.uses.values.prefix(countMax - sessions.count))
        for use in uses { queue.uses[use.accessKeyID] = nil }
        return (sessions, uses)
      }
      var transaction = StoreTransaction()
      for session in sessions {
        transaction.changes[session.key] = .some(session.value)
        transaction.expirations[session.key] = session.expires
      }
      for use in uses { transaction.changes[use.key] = .some(use.value) }
      if transaction.changes.isEmpty { return }
      do throws(IdentityStoreError) {
        _ = try await store.commit(transaction)
      } catch {
        log.debug("notes are not written yet", metadata: ["error": "\(error)"])
        queue.withLock { queue in
          let room = max(0, Self.notesMax - queue.sessions.count)
          queue.sessions.insert(contentsOf: sessions.prefix(room), at: 0)
          queue.dropped += max(0, sessions.count - room)
          for use in uses where queue.uses[use.accessKeyID] == nil { queue.uses[use.accessKeyID] = use }
        }
        return
      }
    }
  }
}
