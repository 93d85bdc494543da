import IdentityStore
import S3Model
import Synchronization

/// Counts which keys of the ring records need. One that cannot be read counts for none: nothing opens it anyway.
final class RingKeyCounter: Sendable {
  private let found = Mutex<[ByteString: Int]>([:])

  var counts: [ByteString: Int] { found.withLock { $0 } }

  func count(_ records: [StoredRecord]) {
    for record in records {
      let ids =
        switch record.key.kind {
        case .accessKey: Self.ids(KeyRecord.self, record)
        case .loginProfile: Self.ids(LoginProfileRecord.self, record)
        case .mfaDevice: Self.ids(MFADeviceRecord.self, record)
        case .user, .group, .role, .policy, .mfaUse, .oidcProvider, .account, .revocation, .session, .keyUse:
          Set<ByteString>()
        }
      found.withLock { found in for id in ids { found[id, default: 0] += 1 } }
    }
  }

  private static func ids<Record: SecretRecord>(_ type: Record.Type, _ stored: StoredRecord) -> Set<ByteString> {
    do throws(RecordFault) {
      return try Record(parsing: stored.value).ringKeyIDs
    } catch {
      return []
    }
  }
}
