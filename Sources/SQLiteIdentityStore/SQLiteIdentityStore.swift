import GRDB
import Glibc
public import IdentityStore
public import Logging
public import S3Model
import Settings
import Synchronization

/// Identities in one file of this machine: the embedded default.
///
/// Several processes may have it open (the command line beside a running gateway): each sees the others' commits within
/// the polling interval. Everything blocking runs on queues of the database's own.
public final class SQLiteIdentityStore: IdentityStore {
  public struct Options: Sendable {
    public var path: String
    /// How long a commit waits for another process.
    public var busyTimeout: Duration = .seconds(5)
    /// How often others' commits are looked for.
    public var pollInterval: Duration = .milliseconds(100)
    /// How often expired records are removed.
    public var expiryInterval: Duration = .seconds(60)
    /// What the file may grow to; nil: what the disk gives.
    public var bytesMax: Int?

    public init(path: String) { self.path = path }
  }

  public let name = "sqlite"
  public let isRemote = false
  public let limits = StoreLimits(changesMax: 10_000_000, bytesMax: 1 << 31, recordBytesMax: 1 << 20)

  private let options: Options
  private let database: DatabasePool
  private let file: FileIdentity
  private let log: Logger
  private let isClosed = Atomic<Bool>(false)
  private let expiry = Mutex<Task<Void, Never>?>(nil)

  /// How many changes the log of changes keeps; who was away for more loads everything anew.
  static let changesKept = 20_000

  /// Opens the file, which is made when it is missing, readable by its owner only. Blocks.
  /// - Throws: `refused` when others may read it, `newerSchema`, `corrupt`.
  public init(_ options: Options, log: Logger) throws(IdentityStoreError) {
    self.options = options
    self.log = log
    try Self.create(options.path)
    var configuration = Configuration()
    configuration.label = "identity"
    configuration.busyMode = .timeout(options.busyTimeout / .seconds(1))
    configuration.maximumReaderCount = 4
    let bytesMax = options.bytesMax
    configuration.prepareDatabase { database in
      // An acknowledged commit survives a power failure; a file made by somebody else runs nothing of its own.
      try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
      if let bytesMax { try database.execute(sql: "PRAGMA max_page_count = \(bytesMax / 4096)") }
    }
    do {
      database = try DatabasePool(path: options.path, configuration: configuration)
      try IdentitySchema.migrate(database)
    } catch let error as IdentityStoreError {
      throw error
    } catch {
      throw IdentityStoreError(error)
    }
    guard let file = FileIdentity(options.path) else {
      throw .corrupt(key: nil, reason: "`\(options.path)` is gone")
    }
    self.file = file
    expiry.withLock {
      $0 = Task.detached { [weak self, interval = options.expiryInterval] in
        while !Task.isCancelled {
          do { try await Task.sleep(for: interval) } catch { return }
          guard let self else { return }
          await self.removeExpired()
        }
      }
    }
  }

  deinit { expiry.withLock { $0?.cancel() } }

  private static func create(_ path: String) throws(IdentityStoreError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    if descriptor >= 0 {
      // The umask can only have taken bits away.
      fchmod(descriptor, 0o600)
      close(descriptor)
    } else if errno != EEXIST {
      throw .refused(reason: "`\(path)`: \(String(cString: strerror(errno)))")
    }
    for path in [path, path + "-wal", path + "-shm"] {
      do throws(FileFault) {
        try RegularFile.checkSecret(path)
      } catch {
        throw .refused(reason: "`\(path)`: \(error)")
      }
    }
  }

  // MARK: Reading

  public func load(
    _ take: @escaping @Sendable ([StoredRecord]) throws(IdentityStoreError) -> Void
  ) async throws(IdentityStoreError) -> StoreRevision {
    try await read { database in
      let revision = try IdentitySchema.state(database).revision
      let rows = try Row.fetchCursor(database, sql: "SELECT key, value, revision, expires FROM records")
      var batch: [StoredRecord] = []
      while let row = try rows.next() {
        guard let record = try self.record(row), !record.key.kind.isVolatile else { continue }
        batch.append(record)
        if batch.count == Self.batchCount {
          try take(batch)
          batch.removeAll(keepingCapacity: true)
        }
      }
      if !batch.isEmpty { try take(batch) }
      return revision
    }
  }

