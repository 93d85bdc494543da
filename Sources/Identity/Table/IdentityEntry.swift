public import IdentityStore

/// A record in force.
public final class IdentityEntry<Record: IdentityRecord>: Sendable {
  public let record: Record
  /// Of the record in the store; nil for one that settings declare, which the API can only read.
  public let revision: StoreRevision?

  public init(_ record: Record, revision: StoreRevision?) {
    self.record = record
    self.revision = revision
  }

  /// Declared in the settings.
  public var isDeclared: Bool { revision == nil }
}
