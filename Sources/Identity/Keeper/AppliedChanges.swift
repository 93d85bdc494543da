import IdentityStore

/// Which changes are in force before the feed has told of them: a node's own commits, and what it read to decide anew.
///
/// The feed tells of them later, together with older changes of the same records, which must not come back.
struct AppliedChanges: Sendable {
  private var ahead: [RecordKey: RecordChange] = [:]
  /// Up to where the feed has been heard.
  private(set) var revision: StoreRevision

  init(revision: StoreRevision) { self.revision = revision }

  /// - Returns: those that are newer than what is in force.
  mutating func ahead(_ changes: [RecordChange]) -> [RecordChange] {
    changes.filter { change in
      guard !change.key.kind.isVolatile, change.revision > revision,
        change.revision > ahead[change.key]?.revision ?? revision
      else { return false }
      ahead[change.key] = change
      return true
    }
  }

  /// - Returns: those that are not in force yet.
  mutating func told(_ changes: [RecordChange], _ revision: StoreRevision) -> [RecordChange] {
    let new = changes.filter { change in
      guard change.revision > self.revision else { return false }
      guard let known = ahead[change.key] else { return true }
      return change.revision > known.revision
    }
    advance(to: revision)
    return new
  }

  /// Everything was loaded anew.
  /// - Returns: what is newer than that.
  mutating func loaded(_ revision: StoreRevision) -> [RecordChange] {
    advance(to: revision)
    return Array(ahead.values)
  }

  private mutating func advance(to revision: StoreRevision) {
    guard revision > self.revision else { return }
    self.revision = revision
    ahead = ahead.filter { $0.value.revision > revision }
  }
}
