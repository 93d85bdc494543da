import IdentityStore

/// Where one reader of changes stands.
actor ChangeFeed {
  enum Step {
    case event(StoreEvent)
    case nothing
    case ended
  }

  nonisolated let interval: Duration
  private var revision: StoreRevision
  private var isLost = false

  init(after revision: StoreRevision, interval: Duration) {
    self.revision = revision
    self.interval = interval
  }

  /// - Parameter read: what changed after a revision, and up to which; nil when that is no longer kept.
  func next(
    _ read:
      @Sendable (StoreRevision) async throws(IdentityStoreError) -> (
        changes: [RecordChange], revision: StoreRevision
      )?
  ) async -> Step {
    do throws(IdentityStoreError) {
      let changed = try await read(revision)
      if isLost {
        isLost = false
        return .event(.recovered)
      }
      guard let changed else {
        // Said once: the reader loads anew and asks again from there.
        return revision.number == .max ? .nothing : .event(compacted())
      }
      revision = max(revision, changed.revision)
      return changed.changes.isEmpty ? .nothing : .event(.changed(changed.changes, changed.revision))
    } catch .closed {
      return .ended
    } catch {
      if isLost { return .nothing }
      isLost = true
      return .event(.lost(error))
    }
  }

  private func compacted() -> StoreEvent {
    revision = StoreRevision(.max)
    return .compacted
  }
}
