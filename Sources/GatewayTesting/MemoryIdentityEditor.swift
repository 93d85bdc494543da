import Cryptography
public import Identity
public import IdentityStore
public import S3Model
import Synchronization

/// Edits identities in memory: decides, commits, decides again on a conflict, as the gateway's own editor does.
public final class MemoryIdentityEditor: IdentityEditor {
  public let store: any IdentityStore
  public let sealer: SecretSealer
  private let current: Mutex<IdentityTable>
  /// Called between deciding and committing, for tests of what happens at the same time.
  private let meanwhile = Mutex<(@Sendable () async -> Void)?>(nil)

  /// - Parameter table: what the settings declare.
  public init(_ table: IdentityTable, store: MemoryIdentityStore = MemoryIdentityStore()) throws {
    self.store = store
    let key = try AESGCMKey(SecureRandom.bytes(AESGCMKey.keyCount))
    sealer = SecretSealer(sealingKeyID: "test", sealingKey: key) { $0 == "test" ? key : nil }
    current = Mutex(table)
  }

  public convenience init(account: AccountID) throws { try self.init(IdentityTable(account: account)) }

  public var isLoaded: Bool { true }
  public var table: IdentityTable { current.withLock { $0 } }

  /// Takes changes that another node has made.
  public func take(_ changes: [RecordChange]) throws {
    try current.withLock { table in
      for change in changes { try table.apply(change.key, change.value, revision: change.revision) }
    }
  }

  public func beforeNextCommit(_ body: @escaping @Sendable () async -> Void) { meanwhile.withLock { $0 = body } }

  public func edit<Answer: Sendable>(
    _ decide: @escaping @Sendable (IdentityTable) throws -> (change: IdentityChange, answer: Answer)
  ) async throws -> Answer {
    for _ in 0..<5 {
      let (change, answer) = try decide(table)
      if let body = meanwhile.withLock({ body in
        defer { body = nil }
        return body
      }) {
        await body()
      }
      if change.isEmpty { return answer }
      if case .committed(let revision) = try await store.commit(change.transaction) {
        try current.withLock { table in
          for (key, value) in change.transaction.changes { try table.apply(key, value, revision: revision) }
        }
        return answer
      }
      // What another wrote through the store: read again what was decided on.
      let keys = Array(change.transaction.conditions.keys)
      let stored = try await store.read(keys)
      try current.withLock { table in
        for key in keys {
          let record = stored.first { $0.key == key }
          try table.apply(key, record?.value, revision: record?.revision)
        }
      }
    }
    throw IdentityStoreError.unreachable(reason: "conflicts without end")
  }
}
