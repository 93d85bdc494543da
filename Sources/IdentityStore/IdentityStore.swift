public import S3Model

/// Where identities live: records under keys, with revisions, transactions and a feed of changes.
///
/// The store knows nothing of IAM. What a change may do is decided above it, over a snapshot of the records; the
/// transaction then compares the revisions that were decided on, so that two nodes that change at once lose nothing.
/// No request path waits for a store: it feeds the snapshot that requests read.
///
/// Records of a volatile kind (``RecordKey/Kind/isVolatile``) are read one by one or listed, but are neither loaded nor
/// told of: what there are many of, and what decides nothing, stays out of snapshots.
public protocol IdentityStore: AnyObject, Sendable {
  /// For logs and metrics: `sqlite`, `etcd`.
  var name: String { get }

  /// Whether it is elsewhere, so that it may be away for a while and come back.
  var isRemote: Bool { get }

  /// What one transaction may be.
  var limits: StoreLimits { get }

  /// Reads all that is not volatile at one revision, in batches, in no particular order.
  /// - Returns: the revision that `take` has seen; ``changes(after:)`` goes on from it.
  func load(
    _ take: @escaping @Sendable ([StoredRecord]) throws(IdentityStoreError) -> Void
  ) async throws(IdentityStoreError) -> StoreRevision

  /// Reads records as they are now, not as this node last heard: linearizable.
  /// - Parameter keys: at most ``StoreLimits/changesMax``.
  /// - Returns: one record for each key that there is, and the revision at which they were so.
  func readings(_ keys: [RecordKey]) async throws(IdentityStoreError) -> StoreReading

  /// Lists records of one kind in the order of names; some may have expired just now.
  /// - Parameters:
  ///   - name: where the page before ended; nil for the first.
  ///   - countMax: less may come before the end; none is the end.
  func list(
    _ kind: RecordKey.Kind, after name: ByteString?, countMax: Int
  ) async throws(IdentityStoreError) -> [StoredRecord]

  /// Does all of a transaction or nothing; returns when it is durable.
  func commit(_ transaction: StoreTransaction) async throws(IdentityStoreError) -> CommitOutcome

  /// What changes after a revision, in the order of revisions, this node's own commits included.
  ///
  /// Never ends by itself: a lost connection is told by `.lost`, followed by `.recovered` when nothing was missed, or by
  /// `.compacted` when the store no longer has what was missed and everything must be loaded anew.
  func changes(after revision: StoreRevision) -> AsyncStream<StoreEvent>

  func shutdown() async
}

/// Orders the states of one store; larger is later. Means nothing in another store.
public struct StoreRevision: Hashable, Comparable, Sendable {
  public var number: Int64

  public init(_ number: Int64) { self.number = number }

  public static func < (left: StoreRevision, right: StoreRevision) -> Bool { left.number < right.number }
}

/// One record as a store has it.
public struct StoredRecord: Hashable, Sendable {
  public var key: RecordKey
  /// JSON, see ``IdentityRecord``.
  public var value: [UInt8]
  /// Of the last change of this record.
  public var revision: StoreRevision

  public init(key: RecordKey, value: [UInt8], revision: StoreRevision) {
    self.key = key
    self.value = value
    self.revision = revision
  }
}

/// What a store tells of itself.
public enum StoreEvent: Sendable {
  /// The last change of each record up to a revision: whole transactions, one or more.
  case changed([RecordChange], StoreRevision)
  /// The store cannot be reached; what is known stays in force.
  case lost(IdentityStoreError)
  case recovered
  /// Changes after the revision asked for are no longer kept: load everything anew.
  case compacted
}

public struct RecordChange: Hashable, Sendable {
  public var key: RecordKey
  /// Nil when the record is gone.
  public var value: [UInt8]?
  /// Of this change.
  public var revision: StoreRevision

  public init(key: RecordKey, value: [UInt8]?, revision: StoreRevision) {
    self.key = key
    self.value = value
    self.revision = revision
  }
}

/// Records as they were at one revision.
public struct StoreReading: Sendable {
  public var records: [StoredRecord]
  public var revision: StoreRevision

  public init(records: [StoredRecord], revision: StoreRevision) {
    self.records = records
    self.revision = revision
  }
}

/// What one transaction may be; more is ``IdentityStoreError/tooLarge``.
public struct StoreLimits: Hashable, Sendable {
  /// Conditions, and changes.
  public var changesMax: Int
  /// Of all keys and values together.
  public var bytesMax: Int
  /// Of one record.
  public var recordBytesMax: Int

  public init(changesMax: Int, bytesMax: Int, recordBytesMax: Int) {
    self.changesMax = changesMax
    self.bytesMax = bytesMax
    self.recordBytesMax = recordBytesMax
  }

  public func allow(_ transaction: StoreTransaction) -> Bool {
    guard transaction.conditions.count <= changesMax, transaction.changes.count <= changesMax else { return false }
    var bytes = 0
    for key in transaction.conditions.keys { bytes += key.count }
    for (key, value) in transaction.changes {
      if value?.count ?? 0 > recordBytesMax { return false }
      bytes += key.count + (value?.count ?? 0)
    }
    return bytes <= bytesMax
  }
}

extension IdentityStore {
  /// Reads records as they are now, not as this node last heard: linearizable.
  /// - Returns: one for each key that there is.
  public func read(_ keys: [RecordKey]) async throws(IdentityStoreError) -> [StoredRecord] {
    try await readings(keys).records
  }
}

/// Changes that happen together, if what they were decided on still holds.
public struct StoreTransaction: Sendable {
  /// The revision that each record must still have; nil: it must not exist.
  public var conditions: [RecordKey: StoreRevision?] = [:]
  /// What is written; nil removes. A key stands here once.
  public var changes: [RecordKey: [UInt8]?] = [:]
  /// When a written volatile record goes by itself: in seconds since 1970, or somewhat later.
  public var expirations: [RecordKey: Int64] = [:]

  public init() {}
}

public enum CommitOutcome: Hashable, Sendable {
  case committed(StoreRevision)
  /// Something that was decided on has changed meanwhile: read again, decide again.
  case conflict
}

/// Why a store did not do what was asked. No case holds a secret.
public enum IdentityStoreError: Error, Equatable, Sendable {
  /// Not reached, or no answer in time. A transaction may or may not have happened.
  case unreachable(reason: String)
  /// It refuses us: credentials or permissions.
  case refused(reason: String)
  case full
  /// Larger than a record or transaction may be.
  case tooLarge
  /// What it holds cannot be understood.
  case corrupt(key: RecordKey?, reason: String)
  /// Written by a later version of Martlet.
  case newerSchema(version: Int)
  /// Others were always faster, however often it was decided anew.
  case contended
  case closed

  /// Whether it may pass by itself, and nothing here has to be mended first.
  public var isPassing: Bool {
    switch self {
    case .unreachable, .contended, .full: true
    // An answer that is none, not a record that cannot be read.
    case .corrupt(let key, _): key == nil
    case .refused, .tooLarge, .newerSchema, .closed: false
    }
  }
}
