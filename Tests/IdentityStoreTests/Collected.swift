import IdentityStore
import Synchronization

final class Collected: Sendable {
  private let records = Mutex<[StoredRecord]>([])

  func add(_ batch: [StoredRecord]) { records.withLock { $0 += batch } }

  var all: [RecordKey: StoredRecord] {
    records.withLock { Dictionary($0.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first }) }
  }
}

private final class EventLog: Sendable {
  private let events = Mutex<[StoreEvent]>([])

  var all: [StoreEvent] { events.withLock { $0 } }
  func add(_ event: StoreEvent) { events.withLock { $0.append(event) } }
}

/// Takes a feed's events until something is there, or for at most ten seconds.
func waitFor(
  _ feed: AsyncStream<StoreEvent>, until isDone: @escaping @Sendable ([StoreEvent]) -> Bool
) async -> [StoreEvent] {
  let log = EventLog()
  await withTaskGroup(of: Void.self) { group in
    group.addTask {
      for await event in feed {
        log.add(event)
        if isDone(log.all) { return }
      }
    }
    group.addTask {
      // Cut short when the other is done.
      _ = try? await Task.sleep(for: .seconds(10))
    }
    await group.next()
    group.cancelAll()
  }
  return log.all
}

extension [StoreEvent] {
  /// What each key was told to be in the end, and in which order of revisions.
  var told: [RecordKey: String?] {
    var told: [RecordKey: String?] = [:]
    for case .changed(let changes, _) in self {
      for change in changes { told[change.key] = .some(change.value.map { String(decoding: $0, as: UTF8.self) }) }
    }
    return told
  }

  var revisions: [StoreRevision] {
    compactMap { if case .changed(_, let revision) = $0 { revision } else { nil } }
  }
}
