import Authorization
import Cryptography
import IAMPolicy
import IdentityStore
import S3Model
import Settings
import SigV4
import Synchronization

@testable import Identity

/// Directories for tests.
enum Identities {
  static let root = RootCredentials(
    accessKeyID: "ROOTKEY", secretAccessKey: Secret("Q7zL0vT4mXk2Rw9bYc8N".utf8), source: .environment)
  static let now: Int64 = 1_780_000_000

  static func sealer(_ keys: ByteString...) throws -> SecretSealer {
    var ring: [ByteString: AESGCMKey] = [:]
    for (index, id) in keys.enumerated() {
      ring[id] = try AESGCMKey([UInt8](repeating: UInt8(index + 1), count: AESGCMKey.keyCount))
    }
    let all = ring
    guard let first = keys.first, let key = ring[first] else { throw CryptographyError.authenticationFailed }
    return SecretSealer(sealingKeyID: first, sealingKey: key) { all[$0] }
  }

  static func directory(
    _ identities: String = "users: {}", account: String = "123456789012", faults: Faults = Faults(),
    sealer: SecretSealer? = nil
  ) throws -> IdentityDirectory {
    try IdentityDirectory(
      try GatewaySettings(yaml: "account_id: \(account)\nidentities:\n  \(identities)"), root: root,
      sealer: sealer ?? Self.sealer("ring1")
    ) { faults.add($0) }
  }
}

/// What a directory reports.
final class Faults: Sendable {
  private let faults = Mutex<[IdentityFault]>([])

  func add(_ fault: IdentityFault) { faults.withLock { $0.append(fault) } }
  var all: [IdentityFault] { faults.withLock { $0 } }
}

extension IdentityDirectory {
  /// Who a key stands for, without any cache.
  func caller(_ id: ByteString, at now: Int64 = Identities.now) throws -> Caller {
    guard let key = accessKey(id) else { throw NoSuchKey() }
    return try AccessKeyCache().caller(of: key, in: self, authorization: authorization, revision: 1, atSeconds: now)
  }

  func secret(_ id: ByteString) throws -> SigningSecret {
    guard let key = accessKey(id) else { throw NoSuchKey() }
    return try AccessKeyCache().signingSecret(of: key, in: self)
  }

  struct NoSuchKey: Error {}

  /// Takes records under the next revision.
  mutating func put(_ records: any IdentityRecord...) {
    apply(records.map { RecordChange(key: $0.key, value: $0.value, revision: StoreRevision(1)) })
  }

  mutating func remove(_ keys: RecordKey...) {
    apply(keys.map { RecordChange(key: $0, value: nil, revision: StoreRevision(2)) })
  }

  /// Whether a key's caller may read an object of bucket `data`.
  func mayRead(_ id: ByteString, at now: Int64 = Identities.now) throws -> Bool {
    let caller = try caller(id, at: now)
    return Authorizer.decide(
      Access(.getObject, bucket: "data", key: "x"), caller, authorization, at: PolicyDate(seconds: now), NoFacts()
    ).isAllowed
  }
}

struct NoFacts: RequestFacts {
  func value(for key: ConditionKey) -> ConditionValue { .absent }
}
