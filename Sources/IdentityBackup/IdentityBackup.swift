import Cryptography
public import IdentityStore
import JSON
public import S3Model
import Synchronization

/// Everything that a store holds, as lines of JSON: the backup, and the way from one store into another.
///
/// The first line says what it is; one line follows for each record, in the order of keys; the last one holds the digest
/// of all before it, sealed with the key ring, so that a file that was cut off or changed is refused. Secrets stay
/// sealed: whoever takes a backup up needs the same key ring, and whoever finds one learns names and policies only.
public enum IdentityBackup {
  static let format = "martlet identities"
  static let version: Int64 = 1
  /// Binds the digest: no record has this key.
  static let digestOwner = RecordKey(.account, "backup")
  static let digestMember = "digest"

  /// Writes a backup. Records that change while it runs are as they were or as they are.
  /// - Parameters:
  ///   - now: in seconds since 1970.
  ///   - write: takes one line after the other.
  /// - Returns: how many records it holds.
  public static func write(
    _ store: any IdentityStore, account: AccountID, _ sealer: SecretSealer, now: Int64,
    to write: ([UInt8]) throws -> Void
  ) async throws -> Int {
    var header = JSONObject()
    header["format"] = .string(format)
    header["version"] = .integer(version)
    header["account"] = .string("\(account)")
    header["created"] = .integer(now)
    let hasher = SHA256Hasher()
    func put(_ line: [UInt8]) throws {
      let line = line + [0x0A]
      hasher.update(line)
      try write(line)
    }
    try put(JSONValue.object(header).compact)
    let records = try await read(store)
    for record in records {
      guard isObject(record.value) else { throw BackupError.unreadable(record.key, line: 0) }
      try put(line(record))
    }
    let digest = try sealer.seal(hasher.finish().bytes, owner: digestOwner, member: digestMember)
    var trailer = JSONObject()
    trailer["records"] = .integer(Int64(records.count))
    trailer["digest"] = .string(digest.text.text)
    try write(JSONValue.object(trailer).compact + [0x0A])
    return records.count
  }

  /// All records in the order of keys, those of volatile kinds too.
  static func read(_ store: any IdentityStore) async throws(BackupError) -> [StoredRecord] {
    do throws(IdentityStoreError) {
      let collector = RecordCollector()
      _ = try await store.load { collector.add($0) }
      var records = collector.records
      for kind in RecordKey.Kind.allCases where kind.isVolatile {
        var last: ByteString?
        while true {
          let page = try await store.list(kind, after: last, countMax: 500)
          guard let end = page.last else { break }
          last = end.key.name
          records += page
        }
      }
      return records.sorted { $0.key < $1.key }
    } catch {
      throw .store(error)
    }
  }

  private static func isObject(_ value: [UInt8]) -> Bool {
    do throws(JSONError) {
      return try JSONValue(parsing: value).object != nil
    } catch {
      return false
    }
  }

  /// The value goes in as it is: it is JSON without line feeds.
  private static func line(_ record: StoredRecord) -> [UInt8] {
    var writer = JSONWriter()
    writer.write(string: record.key.text.bytes)
    return Array(#"{"key":"#.utf8) + writer.bytes + Array(#","value":"#.utf8) + record.value + [UInt8(ascii: "}")]
  }
}

/// Collects batches, which come one after the other but from any thread.
private final class RecordCollector: Sendable {
  private let collected = Mutex<[StoredRecord]>([])

  func add(_ batch: [StoredRecord]) { collected.withLock { $0 += batch } }
  var records: [StoredRecord] { collected.withLock { $0 } }
}
