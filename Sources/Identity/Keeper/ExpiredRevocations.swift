import HashTreeCollections
import IdentityStore
import Logging

/// Revocations that end nothing any more.
enum ExpiredRevocations {
  /// Beyond a record's own time: for sessions that a node has prolonged, by assuming roles, while it had not heard yet.
  static let graceSeconds: Int64 = 86_400
  /// The longest that a session lives: GetSessionToken's and GetFederationToken's 36 hours.
  static let sessionSecondsMax: Int64 = 129_600

  /// The change that removes some of them; empty when there are none.
  /// - Parameter now: in seconds since 1970.
  static func removal(in table: IdentityTable, atSeconds now: Int64, countMax: Int) -> IdentityChange {
    var change = IdentityChange()
    var candidates: [IdentityEntry<RevocationRecord>] = []
    for entry in table.revocations.values {
      if candidates.count == countMax { break }
      if !entry.isDeclared, isOver(entry.record, atSeconds: now) { candidates.append(entry) }
    }
    if candidates.isEmpty { return change }
    let oldest = oldestServiceAccounts(candidates.map(\.record), table)
    for entry in candidates {
      let record = entry.record
      // A service account of somebody whom a provider vouched for lives on, and must not come back.
      if let created = oldest[record.key], created * 1000 < record.issuedBefore { continue }
      change.remove(entry)
    }
    return change
  }

  private static func isOver(_ record: RevocationRecord, atSeconds now: Int64) -> Bool {
    let last = max(record.expires, record.issuedBefore / 1000 &+ sessionSecondsMax)
    let (end, overflows) = last.addingReportingOverflow(graceSeconds)
    return !overflows && end < now
  }

  /// For each revocation of a role or provider: when the oldest service account was made that stands for a session of it.
  private static func oldestServiceAccounts(
    _ revocations: [RevocationRecord], _ table: IdentityTable
  ) -> [RecordKey: Int64] {
    var oldest: [RecordKey: Int64] = [:]
    let keys = Set(revocations.filter { $0.subject == .role || $0.subject == .provider }.map(\.key))
    if keys.isEmpty { return oldest }
    for entry in table.keys.values {
      guard case .federated(let parent) = entry.record.owner else { continue }
      for key in [
        RevocationRecord(subject: .role, id: parent.roleID, issuedBefore: 0, expires: 0).key,
        RevocationRecord(subject: .provider, id: parent.providerID, issuedBefore: 0, expires: 0).key,
      ] where keys.contains(key) {
        oldest[key] = min(oldest[key] ?? .max, entry.record.created)
      }
    }
    return oldest
  }
}

extension IdentityKeeper {
  /// Removes revocations that end nothing any more, now and then, until the task is cancelled.
  /// - Parameter now: in seconds since 1970.
  public func removeExpired(every interval: Duration = .seconds(900), now: @escaping @Sendable () -> Int64) async {
    while !Task.isCancelled {
      // Nodes that were started together do not all do it at once; who comes later finds nothing.
      let pause = interval * Double.random(in: 0.5...1.5)
      do { try await Task.sleep(for: pause) } catch { return }
      await removeExpired(atSeconds: now())
    }
  }

  /// - Returns: how many were removed.
  @discardableResult
  public func removeExpired(atSeconds now: Int64) async -> Int {
    guard status.isLoaded else { return 0 }
    let countMax = min(100, store.limits.changesMax)
    do {
      return try await edit { table in
        let change = ExpiredRevocations.removal(in: table, atSeconds: now, countMax: countMax)
        return (change, change.transaction.changes.count)
      }
    } catch {
      log.debug("expired revocations stay for now", metadata: ["error": "\(error)"])
      return 0
    }
  }
}
