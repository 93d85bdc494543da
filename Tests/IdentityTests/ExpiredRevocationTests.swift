import Cryptography
import GatewayTesting
import IdentityStore
import Logging
import S3Model
import Synchronization
import Testing

@testable import Identity

/// Revocations go when nothing they end can be living, and not before.
@Suite("Expired revocations") struct ExpiredRevocationTests {
  private static let now: Int64 = 1_800_000_000
  private static let day: Int64 = 86_400

  private func revocation(
    _ subject: RevocationRecord.Subject, _ id: ByteString, before: Int64, expires: Int64
  ) -> RevocationRecord {
    RevocationRecord(subject: subject, id: id, issuedBefore: before * 1000, expires: expires)
  }

  private func table(_ records: [any IdentityRecord]) throws -> IdentityTable {
    var table = IdentityTable(account: try #require(AccountID("000000000000")))
    for (index, record) in records.enumerated() {
      try table.apply(record.key, record.value, revision: StoreRevision(Int64(index + 1)))
    }
    return table
  }

  private func removed(_ table: IdentityTable, at now: Int64 = now, countMax: Int = 100) -> Set<RecordKey> {
    Set(ExpiredRevocations.removal(in: table, atSeconds: now, countMax: countMax).transaction.changes.keys)
  }

  @Test func byTheirTime() throws {
    let (now, day) = (Self.now, Self.day)
    // Issued before a moment three days ago; a session of 36 hours, and a day of grace.
    let old = revocation(.principal, "AIDAOLD", before: now - 3 * day, expires: now - day - 1)
    let justEnough = revocation(.session, "ASIAENOUGH", before: now - 5 * day / 2 - 1, expires: now - 2 * day)
    let tooSoon = revocation(.session, "ASIASOON", before: now - 5 * day / 2 + 1, expires: now - 2 * day)
    // Said lately about sessions of long ago: what was made through them may be younger.
    let said = revocation(.role, "AROASAID", before: now - 300 * day, expires: now + day)
    let kept = revocation(.issuingKey, "AKIAKEPT", before: now, expires: now + day)
    let never = RevocationRecord(subject: .provider, id: "OIDC", issuedBefore: .max, expires: .max)
    let table = try table([old, justEnough, tooSoon, said, kept, never])
    #expect(removed(table) == [old.key, justEnough.key])
    #expect(removed(table, countMax: 1).count == 1)
    #expect(removed(table, at: now - 30 * day).isEmpty)
  }

  @Test func notBeforeServiceAccountsOfTheirTimeAreGone() throws {
    let (now, day) = (Self.now, Self.day)
    let role = revocation(.role, "AROA1", before: now - 100 * day, expires: now - 98 * day)
    let provider = revocation(.provider, "OIDC1", before: now - 100 * day, expires: now - 98 * day)
    let other = revocation(.role, "AROA2", before: now - 100 * day, expires: now - 98 * day)
    let key = try AESGCMKey(SecureRandom.bytes(AESGCMKey.keyCount))
    let sealed = try SecretSealer(sealingKeyID: "test", sealingKey: key) { _ in nil }
      .seal([1], owner: RecordKey(.accessKey, "AKIASERVICEACCOUNT01"))
    func account(created: Int64, _ roleID: ByteString) -> KeyRecord {
      KeyRecord(
        accessKeyID: "AKIASERVICEACCOUNT01",
        owner: .federated(
          FederatedParent(subject: "jane", providerID: "OIDC1", roleID: roleID, sessionName: "jane")),
        secret: sealed, created: created, serviceAccount: .init())
    }
    let caught = account(created: now - 101 * day, "AROA1")
    #expect(removed(try table([role, provider, other, caught])) == [other.key])
    let later = account(created: now - 99 * day, "AROA1")
    #expect(removed(try table([role, provider, other, later])) == [role.key, provider.key, other.key])
    #expect(removed(try table([role, provider, other])) == [role.key, provider.key, other.key])
  }

  @Test func theStoreIsRidOfThem() async throws {
    let store = MemoryIdentityStore()
    let old = revocation(.role, "AROA1", before: 1, expires: 2)
    let kept = revocation(.role, "AROA2", before: Self.now, expires: Self.now + Self.day)
    var transaction = StoreTransaction()
    for record in [old, kept] { transaction.changes[record.key] = .some(record.value) }
    _ = try await store.commit(transaction)
    let node = try await LateNode(store)
    #expect(await node.keeper.removeExpired(atSeconds: Self.now) == 1)
    #expect(try await store.read([old.key, kept.key]).map(\.key) == [kept.key])
    #expect(node.keeper.table.revocations.count == 1)
    #expect(await node.keeper.removeExpired(atSeconds: Self.now) == 0)
    // A store that is away is for another time.
    store.fault = .unreachable(reason: "test")
    #expect(await node.keeper.removeExpired(atSeconds: Self.now + 10 * Self.day) == 0)
    await node.close()
  }
}

/// A node that may start without its store.
final class LateNode: Sendable {
  struct Records: StoredIdentities {
    var table: IdentityTable
    var isComplete = true

