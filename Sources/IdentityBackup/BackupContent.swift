import Cryptography
public import IdentityStore
import JSON
public import S3Model

/// A backup that was read and checked as a whole: complete, unchanged, every record readable, every secret opens.
public struct BackupContent: Sendable {
  public let account: ByteString
  /// In seconds since 1970.
  public let created: Int64
  /// In the order of keys; without sessions that are over.
  public private(set) var records: [(key: RecordKey, value: [UInt8])] = []
  /// When volatile records go.
  private(set) var expirations: [RecordKey: Int64] = [:]

  /// - Parameters:
  ///   - account: whose identities they must be.
  ///   - now: in seconds since 1970.
  public init(
    parsing bytes: [UInt8], account: AccountID, _ sealer: SecretSealer, now: Int64
  ) throws(BackupError) {
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    // The last line ends like every other; behind it there is nothing.
    guard lines.count >= 3, lines.removeLast().isEmpty, let last = lines.popLast() else { throw .damaged(line: 1) }
    let header = try Self.object(lines[0], line: 1)
    guard header["format"]?.string == IdentityBackup.format, header["version"]?.integer == IdentityBackup.version,
      let owner = header["account"]?.string, let created = header["created"]?.integer
    else { throw .unknownFormat }
    self.account = ByteString(owner)
    self.created = created
    try Self.check(last, line: lines.count + 1, count: lines.count - 1, of: bytes, sealer)
    guard self.account == account.bytes else { throw .otherAccount(self.account) }
    var before: RecordKey?
    for (index, line) in lines.enumerated().dropFirst() {
      let object = try Self.object(line, line: index + 1)
      guard let text = object["key"]?.string, let key = RecordKey(ByteString(text)), let value = object["value"]
      else { throw .damaged(line: index + 1) }
      if let before, !(before < key) { throw .duplicate(key, line: index + 1) }
      before = key
      try take(key, value.compact, line: index + 1, sealer, now: now)
    }
  }

  private static func check(
    _ last: ArraySlice<UInt8>, line: Int, count: Int, of bytes: [UInt8], _ sealer: SecretSealer
  ) throws(BackupError) {
    let trailer = try object(last, line: line)
    guard trailer["records"]?.integer == Int64(count), let text = trailer["digest"]?.string else {
      throw .damaged(line: line)
    }
    let digest: SealedSecret
    do throws(RecordFault) {
      digest = try SealedSecret(text: ByteString(text))
    } catch {
      throw .damaged(line: line)
    }
    guard sealer.knows(digest) else { throw .unknownRingKey(digest.ringKeyID) }
    let found: [UInt8]
    do throws(CryptographyError) {
      found = try sealer.open(digest, owner: IdentityBackup.digestOwner, member: IdentityBackup.digestMember)
    } catch {
      throw .damaged(line: line)
    }
    let end = bytes.count - last.count - 1
    guard SHA256Hasher.hash(Array(bytes[..<end])).bytes == found else { throw .damaged(line: line) }
  }

  private static func object(_ line: ArraySlice<UInt8>, line number: Int) throws(BackupError) -> JSONObject {
    do throws(JSONError) {
      if let object = try JSONValue(parsing: Array(line)).object { return object }
    } catch {}
    throw .damaged(line: number)
  }

  /// Reads a record as the gateway would.
  private mutating func take(
    _ key: RecordKey, _ value: [UInt8], line: Int, _ sealer: SecretSealer, now: Int64
  ) throws(BackupError) {
    func check<Record: IdentityRecord>(_ type: Record.Type) throws(BackupError) -> Record {
      do throws(RecordFault) {
        let record = try Record(parsing: value)
        if record.key == key { return record }
      } catch {}
      throw .unreadable(key, line: line)
    }
    func checkSecrets(_ record: some SecretRecord) throws(BackupError) {
      guard !record.opens(sealer) else { return }
      for id in record.ringKeyIDs where !sealer.knows(ringKeyID: id) { throw .unknownRingKey(id) }
      throw .sealed(key)
    }
    switch key.kind {
    case .user: _ = try check(UserRecord.self)
    case .group: _ = try check(GroupRecord.self)
    case .role: _ = try check(RoleRecord.self)
    case .policy: _ = try check(PolicyRecord.self)
    case .accessKey: try checkSecrets(try check(KeyRecord.self))
    case .loginProfile: try checkSecrets(try check(LoginProfileRecord.self))
    case .mfaDevice: try checkSecrets(try check(MFADeviceRecord.self))
    case .oidcProvider: _ = try check(OIDCProviderRecord.self)
    case .account: _ = try check(AccountRecord.self)
    case .revocation: _ = try check(RevocationRecord.self)
    case .session:
      let session = try check(SessionRecord.self)
      guard session.expires > now else { return }
      expirations[key] = session.expires
    case .keyUse: _ = try check(KeyUseRecord.self)
    case .mfaUse: _ = try check(MFAUseRecord.self)
    }
    records.append((key: key, value: value))
  }
}
