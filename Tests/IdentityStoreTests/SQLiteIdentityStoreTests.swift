import GRDB
import GatewayTesting
import Glibc
import IdentityStore
import S3Model
import SQLiteIdentityStore
import Testing

@Suite struct SQLiteIdentityStoreTests {
  private static let alice = RecordKey(.user, "alice")

  private static func open(
    _ folder: TemporaryFolder, _ change: (inout SQLiteIdentityStore.Options) -> Void = { _ in }
  ) throws -> SQLiteIdentityStore {
    var options = SQLiteIdentityStore.Options(path: folder.path + "/identity.db")
    options.pollInterval = .milliseconds(10)
    change(&options)
    return try SQLiteIdentityStore(options, log: StoreUnderTest.log)
  }

  @Test func filesAreTheOwnersAlone() async throws {
    let folder = try TemporaryFolder()
    let mask = umask(0)
    defer { umask(mask) }
    let store = try Self.open(folder)
    try await store.write([Self.alice: "1"])
    #expect(folder.names("").sorted() == ["identity.db", "identity.db-shm", "identity.db-wal"])
    for name in folder.names("") { #expect(folder.mode(name) == 0o600, "\(name)") }
    await store.shutdown()
  }

  @Test func refusesAFileThatOthersMayRead() async throws {
    let folder = try TemporaryFolder()
    let store = try Self.open(folder)
    try await store.write([Self.alice: "1"])
    await store.shutdown()
    chmod(folder.path + "/identity.db", 0o640)
    #expect(throws: IdentityStoreError.self) { try Self.open(folder) }
    chmod(folder.path + "/identity.db", 0o600)
    let again = try Self.open(folder)
    #expect(try await again.text(Self.alice) == "1")
    await again.shutdown()
  }

  @Test func refusesWhatIsNoDatabase() throws {
    let folder = try TemporaryFolder()
    try folder.write("identity.db", String(repeating: "this is no database ", count: 400))
    #expect {
      _ = try Self.open(folder)
    } throws: {
      if case .corrupt? = $0 as? IdentityStoreError { true } else { false }
    }
  }

  @Test func refusesALaterVersion() async throws {
    let folder = try TemporaryFolder()
    try await Self.open(folder).shutdown()
    let queue = try DatabaseQueue(path: folder.path + "/identity.db")
    try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('7')") }
    try queue.close()
    #expect(throws: IdentityStoreError.newerSchema(version: 7)) { try Self.open(folder) }
  }

  @Test func tellsAFullDisk() async throws {
    let folder = try TemporaryFolder()
    let store = try Self.open(folder) { $0.bytesMax = 200_000 }
    let text = String(repeating: "x", count: 50_000)
    try await store.write([Self.alice: "before"])
    await #expect(throws: IdentityStoreError.full) {
      for index in 0..<10 { try await store.write([RecordKey(.user, ByteString("\(index)")): text]) }
    }
    // What is there can be read, and room can be made.
    #expect(try await store.text(Self.alice) == "before")
    try await store.write([RecordKey(.user, "0"): nil, RecordKey(.user, "1"): nil])
    try await store.write([Self.alice: "after"])
    #expect(try await store.text(Self.alice) == "after")
    await store.shutdown()
  }

  @Test func noticesThatItsFileWasReplaced() async throws {
    let (folder, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
    let store = try Self.open(folder)
    try await store.write([Self.alice: "1"])
    let feed = store.changes(after: StoreRevision(1))
    try await Self.open(elsewhere).shutdown()
    rename(elsewhere.path + "/identity.db", folder.path + "/identity.db")
    let events = await waitFor(feed) { !$0.isEmpty }
    guard case .lost(.corrupt)? = events.first else {
      Issue.record("told \(events)")
      return
    }
    await #expect(throws: IdentityStoreError.self) { try await store.write([Self.alice: "2"]) }
    await store.shutdown()
  }

  @Test func waitsForAnotherWriterAndGivesUp() async throws {
    let folder = try TemporaryFolder()
    let store = try Self.open(folder) { $0.busyTimeout = .milliseconds(50) }
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let queue = try DatabaseQueue(path: folder.path + "/identity.db", configuration: configuration)
    try await queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
    await #expect {
      try await store.write([Self.alice: "1"])
    } throws: {
      if case .unreachable? = $0 as? IdentityStoreError { true } else { false }
    }
    try await queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    try await store.write([Self.alice: "1"])
    try queue.close()
    await store.shutdown()
  }

  @Test func tellsWhoWasAwayTooLongToLoadAnew() async throws {
    let folder = try TemporaryFolder()
    let store = try Self.open(folder)
    let first = try await store.write([Self.alice: "1"])
    var many: [RecordKey: String?] = [:]
    for index in 0..<15_000 { many[RecordKey(.user, ByteString("\(index)"))] = "" }
    let last = try await store.write(many)
    let events = await waitFor(store.changes(after: first)) { !$0.isEmpty }
    guard case .compacted? = events.first else {
      Issue.record("told \(events.count) events")
      return
    }
    let (records, revision) = try await store.loaded()
    #expect(records.count == 15_001)
    #expect(revision == last)
    await store.shutdown()
  }

  /// Foreign rows are told in the log and stand in nobody's way.
  @Test func leavesOutWhatItDoesNotKnow() async throws {
    let folder = try TemporaryFolder()
    let store = try Self.open(folder)
    try await store.write([Self.alice: "1"])
    let queue = try DatabaseQueue(path: folder.path + "/identity.db")
    try await queue.write { database in
      try database.execute(
        sql: """
          INSERT INTO records (key, value, revision) VALUES (X'7A7A2F61', X'00', 9), ('user/text', 'text', 9),
            (X'757365722F626F62', 'text', 9)
          """)
    }
    try queue.close()
    let records = try await store.loaded().records
    // A value that is no blob is a record that cannot be read.
    #expect(records.keys.sorted() == [Self.alice, RecordKey(.user, "bob")])
    #expect(records[RecordKey(.user, "bob")]?.value == [])
    await store.shutdown()
  }
}
