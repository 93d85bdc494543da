public import IdentityStore

/// A record in force.
///
/// Records of which there may be a million are held as the store has them, in a fraction of the memory, and are read
/// each time that they are asked for: about a microsecond.
public final class IdentityEntry<Record: IdentityRecord>: Sendable {
  private enum Content: Sendable {
    case read(Held)
    case written([UInt8])
  }

  private final class Held: Sendable {
    let record: Record

    init(_ record: Record) { self.record = record }
  }

  private let content: Content
  /// Of the record in the store; nil for one that settings declare, which the API can only read.
  public let revision: StoreRevision?
  public let facts: Record.Facts

  public init(_ record: Record, revision: StoreRevision?) {
    content = .read(Held(record))
    self.revision = revision
    facts = record.facts
  }

  /// - Parameters:
  ///   - record: what `value` was read as.
  ///   - facts: the record's, perhaps sharing memory with others'.
  init(_ record: Record, writtenAs value: [UInt8], revision: StoreRevision?, facts: Record.Facts) {
    content = Record.isNumerous ? .written(value) : .read(Held(record))
    self.revision = revision
    self.facts = facts
  }

  /// Ask once and keep it while it is needed: see above.
  public var record: Record {
    switch content {
    case .read(let held): return held.record
    case .written(let value):
      do throws(RecordFault) {
        return try Record(parsing: value)
      } catch {
        preconditionFailure("a record that could be read cannot any longer: \(error.member)")
      }
    }
  }

  /// Declared in the settings.
  public var isDeclared: Bool { revision == nil }
}
