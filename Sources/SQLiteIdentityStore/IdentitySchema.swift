import GRDB
import IdentityStore

/// The tables. A change of them is another migration, named by the next number; a file with more than these is another
/// version's.
enum IdentitySchema {
  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.execute(
        sql: """
          CREATE TABLE records (
            id INTEGER PRIMARY KEY,
            key BLOB NOT NULL UNIQUE,
            value BLOB NOT NULL,
            revision INTEGER NOT NULL,
            expires INTEGER
          );
          CREATE INDEX records_expires ON records (expires) WHERE expires IS NOT NULL;
          CREATE TABLE changes (
            revision INTEGER NOT NULL,
            key BLOB NOT NULL,
            PRIMARY KEY (revision, key)
          ) WITHOUT ROWID;
          CREATE TABLE state (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            revision INTEGER NOT NULL,
            compacted INTEGER NOT NULL
          );
          INSERT INTO state (id, revision, compacted) VALUES (1, 0, 0);
          """)
    }
    return migrator
  }

  static func migrate(_ database: DatabasePool) throws {
    let migrator = self.migrator
    let newest = try database.read { database in
      try migrator.hasBeenSuperseded(database)
        ? migrator.appliedIdentifiers(database).compactMap { Int($0) }.max() ?? 0 : nil
    }
    if let newest { throw IdentityStoreError.newerSchema(version: newest) }
    try migrator.migrate(database)
  }

  struct State {
    var revision: StoreRevision
    /// Changes up to this one are no longer in the log.
    var compacted: StoreRevision
  }

  static func state(_ database: Database) throws -> State {
    let statement = try database.cachedStatement(sql: "SELECT revision, compacted FROM state")
    guard let row = try Row.fetchOne(statement), let revision: Int64 = row[0], let compacted: Int64 = row[1] else {
      throw IdentityStoreError.corrupt(key: nil, reason: "its state is missing")
    }
    return State(revision: StoreRevision(revision), compacted: StoreRevision(compacted))
  }

  /// Keeps the log of changes at its length.
  /// - Parameter isLogged: whether the changes of `revision` are in it.
  static func trim(_ database: Database, isLogged: Bool, _ revision: StoreRevision) throws {
    let oldest = isLogged ? revision.number - Int64(SQLiteIdentityStore.changesKept) : revision.number
    guard oldest > 0 else { return }
    try database.cachedStatement(sql: "DELETE FROM changes WHERE revision <= ?").execute(arguments: [oldest])
    try database.cachedStatement(sql: "UPDATE state SET compacted = MAX(compacted, ?)").execute(arguments: [oldest])
  }
}