  private static let batchCount = 1000

  public func readings(_ keys: [RecordKey]) async throws(IdentityStoreError) -> StoreReading {
    try await read { database in
      var reading = StoreReading(records: [], revision: try IdentitySchema.state(database).revision)
      for key in keys {
        if let record = try self.find(key, database) { reading.records.append(record) }
      }
      return reading
    }
  }

  private func find(_ key: RecordKey, _ database: Database) throws -> StoredRecord? {
    let statement = try database.cachedStatement(
      sql: "SELECT key, value, revision, expires FROM records WHERE key = ?")
    return try Row.fetchOne(statement, arguments: [key.blob]).flatMap { try self.record($0) }
  }

  public func list(
    _ kind: RecordKey.Kind, after name: ByteString?, countMax: Int
  ) async throws(IdentityStoreError) -> [StoredRecord] {
    let now = Int64(time(nil))
    return try await read { database in
      let statement = try database.cachedStatement(
        sql: """
          SELECT key, value, revision, expires FROM records
          WHERE key > ? AND key < ? AND (expires IS NULL OR expires > ?) ORDER BY key LIMIT ?
          """)
      let prefix = Array(kind.rawValue.utf8)
      let after = name.map { RecordKey(kind, $0).blob } ?? .blob(prefix + [UInt8(ascii: "/")])
      let end = DatabaseValue.blob(prefix + [UInt8(ascii: "/") + 1])
      let rows = try Row.fetchCursor(statement, arguments: [after, end, now, countMax])
      var records: [StoredRecord] = []
      while let row = try rows.next() {
        if let record = try self.record(row) { records.append(record) }
      }
      return records
    }
  }

  /// - Returns: nil for what no record of ours can be, which is told in the log.
  private func record(_ row: Row) throws -> StoredRecord? {
    guard let text = try row.bytes(0), let key = RecordKey(ByteString(text)), let revision: Int64 = row[2] else {
      tellForeign(row)
      return nil
    }
    return StoredRecord(key: key, value: try value(row) ?? [], revision: StoreRevision(revision))
  }

  /// Nothing of ours is larger than the limit; what is becomes a record that cannot be read, and fails closed.
  private func value(_ row: Row) throws -> [UInt8]? {
    try row.bytes(1).map { $0.count <= limits.recordBytesMax ? $0 : [] }
  }

  private func tellForeign(_ row: Row) {
    log.error("the identity store holds a record of an unknown kind", metadata: ["key": "\(row[0] as DatabaseValue)"])
  }

  // MARK: Writing

  public func commit(_ transaction: StoreTransaction) async throws(IdentityStoreError) -> CommitOutcome {
    guard limits.allow(transaction) else { throw .tooLarge }
    return try await write { database in
      for (key, revision) in transaction.conditions {
        let found = try Int64.fetchOne(
          database.cachedStatement(sql: "SELECT revision FROM records WHERE key = ?"), arguments: [key.blob])
        guard found == revision?.number else { return .conflict }
      }
      let state = try IdentitySchema.state(database)
      if transaction.changes.isEmpty { return .committed(state.revision) }
      let revision = StoreRevision(state.revision.number + 1)
      let told = transaction.changes.keys.count { !$0.kind.isVolatile }
      let isLogged = told <= Self.changesKept / 2
      for (key, value) in transaction.changes {
        try Self.write(key, value, revision, expires: transaction.expirations[key], database)
        guard isLogged, !key.kind.isVolatile else { continue }
        try database.cachedStatement(sql: "INSERT INTO changes (revision, key) VALUES (?, ?)")
          .execute(arguments: [revision.number, key.blob])
      }
      try database.execute(sql: "UPDATE state SET revision = ?", arguments: [revision.number])
      if told > 0 { try IdentitySchema.trim(database, isLogged: isLogged, revision) }
      return .committed(revision)
    }
  }

