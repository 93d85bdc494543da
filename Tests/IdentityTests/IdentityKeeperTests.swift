import GatewayTesting
import Identity
import IdentityStore
import Logging
import S3Model
import SQLiteIdentityStore
import Synchronization
import Testing

/// Identities that are nothing but a table; what cannot be read is not in it.
private struct TableOnly: StoredIdentities {
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

  var withoutStored: TableOnly { TableOnly(table: IdentityTable(account: table.account)) }
}

/// What stands for a node's snapshot.
private actor Node {
  private nonisolated let identities: Mutex<TableOnly>

  init(_ identities: TableOnly) { self.identities = Mutex(identities) }

  nonisolated var current: TableOnly { identities.withLock { $0 } }

  func change(_ change: @Sendable (inout TableOnly) -> Void) {
    var copy = current
    change(&copy)
    identities.withLock { $0 = copy }
  }
}

private final class KeptNode: Sendable {
  let store: SQLiteIdentityStore
  let node: Node
  let keeper: IdentityKeeper<TableOnly>
  private let following: Task<Void, Never>

  init(_ folder: String) async throws {
    var options = SQLiteIdentityStore.Options(path: folder + "/identity.db")
    options.pollInterval = .milliseconds(10)
    let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    store = try SQLiteIdentityStore(options, log: log)
    let account = try #require(AccountID("000000000000"))
    let (loaded, revision) = try await IdentityKeeper.load(
      store, into: TableOnly(table: IdentityTable(account: account)))
    node = Node(loaded)
    let ring = try KeyRing.loadOrCreate(path: folder + "/keyring.json", now: 1)
    let sealer = SecretSealer(
      sealingKeyID: ring.sealing.id, sealingKey: ring.sealing.key, open: { ring.key($0) })
    keeper = IdentityKeeper(
      store: store, revision: revision, log: log, sealer: { sealer }, current: { [node] in node.current },
      change: { [node] in await node.change($0) })
    following = Task { [keeper] in await keeper.follow() }
  }

  func user(_ name: ByteString) -> IdentityEntry<UserRecord>? { keeper.table.users[name] }

  func wait(_ isDone: () -> Bool) async throws -> Bool {
    for _ in 0..<500 where !isDone() { try await Task.sleep(for: .milliseconds(10)) }
    return isDone()
  }

  func close() async {
    following.cancel()
    await store.shutdown()
  }
}

private struct NoSuchUser: Error, Equatable {}

@Suite("Identity keeper") struct IdentityKeeperTests {
  private static func put(_ name: ByteString) -> @Sendable (IdentityTable) throws -> (IdentityChange, Bool) {
    { table in
      var change = IdentityChange()
      let old = table.users[name]
      change.put(UserRecord(name: name, uniqueID: name, created: old.map { $0.record.created + 1 } ?? 1), over: old)
      return (change, old == nil)
    }
  }

  @Test("an edit is in force here at once and elsewhere soon, once each") func edits() async throws {
    let folder = try TemporaryFolder()
    let (one, other) = (try await KeptNode(folder.path), try await KeptNode(folder.path))
    #expect(try await one.keeper.edit(Self.put("alice")))
    #expect(one.user("alice")?.record.created == 1)
    #expect(try await other.wait { other.user("alice") != nil })
    #expect(other.user("alice")?.revision == one.user("alice")?.revision)
    // The feed tells the one that decided of it as well; nothing changes.
    #expect(try await one.wait { one.keeper.status.revision == one.user("alice")?.revision })
    #expect(one.user("alice")?.record.created == 1)

    try await other.keeper.edit { table in
      var change = IdentityChange()
      guard let entry = table.users["alice"] else { throw NoSuchUser() }
      change.remove(entry)
      return (change, ())
    }
    #expect(other.user("alice") == nil)
    #expect(try await one.wait { one.user("alice") == nil })
    await one.close()
    await other.close()
  }

  @Test("what was decided on old knowledge is decided anew") func conflicts() async throws {
    let folder = try TemporaryFolder()
    let nodes = [try await KeptNode(folder.path), try await KeptNode(folder.path), try await KeptNode(folder.path)]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for node in nodes {
        group.addTask { for _ in 0..<10 { _ = try await node.keeper.edit(Self.put("alice")) } }
      }
      try await group.waitForAll()
    }
    for node in nodes { #expect(try await node.wait { node.user("alice")?.record.created == 30 }) }
    #expect(nodes.map(\.keeper.status.commits).reduce(0, +) == 30)
    for node in nodes { await node.close() }
  }

  @Test("what decide throws is thrown on, and nothing is written") func refusals() async throws {
    let folder = try TemporaryFolder()
    let node = try await KeptNode(folder.path)
    await #expect(throws: NoSuchUser.self) {
      try await node.keeper.edit { _ -> (IdentityChange, Int) in throw NoSuchUser() }
    }
    #expect(try await node.keeper.edit { _ in (IdentityChange(), 7) } == 7)
    #expect(node.keeper.status.commits == 0)
    await node.close()
    await #expect(throws: IdentityStoreError.closed) { try await node.keeper.edit(Self.put("bob")) }
    #expect(node.user("bob") == nil)
  }

  @Test("who missed too much loads everything anew") func compaction() async throws {
    let folder = try TemporaryFolder()
    let node = try await KeptNode(folder.path)
    _ = try await node.keeper.edit(Self.put("alice"))
    var transaction = StoreTransaction()
    for index in 0..<12_000 {
      let user = UserRecord(name: ByteString("u\(index)"), uniqueID: ByteString("U\(index)"), created: 1)
      transaction.changes[user.key] = .some(user.value)
    }
    let alice = try #require(node.user("alice"))
    transaction.changes[alice.record.key] = .some(nil)
    _ = try await node.store.commit(transaction)
    #expect(try await node.wait { node.keeper.status.reloads == 1 && node.keeper.table.users.count == 12_000 })
    #expect(node.user("alice") == nil)
    #expect(try await node.keeper.edit(Self.put("bob")))
    await node.close()
  }

  @Test("notes are written in batches and bounded") func notes() async throws {
    let folder = try TemporaryFolder()
    let node = try await KeptNode(folder.path)
    let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let notes = StoreNotes(node.store, log: log)
    for index in 0..<250 {
      notes.add(
        SessionRecord(
          accessKeyID: ByteString("ASIA\(index)"), kind: .userSession, arn: "arn", principalID: "AIDA",
          issued: 1, expires: 4_000_000_000))
    }
    func use(_ time: Int64) { notes.add(use: KeyUseRecord(accessKeyID: "AKIA", time: time, service: "s3", region: "")) }
    use(1000)
    use(1030)
    let before = node.keeper.status.revision
    await notes.flush()
    #expect(try await node.store.list(.session, after: nil, countMax: 1000).count == 250)
    func written() async throws -> Int64? {
      try await node.store.read([RecordKey(.keyUse, "AKIA")]).first.map { try KeyUseRecord(parsing: $0.value).time }
    }
    #expect(try await written() == 1000)
    use(1060)
    await notes.flush()
    #expect(try await written() == 1060)
    #expect(node.keeper.status.revision == before)
    await node.store.shutdown()
    for index in 0..<StoreNotes.notesMax + 5 {
      notes.add(
        SessionRecord(
          accessKeyID: ByteString("ASIA\(index)"), kind: .userSession, arn: "arn", principalID: "AIDA", issued: 1,
          expires: 2))
    }
    await notes.flush()
    #expect(notes.dropped == 5)
    await node.close()
  }
}
