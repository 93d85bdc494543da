import Cryptography
import GatewayTesting
import IdentityStore
import S3Model
import Testing

@testable import IdentityBackup

@Suite struct IdentityBackupTests {
  private static let account = AccountID("000000000000")
  private static let now: Int64 = 1_800_000_000

  private static func sealer(_ id: ByteString, byte: UInt8) throws -> SecretSealer {
    let key = try AESGCMKey((0..<32).map { byte &+ $0 })
    return SecretSealer(sealingKeyID: id, sealingKey: key) { $0 == id ? key : nil }
  }

  private static func put(_ store: MemoryIdentityStore, _ records: [any IdentityRecord]) async throws {
    var transaction = StoreTransaction()
    for record in records { transaction.changes[record.key] = .some(record.value) }
    guard case .committed = try await store.commit(transaction) else { throw BackupError.notEmpty }
  }

  private static func key(_ id: ByteString, _ sealer: SecretSealer) throws -> KeyRecord {
    let secret = try sealer.seal(Array("secret of \(id)".utf8), owner: RecordKey(.accessKey, id))
    return KeyRecord(accessKeyID: id, owner: .user("AIDA1"), secret: secret, created: 1)
  }

  private static func user(_ name: ByteString, path: ByteString = "/") -> UserRecord {
    UserRecord(name: name, path: path, uniqueID: "AIDA1", created: 1)
  }

  private static func filled(_ sealer: SecretSealer) async throws -> MemoryIdentityStore {
    let store = MemoryIdentityStore()
    try await put(
      store,
      [
        user("alice"), try key("AKIA1", sealer),
        KeyUseRecord(accessKeyID: "AKIA1", time: 5, service: "s3", region: "r"),
        RevocationRecord(subject: .role, id: "AROA1", issuedBefore: 1000, expires: now + 10),
      ])
    return store
  }

  private static func document(_ store: MemoryIdentityStore, _ sealer: SecretSealer) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    _ = try await IdentityBackup.write(
      store, account: try #require(account), sealer, now: now, to: { bytes += $0 })
    return bytes
  }

  private static func content(_ bytes: [UInt8], _ sealer: SecretSealer) throws(BackupError) -> BackupContent {
    guard let account else { throw .unknownFormat }
    return try BackupContent(parsing: bytes, account: account, sealer, now: now)
  }

  private static func values(_ store: MemoryIdentityStore) async throws -> [RecordKey: [UInt8]] {
    Dictionary(uniqueKeysWithValues: try await IdentityBackup.read(store).map { ($0.key, $0.value) })
  }

  @Test func roundTripIsTheSameStore() async throws {
    let sealer = try Self.sealer("k1", byte: 1)
    let store = try await Self.filled(sealer)
    let bytes = try await Self.document(store, sealer)
    #expect(!String(decoding: bytes, as: UTF8.self).contains("secret of"))
    let other = MemoryIdentityStore()
    let plan = try await BackupImport(try Self.content(bytes, sealer), into: other, .empty)
    try await plan.run(other)
    #expect(plan.summary.added == 4)
    #expect(try await Self.values(other) == Self.values(store))
    // A second time there is nothing to do, and without a word nothing may be done.
    await #expect(throws: BackupError.notEmpty) {
      _ = try await BackupImport(try Self.content(bytes, sealer), into: other, .empty)
    }
    let again = try await BackupImport(try Self.content(bytes, sealer), into: other, .replace)
    #expect(again.summary == BackupImport.Summary(unchanged: 4))
  }

  @Test func refusesWhatIsCutOffOrChanged() async throws {
    let sealer = try Self.sealer("k1", byte: 1)
    let bytes = try await Self.document(try await Self.filled(sealer), sealer)
    _ = try Self.content(bytes, sealer)
    for end in stride(from: 0, to: bytes.count, by: 17) {
      #expect(throws: BackupError.self) { try Self.content(Array(bytes[..<end]), sealer) }
    }
    for index in stride(from: 0, to: bytes.count, by: 13) {
      var changed = bytes
      changed[index] ^= 1
      #expect(throws: BackupError.self) { try Self.content(changed, sealer) }
    }
    var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    lines.remove(at: 2)
    #expect(throws: BackupError.self) { try Self.content(Array((lines.joined(separator: "\n") + "\n").utf8), sealer) }
    #expect(throws: BackupError.self) { try Self.content(bytes + Array("{}\n".utf8), sealer) }
  }

  @Test func refusesOtherKeyRingsAndAccounts() async throws {
    let sealer = try Self.sealer("k1", byte: 1)
    let bytes = try await Self.document(try await Self.filled(sealer), sealer)
    #expect(throws: BackupError.unknownRingKey("k1")) {
      try Self.content(bytes, try Self.sealer("k2", byte: 1))
    }
    // A key of the same name is not the same key.
    #expect(throws: BackupError.self) { try Self.content(bytes, try Self.sealer("k1", byte: 9)) }
    let other = try #require(AccountID("111111111111"))
    #expect(throws: BackupError.otherAccount("000000000000")) {
      try BackupContent(parsing: bytes, account: other, sealer, now: Self.now)
    }
  }

  @Test func replacingEndsWithTheBackupAndKeepsWhatDenies() async throws {
    let sealer = try Self.sealer("k1", byte: 1)
    let bytes = try await Self.document(try await Self.filled(sealer), sealer)
    let store = try await Self.filled(sealer)
    let later = RevocationRecord(subject: .role, id: "AROA1", issuedBefore: 2000, expires: Self.now + 20)
    let new = RevocationRecord(subject: .session, id: "ASIA1", issuedBefore: 5, expires: Self.now + 20)
    try await Self.put(store, [Self.user("alice", path: "/x/"), try Self.key("AKIA2", sealer), later, new])
    let plan = try await BackupImport(try Self.content(bytes, sealer), into: store, .replace)
    try await plan.run(store)
    let values = try await Self.values(store)
    #expect(values[RecordKey(.accessKey, "AKIA2")] == nil)
    #expect(values[RecordKey(.user, "alice")] == Self.user("alice").value)
    #expect(values[later.key] == later.value && values[new.key] == new.value)
    // The key was sealed twice, which never gives the same bytes.
    #expect(plan.summary == BackupImport.Summary(changed: 2, removed: 1, unchanged: 2))
  }

  @Test func mergingKeepsTheRest() async throws {
    let sealer = try Self.sealer("k1", byte: 1)
    let bytes = try await Self.document(try await Self.filled(sealer), sealer)
    let store = MemoryIdentityStore()
    try await Self.put(store, [Self.user("alice", path: "/x/"), try Self.key("AKIA2", sealer)])
    let plan = try await BackupImport(try Self.content(bytes, sealer), into: store, .merge)
    try await plan.run(store)
    let values = try await Self.values(store)
    #expect(values[RecordKey(.accessKey, "AKIA2")] != nil && values[RecordKey(.accessKey, "AKIA1")] != nil)
    #expect(values[RecordKey(.user, "alice")] == Self.user("alice").value)
  }

  @Test func stopsWhenSomebodyElseWrites() async throws {
    let sealer = try Self.sealer("k1", byte: 1)
    let bytes = try await Self.document(try await Self.filled(sealer), sealer)
    let store = MemoryIdentityStore()
    let plan = try await BackupImport(try Self.content(bytes, sealer), into: store, .empty)
    try await Self.put(store, [Self.user("alice", path: "/theirs/")])
    await #expect(throws: BackupError.contended(written: 0)) { try await plan.run(store) }
    #expect(try await Self.values(store)[RecordKey(.user, "alice")] == Self.user("alice", path: "/theirs/").value)
  }
}
