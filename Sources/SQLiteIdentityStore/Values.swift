import Foundation
import GRDB
import Glibc
import IdentityStore
import S3Model

extension DatabaseValue {
  static func blob(_ bytes: [UInt8]) -> DatabaseValue { Data(bytes).databaseValue }
}

extension RecordKey {
  var blob: DatabaseValue { .blob(text.bytes) }
}

extension Row {
  /// Nil for NULL, and for what is no blob.
  func bytes(_ index: Int) throws -> [UInt8]? {
    guard let value = self[index] as DatabaseValue?, case .blob = value.storage else { return nil }
    return try withUnsafeData(atIndex: index) { $0.map { [UInt8]($0) } }
  }
}

/// Which file stands at a path.
struct FileIdentity: Equatable, Sendable {
  private let device: UInt
  private let inode: UInt

  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
  }
}

extension IdentityStoreError {
  init(_ error: any Error) {
    guard let error = error as? DatabaseError else {
      self = .unreachable(reason: "\(error)")
      return
    }
    // Never the statement's arguments: they hold records.
    let reason = error.message ?? "\(error.resultCode)"
    switch error.resultCode.primaryResultCode {
    case .SQLITE_FULL: self = .full
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_ERROR:
      self = .corrupt(key: nil, reason: reason)
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_CANTOPEN: self = .refused(reason: reason)
    case .SQLITE_TOOBIG: self = .tooLarge
    case .SQLITE_MISUSE: self = .closed
    default: self = .unreachable(reason: reason)
    }
  }
}
