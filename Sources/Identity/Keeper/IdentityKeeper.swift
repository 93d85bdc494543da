public import IdentityStore
public import Logging
import Synchronization

/// Keeps what a node decides by up with the store, and changes both.
///
/// The holder of the identities in force applies one change after the other; this decides which changes those are.
public final class IdentityKeeper<Identities: StoredIdentities>: IdentityEditor {
  public let store: any IdentityStore
  private let newestSealer: @Sendable () -> SecretSealer
  private let current: @Sendable () -> Identities
  private let change: @Sendable (@escaping @Sendable (inout Identities) -> Void) async throws -> Void
  private let applied: Mutex<AppliedChanges>
  private let state = Mutex(IdentityStoreStatus())
  let log: Logger

  /// How often a change is decided anew.
  public static var attemptsMax: Int { 10 }

  /// - Parameters:
  ///   - revision: up to which `current` holds what is stored, see ``load(_:into:)``; nil when the store could not be
  ///     read yet, for the reason in `lost`, and ``follow()`` is to try again.
  ///   - current: the identities in force.
  ///   - change: puts a change of them in force, in the order of calls; completes when it is everywhere on this node.
  public init(
    store: any IdentityStore, revision: StoreRevision?, lost: IdentityStoreError? = nil, log: Logger,
    sealer: @escaping @Sendable () -> SecretSealer, current: @escaping @Sendable () -> Identities,
    change: @escaping @Sendable (@escaping @Sendable (inout Identities) -> Void) async throws -> Void
  ) {
    self.store = store
    newestSealer = sealer
    self.current = current
    self.change = change
    self.log = log
    applied = Mutex(AppliedChanges(revision: revision ?? StoreRevision(0)))
    state.withLock { state in
      state.isLoaded = revision != nil
      if let revision { return state.revision = revision }
      (state.isUp, state.lost, state.error) = (false, .now, lost)
    }
  }

  /// Adds everything that is stored to identities.
  public static func load(
    _ store: any IdentityStore, into identities: Identities
  ) async throws(IdentityStoreError) -> (identities: Identities, revision: StoreRevision) {
    let box = LoadedIdentities(identities)
    let revision = try await store.load { box.load($0) }
    return (box.value, revision)
  }

  public var sealer: SecretSealer { newestSealer() }

  public var table: IdentityTable { current().table }

  public var status: IdentityStoreStatus { state.withLock { $0 } }

  public var isLoaded: Bool { state.withLock { $0.isLoaded } }

  // MARK: Editing

  public func edit<Answer: Sendable>(
    _ decide: @escaping @Sendable (IdentityTable) throws -> (change: IdentityChange, answer: Answer)
  ) async throws -> Answer {
    // What was never read cannot be decided on.
    guard isLoaded else { throw IdentityStoreError.unreachable(reason: "not read yet") }
    for attempt in 0..<Self.attemptsMax {
      let (change, answer) = try decide(table)
      if change.isEmpty { return answer }
      let transaction = change.transaction
      let outcome: CommitOutcome
      do throws(IdentityStoreError) {
        outcome = try await store.commit(transaction)
      } catch {
        state.withLock { $0.failures += 1 }
        throw error
      }
      switch outcome {
      case .committed(let revision):
        state.withLock { $0.commits += 1 }
        try await apply(
          transaction.changes.map { RecordChange(key: $0.key, value: $0.value, revision: revision) })
        return answer
      case .conflict:
        state.withLock { $0.conflicts += 1 }
        // So that two nodes do not meet again and again.
        let pause = Duration.milliseconds(Int.random(in: 0...(5 << min(attempt, 6))))
        do { try await Task.sleep(for: pause) } catch { throw IdentityStoreError.contended }
        try await readAnew(Array(transaction.conditions.keys))
      }
    }
    throw IdentityStoreError.contended
  }

  /// Puts in force what records are now, so that the next decision is about them.
  private func readAnew(_ keys: [RecordKey]) async throws {
    let countMax = store.limits.changesMax
    for start in stride(from: 0, to: keys.count, by: countMax) {
      let asked = keys[start..<min(start + countMax, keys.count)]
      let reading = try await store.readings(Array(asked))
      var changes = reading.records.map { RecordChange(key: $0.key, value: $0.value, revision: $0.revision) }
      let found = Set(reading.records.map(\.key))
      for key in asked where !found.contains(key) {
        changes.append(RecordChange(key: key, value: nil, revision: reading.revision))
      }
      try await apply(changes)
    }
  }

  private func apply(_ changes: [RecordChange]) async throws {
    try await change { [self] identities in
      let new = applied.withLock { $0.ahead(changes) }
      if !new.isEmpty { identities.apply(new) }
    }
  }

  // MARK: Following

  /// Follows the store until the task is cancelled or the store is closed.
  public func follow() async {
    if !isLoaded { await loadAnew() }
    while !Task.isCancelled {
      var isCompacted = false
      feed: for await event in store.changes(after: status.revision) {
        switch event {
        case .changed(let changes, let revision): await take(changes, revision)
        case .lost(let error): lose(error)
        case .recovered: recover()
        case .compacted:
          isCompacted = true
          break feed
        }
      }
      guard isCompacted else { return }
      await loadAnew()
    }
  }

  private func take(_ changes: [RecordChange], _ revision: StoreRevision) async {
    do {
      try await change { [self] identities in
        let new = applied.withLock { $0.told(changes, revision) }
        if !new.isEmpty { identities.apply(new) }
      }
      state.withLock { $0.revision = max($0.revision, revision) }
    } catch {
      // Only a node that shuts down takes no changes.
      log.debug("a change of identities was not taken", metadata: ["error": "\(error)"])
    }
  }

  private func lose(_ error: IdentityStoreError) {
    let isNews = state.withLock { state in
      defer { (state.isUp, state.error) = (false, error) }
      if state.lost == nil { state.lost = .now }
      return state.isUp
    }
    if isNews {
      log.error("the identity store is lost; what is known stays in force", metadata: ["error": "\(error)"])
    }
  }

  private func recover() {
    let isNews = state.withLock { state in
      defer { (state.isUp, state.lost, state.error) = (true, nil, nil) }
      return !state.isUp
    }
    if isNews { log.notice("the identity store is back") }
  }

  /// Requests go on with what was known until everything is here.
  private func loadAnew() async {
    if isLoaded {
      log.notice("changes were missed; loading all identities anew")
      state.withLock { $0.reloads += 1 }
    }
    var pause = Duration.milliseconds(100)
    while !Task.isCancelled {
      do {
        let (loaded, revision) = try await Self.load(store, into: current().withoutStored)
        try await change { [self] identities in
          var loaded = loaded
          let newer = applied.withLock { $0.loaded(revision) }
          loaded.apply(newer)
          loaded.isComplete = true
          identities = loaded
        }
        state.withLock { ($0.revision, $0.isLoaded) = (revision, true) }
        recover()
        return
      } catch IdentityStoreError.closed {
        return
      } catch {
        lose(error as? IdentityStoreError ?? .unreachable(reason: "\(error)"))
      }
      do { try await Task.sleep(for: pause) } catch { return }
      pause = min(pause * 2, .seconds(5))
    }
  }
}

private final class LoadedIdentities<Identities: StoredIdentities>: Sendable {
  private let identities: Mutex<Identities>

  init(_ identities: Identities) { self.identities = Mutex(identities) }

  func load(_ records: [StoredRecord]) { identities.withLock { $0.load(records) } }
  var value: Identities { identities.withLock { $0 } }
}
