import Synchronization

/// Whether the store answered last time, as all event loops together know it.
final class StoreHealth: Sendable {
  private let isAnswering = Atomic(false)

  var isReady: Bool { isAnswering.load(ordering: .relaxed) }

  /// - Returns: whether that is news, so that changes are logged once and not per request.
  @discardableResult
  func note(isAnswering now: Bool) -> Bool {
    // A plain load first: on the hot path nothing changes and no cache line is taken from another core.
    guard isAnswering.load(ordering: .relaxed) != now else { return false }
    return isAnswering.exchange(now, ordering: .relaxed) != now
  }
}
