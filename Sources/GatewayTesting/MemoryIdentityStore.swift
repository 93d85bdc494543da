public import IdentityStore
public import S3Model
import Synchronization

/// An identity store that lives as long as the process: the same revisions, transactions and feed as a real one.
public final class MemoryIdentityStore: IdentityStore {
  private struct State {
    var records: [RecordKey: StoredRecord] = [:]
    var revision: Int64 = 0
    var history: [(changes: [RecordChange], revision: StoreRevision)] = []
    var feeds: [AsyncStream<StoreEvent>.Continuation] = []
    var fault: IdentityStoreError?
    var commits = 0
  }

  private let state = Mutex(State())

  public init() {}

  public var name: String { "memory" }
  public var isRemote: Bool { false }

  /// What every operation fails with; nil for none.
  public var fault: IdentityStoreError? {
    get { state.withLock { $0.fault } }
    set { state.withLock { $0.fault = newValue } }
  }

  /// How many transactions have been committed.
  public var commits: Int { state.withLock { $0.commits } }

  public func load(
    _ take: @escaping @Sendable ([StoredRecord]) throws(IdentityStoreError) -> Void
  ) async throws(IdentityStoreError) -> StoreRevision {
    let state = self.state.withLock { $0 }
    if let fault = state.fault { throw fault }
    try take(state.records.values.filter { !$0.key.kind.isVolatile }.sorted { $0.key < $1.key })
    return StoreRevision(state.revision)
  }

  public var limits: StoreLimits { StoreLimits(changesMax: 1000, bytesMax: 1 << 22, recordBytesMax: 1 << 20) }

  public func readings(_ keys: [RecordKey]) async throws(IdentityStoreError) -> StoreReading {
    let state = self.state.withLock { $0 }
    if let fault = state.fault { throw fault }
    return StoreReading(
      records: keys.compactMap { state.records[$0] }, revision: StoreRevision(state.revision))
  }

  public func list(
    _ kind: RecordKey.Kind, after name: ByteString?, countMax: Int
  ) async throws(IdentityStoreError) -> [StoredRecord] {
    let state = self.state.withLock { $0 }
    if let fault = state.fault { throw fault }
    let found = state.records.values.filter { record in
      record.key.kind == kind && (name.map { $0 < record.key.name } ?? true)
    }
    return Array(found.sorted { $0.key < $1.key }.prefix(countMax))
  }

  public func commit(_ transaction: StoreTransaction) async throws(IdentityStoreError) -> CommitOutcome {
    let result: Result<CommitOutcome, IdentityStoreError> = state.withLock { state in
      if let fault = state.fault { return .failure(fault) }
      for (key, revision) in transaction.conditions where state.records[key]?.revision != revision {
        return .success(.conflict)
      }
      state.revision += 1
      state.commits += 1
      let revision = StoreRevision(state.revision)
      var changes: [RecordChange] = []
      for (key, value) in transaction.changes {
        state.records[key] = value.map { StoredRecord(key: key, value: $0, revision: revision) }
        changes.append(RecordChange(key: key, value: value, revision: revision))
      }
      state.history.append((changes, revision))
      for feed in state.feeds { feed.yield(.changed(changes, revision)) }
      return .success(.committed(revision))
    }
    return try result.get()
  }

  public func changes(after revision: StoreRevision) -> AsyncStream<StoreEvent> {
    AsyncStream { feed in
      state.withLock { state in
        for entry in state.history where revision < entry.revision {
          feed.yield(.changed(entry.changes, entry.revision))
        }
        state.feeds.append(feed)
      }
    }
  }

  public func shutdown() async {
    for feed in state.withLock({ $0.feeds }) { feed.finish() }
  }
}
