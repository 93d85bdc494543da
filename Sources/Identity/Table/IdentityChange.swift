public import IdentityStore

/// What one administrative action does to the records, with what it was decided on.
public struct IdentityChange: Sendable {
  public private(set) var transaction = StoreTransaction()

  public init() {}

  public var isEmpty: Bool { transaction.changes.isEmpty }

  /// Writes a record that must still be as `entry` has it, or must not exist when that is nil.
  public mutating func put<Record: IdentityRecord>(_ record: Record, over entry: IdentityEntry<Record>?) {
    transaction.conditions[record.key] = .some(entry?.revision)
    transaction.changes[record.key] = .some(record.value)
  }

  /// Writes a record under another key, for a new name.
  public mutating func move<Record: IdentityRecord>(_ entry: IdentityEntry<Record>, to record: Record) {
    if entry.record.key != record.key {
      remove(entry)
      put(record, over: nil)
    } else {
      put(record, over: entry)
    }
  }

  /// Removes a record that must still be as `entry` has it.
  public mutating func remove<Record: IdentityRecord>(_ entry: IdentityEntry<Record>) {
    transaction.conditions[entry.record.key] = .some(entry.revision)
    transaction.changes[entry.record.key] = .some(nil)
  }

  /// What the change depends on: the record must still be as `entry` has it and is written again as it is, so that
  /// whoever removes it at the same time, on any node, meets a conflict. A declared record cannot be removed and needs
  /// nothing.
  public mutating func keep<Record: IdentityRecord>(_ entry: IdentityEntry<Record>) {
    guard !entry.isDeclared, transaction.changes[entry.record.key] == nil else { return }
    put(entry.record, over: entry)
  }
}
