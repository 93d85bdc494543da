import Cryptography
import S3Model

/// Derived signing keys by access key id, secret revision and scope. Bounded; one per event loop; derivations only.
///
/// Two generations: when the young one is full it becomes the old one, and what is still in use moves back. A look-up
/// never scans, and a flood of scopes cannot grow it.
public final class SigningKeyCache {
  struct Key: Hashable {
    let accessKeyID: ByteString
    let revision: UInt64
    /// Empty for SigV4A, whose key is the same for every scope.
    let scope: ByteString
  }

  private final class Recent {
    let key: Key
    let signingKey: SigningKey

    init(_ key: Key, _ signingKey: SigningKey) {
      self.key = key
      self.signingKey = signingKey
    }
  }

  private let generationEntriesMax: Int
  /// The keys used last, each at the place that its secret gives it: found by comparing, without hashing.
  private var recent: [Recent?] = Array(repeating: nil, count: 64)
  private var young: [Key: SigningKey] = [:]
  private var old: [Key: SigningKey] = [:]

  /// - Parameter entriesMax: derived keys held at once, at least 2; each takes about 1 KiB.
  public init(entriesMax: Int = 4096) {
    generationEntriesMax = max(1, entriesMax / 2)
  }

  /// Number of keys held.
  public var count: Int { young.count + old.count }

  /// Nil when no key can be derived.
  func key(
    _ secret: SigningSecret, _ algorithm: SignatureAlgorithm, _ scope: CredentialScope, using hasher: SHA256Hasher
  ) -> SigningKey? {
    let place = Self.place(secret, algorithm)
    if let last = recent[place], last.key.revision == secret.revision, last.key.accessKeyID == secret.accessKeyID,
      last.key.scope == (algorithm == .hmacSHA256 ? scope.text : Self.anyScope)
    {
      return last.signingKey
    }
    guard let (key, signingKey) = find(secret, algorithm, scope, using: hasher) else { return nil }
    recent[place] = Recent(key, signingKey)
    return signingKey
  }

  private static let anyScope = ByteString([])

  /// Keys of different scopes share a place: a client signs for the same one all day.
  @inline(__always)
  private static func place(_ secret: SigningSecret, _ algorithm: SignatureAlgorithm) -> Int {
    let id = secret.accessKeyID.bytes
    var place = secret.revision &+ UInt64(algorithm.rawValue) &* 31
    // The ends of ids differ, their beginnings do not.
    if let last = id.last { place = place &* 31 &+ UInt64(last) }
    if id.count > 1 { place = place &* 31 &+ UInt64(id[id.count - 2]) }
    return Int(place & 63)
  }

  private func find(
    _ secret: SigningSecret, _ algorithm: SignatureAlgorithm, _ scope: CredentialScope, using hasher: SHA256Hasher
  ) -> (Key, SigningKey)? {
    let key = Key(
      accessKeyID: secret.accessKeyID, revision: secret.revision,
      scope: algorithm == .hmacSHA256 ? scope.text : Self.anyScope)
    if let found = young[key] { return (key, found) }
    let signingKey: SigningKey
    if let found = old.removeValue(forKey: key) {
      signingKey = found
    } else {
      switch algorithm {
      case .hmacSHA256: signingKey = .hmac(secret.derivedKey(scope, using: hasher))
      case .ecdsaP256SHA256:
        guard let derived = secret.derivedAsymmetricKey(using: hasher) else { return nil }
        signingKey = .ecdsa(derived)
      }
    }
    if young.count >= generationEntriesMax {
      old = young
      young = [:]
    }
    young[key] = signingKey
    return (key, signingKey)
  }
}

@available(*, unavailable)
extension SigningKeyCache: Sendable {}

/// A derived key of either algorithm.
enum SigningKey: Sendable {
  case hmac(HMACSHA256Key)
  case ecdsa(P256PrivateKey)
}
