public import IdentityStore
public import S3Model

/// Why a backup is not written, or not taken. Nothing has been changed, unless it says so.
public enum BackupError: Error, Equatable, Sendable {
  case store(IdentityStoreError)
  /// Not a backup at all, or of another version.
  case unknownFormat
  /// Cut off, or changed since it was written.
  case damaged(line: Int)
  /// Made by a node with another key ring: secrets would not open.
  case unknownRingKey(ByteString)
  case otherAccount(ByteString)
  /// A record that this version cannot read.
  case unreadable(RecordKey, line: Int)
  case duplicate(RecordKey, line: Int)
  /// A secret that does not open, though its key is in the ring.
  case sealed(RecordKey)
  /// The store holds identities, and neither merging nor replacing was asked for.
  case notEmpty
  /// Somebody else changed these identities meanwhile; what was written stays. The same import can be run again.
  case contended(written: Int)
  /// The store failed; what was written stays. The same import can be run again.
  case interrupted(written: Int, IdentityStoreError)
}

extension BackupError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .store(let error): "the identity store: \(error)"
    case .unknownFormat: "not a backup of identities, or one of another version"
    case .damaged(let line): "line \(line): the backup is cut off or was changed"
    case .unknownRingKey(let id): "sealed with key \(id), which is not in this key ring"
    case .otherAccount(let account): "a backup of account \(account)"
    case .unreadable(let key, let line): "line \(line): \(key) cannot be read"
    case .duplicate(let key, let line): "line \(line): \(key) comes twice"
    case .sealed(let key): "a secret of \(key) does not open"
    case .notEmpty: "the store holds identities already; say --merge or --replace"
    case .contended(let written): "identities changed meanwhile, after \(written) were written; run it again"
    case .interrupted(let written, let error): "stopped after \(written) were written, run it again: \(error)"
    }
  }
}
