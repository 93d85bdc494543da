public import IdentityStore
import S3Model

/// Writes a backup into a store.
///
/// In as few transactions as the store allows: one for SQLite, several for etcd. Running gateways follow as they follow
/// every change. What is cut off in the middle is run again: the same import ends in the same state.
public struct BackupImport: Sendable {
  public enum Mode: String, Sendable, CaseIterable {
    /// Only into a store without identities.
    case empty
    /// Records of the backup take the place of those that are there; others stay.
    case merge
    /// The store ends up with the backup's records alone, but for revocations and used codes.
    case replace
  }

  /// What is to be done, or was done.
  public struct Summary: Hashable, Sendable {
    public var added = 0
    public var changed = 0
    public var removed = 0
    public var unchanged = 0
  }

  public private(set) var summary = Summary()
  private var removals: [StoredRecord] = []
  private var writes: [(key: RecordKey, value: [UInt8], over: StoreRevision?)] = []
  private let expirations: [RecordKey: Int64]

  /// Reads the store and plans.
  public init(_ content: BackupContent, into store: any IdentityStore, _ mode: Mode) async throws(BackupError) {
    expirations = content.expirations
    var present: [RecordKey: StoredRecord] = [:]
    for record in try await IdentityBackup.read(store) { present[record.key] = record }
    if mode == .empty, present.keys.contains(where: { !$0.kind.isVolatile }) { throw .notEmpty }
    for (key, value) in content.records {
      let old = present.removeValue(forKey: key)
      guard let old else {
        writes.append((key, value, nil))
        summary.added += 1
        continue
      }
      if old.value == value || Self.isKept(old, over: value) {
        summary.unchanged += 1
      } else {
        writes.append((key, value, old.revision))
        summary.changed += 1
      }
    }
    writes.sort { Self.order($0.key.kind) < Self.order($1.key.kind) }
    guard mode == .replace else { return }
    // An old backup must not bring ended sessions back, nor codes that were used.
    removals = present.values.filter { $0.key.kind != .revocation && $0.key.kind != .mfaUse }
      .sorted { Self.order($0.key.kind) > Self.order($1.key.kind) }
    summary.removed = removals.count
  }

  /// Whether what the store has is stricter than the backup, or newer where only that counts.
  private static func isKept(_ old: StoredRecord, over new: [UInt8]) -> Bool {
    do throws(RecordFault) {
      switch old.key.kind {
      case .revocation:
        return try RevocationRecord(parsing: old.value).issuedBefore >= RevocationRecord(parsing: new).issuedBefore
      case .mfaUse: return try MFAUseRecord(parsing: old.value).lastStep >= MFAUseRecord(parsing: new).lastStep
      case .keyUse: return try KeyUseRecord(parsing: old.value).time >= KeyUseRecord(parsing: new).time
      default: return false
      }
    } catch {
      // What cannot be read ends everything that it could be about.
      return true
    }
  }

  /// What others refer to is written first and removed last.
  private static func order(_ kind: RecordKey.Kind) -> Int {
    switch kind {
    // What denies comes before what allows.
    case .revocation, .mfaUse: 0
    case .account, .policy, .oidcProvider: 1
    case .group, .role: 2
    case .user: 3
    case .mfaDevice, .loginProfile: 4
    case .accessKey: 5
    case .session, .keyUse: 6
    }
  }

  /// - Throws: `contended` or `interrupted`.
  public func run(_ store: any IdentityStore) async throws(BackupError) {
    var written = 0
    var transaction = StoreTransaction()
    func flush() async throws(BackupError) {
      guard !transaction.changes.isEmpty else { return }
      let outcome: CommitOutcome
      do throws(IdentityStoreError) {
        outcome = try await store.commit(transaction)
      } catch {
        throw .interrupted(written: written, error)
      }
      guard case .committed = outcome else { throw .contended(written: written) }
      written += transaction.changes.count
      transaction = StoreTransaction()
    }
    var bytes = 0
    func add(_ key: RecordKey, _ value: [UInt8]?, over revision: StoreRevision?) async throws(BackupError) {
      // Key of the condition, key of the change, value.
      let size = 2 * key.text.count + (value?.count ?? 0)
      if transaction.changes.count >= store.limits.changesMax || bytes + size > store.limits.bytesMax {
        try await flush()
        bytes = 0
      }
      bytes += size
      transaction.changes[key] = .some(value)
      // The last use of a key and the like are written all the time, and decide nothing.
      if !key.kind.isVolatile { transaction.conditions[key] = .some(revision) }
      if let expiration = expirations[key] { transaction.expirations[key] = expiration }
    }
    for record in removals { try await add(record.key, nil, over: record.revision) }
    for write in writes { try await add(write.key, write.value, over: write.over) }
    try await flush()
  }
}
