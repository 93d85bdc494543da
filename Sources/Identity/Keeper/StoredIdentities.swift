public import IdentityStore

/// What a keeper keeps up with its store: immutable, cheap to copy and change.
public protocol StoredIdentities: Sendable {
  var table: IdentityTable { get }
  /// False while what is stored has not been read, so that nobody takes what is missing for what is not there.
  var isComplete: Bool { get set }

  /// Takes records as the store has them. What cannot be read fails closed, and is told.
  mutating func load(_ records: [StoredRecord])
  /// Takes changes, whose order is that of their revisions.
  mutating func apply(_ changes: [RecordChange])
  /// The same without what came from a store: what the settings declare.
  var withoutStored: Self { get }
}