    mutating func load(_ records: [StoredRecord]) {
      for record in records { put(record.key, record.value, record.revision) }
    }

    mutating func apply(_ changes: [RecordChange]) {
      for change in changes { put(change.key, change.value, change.revision) }
    }

    private mutating func put(_ key: RecordKey, _ value: [UInt8]?, _ revision: StoreRevision) {
      do throws(RecordFault) { try table.apply(key, value, revision: revision) } catch {}
    }

    var withoutStored: Records { Records(table: IdentityTable(account: table.account), isComplete: isComplete) }
  }

  private final class Held: Sendable {
    let records: Mutex<Records>

    init(_ records: Records) { self.records = Mutex(records) }
  }

  let keeper: IdentityKeeper<Records>
  private let held: Held
  private let following: Task<Void, Never>
  private let store: MemoryIdentityStore

  var isComplete: Bool { held.records.withLock { $0.isComplete } }

  init(_ store: MemoryIdentityStore) async throws {
    self.store = store
    var records = Records(table: IdentityTable(account: try #require(AccountID("000000000000"))))
    var revision: StoreRevision?
    var lost: IdentityStoreError?
    do throws(IdentityStoreError) {
      (records, revision) = try await IdentityKeeper.load(store, into: records)
    } catch {
      records.isComplete = false
      lost = error
    }
    let held = Held(records)
    self.held = held
    let key = try AESGCMKey(SecureRandom.bytes(AESGCMKey.keyCount))
    let sealer = SecretSealer(sealingKeyID: "test", sealingKey: key) { _ in nil }
    keeper = IdentityKeeper(
      store: store, revision: revision, lost: lost, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      sealer: { sealer }, current: { held.records.withLock { $0 } },
      change: { change in held.records.withLock { change(&$0) } })
    following = Task { [keeper] in await keeper.follow() }
  }

  func close() async {
    following.cancel()
    await store.shutdown()
  }
}

/// A store that is away when a node starts.
@Suite("Late store") struct LateStoreTests {
  @Test func isReadWhenItComes() async throws {
    let store = MemoryIdentityStore()
    var transaction = StoreTransaction()
    let user = UserRecord(name: "alice", uniqueID: "AIDAALICE", created: 1)
    transaction.changes[user.key] = .some(user.value)
    _ = try await store.commit(transaction)
    store.fault = .unreachable(reason: "away")
    let node = try await LateNode(store)
    #expect(!node.isComplete && !node.keeper.isLoaded && !node.keeper.status.isUp)
    #expect(node.keeper.status.error == .unreachable(reason: "away") && node.keeper.table.users.isEmpty)
    // Nothing is decided by a table that may lack what counts.
    await #expect(throws: IdentityStoreError.unreachable(reason: "not read yet")) {
      try await node.keeper.edit { _ in (IdentityChange(), 1) }
    }
    store.fault = nil
    for _ in 0..<500 where !node.keeper.isLoaded { try await Task.sleep(for: .milliseconds(10)) }
    #expect(node.isComplete && node.keeper.isLoaded && node.keeper.status.isUp && node.keeper.status.error == nil)
    #expect(node.keeper.table.users["alice"] != nil && node.keeper.status.reloads == 0)
    #expect(try await node.keeper.edit { _ in (IdentityChange(), 1) } == 1)
    await node.close()
  }
}
