/// Where identities live: records under keys, with revisions, transactions and a feed of changes.
///
/// The store knows nothing of IAM. What a change may do is decided above it, over a snapshot of the records; the
/// transaction then compares the revisions that were decided on, so that two nodes that change at once lose nothing.
/// No request path waits for a store: it feeds the snapshot that requests read.
public protocol IdentityStore: AnyObject, Sendable {
  /// For logs and metrics: `sqlite`, `etcd`.
  var name: String { get }

  /// Reads everything at one revision, in the order of keys, in batches.
  /// - Returns: the revision that `take` has seen; ``changes(after:)`` goes on from it.
  func load(
    _ take: @Sendable ([StoredRecord]) throws(IdentityStoreError) -> Void
  ) async throws(IdentityStoreError) -> StoreRevision

  /// Reads records as they are now, not as this node last heard: linearizable.
  /// - Returns: one for each key that there is.
  func read(_ keys: [RecordKey]) async throws(IdentityStoreError) -> [StoredRecord]

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
  /// The records of one transaction; a nil value is a removal.
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

  public init(key: RecordKey, value: [UInt8]?) {
    self.key = key
    self.value = value
  }
}

/// Changes that happen together, if what they were decided on still holds.
public struct StoreTransaction: Sendable {
  /// The revision that each record must still have; nil: it must not exist.
  public var conditions: [RecordKey: StoreRevision?] = [:]
  /// What is written; nil removes. A key stands here once.
  public var changes: [RecordKey: [UInt8]?] = [:]

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
  case closed
}