  private static func write(
    _ key: RecordKey, _ value: [UInt8]?, _ revision: StoreRevision, expires: Int64?, _ database: Database
  ) throws {
    guard let value else {
      try database.cachedStatement(sql: "DELETE FROM records WHERE key = ?").execute(arguments: [key.blob])
      return
    }
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO records (key, value, revision, expires) VALUES (?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, revision = excluded.revision, expires = excluded.expires
        """)
    try statement.execute(
      arguments: [key.blob, DatabaseValue.blob(value), revision.number, key.kind.isVolatile ? expires : nil])
  }

  /// A few at a time, so that commits come between.
  private func removeExpired() async {
    let now = Int64(time(nil))
    while true {
      do {
        let removed = try await write { database in
          try database.execute(
            sql: "DELETE FROM records WHERE id IN (SELECT id FROM records WHERE expires <= ? LIMIT 500)",
            arguments: [now])
          return database.changesCount
        }
        if removed == 0 { return }
      } catch {
        return log.warning("expired records stay in the identity store", metadata: ["error": "\(error)"])
      }
    }
  }

  // MARK: Changes

  public func changes(after revision: StoreRevision) -> AsyncStream<StoreEvent> {
    let feed = ChangeFeed(after: revision, interval: options.pollInterval)
    // Pulled: who takes its time is told of several transactions at once.
    return AsyncStream { [weak self] in
      while true {
        switch await self?.step(feed) {
        case .event(let event)?: return event
        case .nothing?: break
        case .ended?, nil: return nil
        }
        do { try await Task.sleep(for: feed.interval) } catch { return nil }
      }
    }
  }

  private func step(_ feed: ChangeFeed) async -> ChangeFeed.Step {
    await feed.next { revision throws(IdentityStoreError) in try await self.changed(after: revision) }
  }

  /// - Returns: nil when what is asked for is no longer kept.
  private func changed(
    after revision: StoreRevision
  ) async throws(IdentityStoreError) -> (changes: [RecordChange], revision: StoreRevision)? {
    try await read { database in
      let state = try IdentitySchema.state(database)
      if state.revision <= revision { return ([], state.revision) }
      guard revision >= state.compacted else { return nil }
      // The last change of each key; the record itself says what became of it.
      let statement = try database.cachedStatement(
        sql: """
          SELECT changed.key, records.value, changed.last FROM
            (SELECT key, MAX(revision) AS last FROM changes WHERE revision > ? GROUP BY key) AS changed
          LEFT JOIN records ON records.key = changed.key ORDER BY changed.last, changed.key
          """)
      let rows = try Row.fetchCursor(statement, arguments: [revision.number])
      var changes: [RecordChange] = []
      while let row = try rows.next() {
        guard let text = try row.bytes(0), let key = RecordKey(ByteString(text)), let revision: Int64 = row[2] else {
          self.tellForeign(row)
          continue
        }
        changes.append(RecordChange(key: key, value: try self.value(row), revision: StoreRevision(revision)))
      }
      return (changes, state.revision)
    }
  }

  // MARK: Queues

  private func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(IdentityStoreError) -> Value {
    try check()
    let result: Result<Value, IdentityStoreError> = await withCheckedContinuation { continuation in
      database.asyncRead { database in
        continuation.resume(returning: Self.run { try body(try database.get()) })
      }
    }
    return try result.get()
  }

  private func write<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(IdentityStoreError) -> Value {
    try check()
    let result: Result<Value, IdentityStoreError> = await withCheckedContinuation { continuation in
      database.asyncWriteWithoutTransaction { database in
        continuation.resume(
          returning: Self.run {
            var value: Value?
            try database.inTransaction(.immediate) {
              value = try body(database)
              return .commit
            }
            guard let value else { preconditionFailure("set above, or thrown") }
            return value
          })
      }
    }
    return try result.get()
  }

  private static func run<Value>(_ body: () throws -> Value) -> Result<Value, IdentityStoreError> {
    do {
      return .success(try body())
    } catch let error as IdentityStoreError {
      return .failure(error)
    } catch {
      return .failure(IdentityStoreError(error))
    }
  }

  private func check() throws(IdentityStoreError) {
    if isClosed.load(ordering: .acquiring) { throw .closed }
    // Somebody who puts another file in its place would not be heard by us, nor we by others.
    guard file == FileIdentity(options.path) else {
      throw .corrupt(key: nil, reason: "`\(options.path)` was replaced or removed while in use")
    }
  }

  public func shutdown() async {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    expiry.withLock { $0?.cancel() }
    do {
      try database.close()
    } catch {
      log.warning("the identity store did not close", metadata: ["error": "\(error)"])
    }
  }
}
