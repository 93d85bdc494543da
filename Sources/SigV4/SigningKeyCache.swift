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

  private let generationEntriesMax: Int
  private var young: [Key: SigningKey] = [:]
  private var old: [Key: SigningKey] = [:]

  /// - Parameter entriesMax: derived keys held at once, at least 2; each takes about 400 bytes.
  public init(entriesMax: Int = 4096) {
    generationEntriesMax = max(1, entriesMax / 2)
  }

  /// Number of keys held.
  public var count: Int { young.count + old.count }

  /// Nil when no key can be derived.
  func key(
    _ secret: SigningSecret, _ algorithm: SignatureAlgorithm, _ scope: CredentialScope, using hasher: SHA256Hasher
  ) -> SigningKey? {
    let key = Key(
      accessKeyID: secret.accessKeyID, revision: secret.revision,
      scope: algorithm == .hmacSHA256 ? scope.text : ByteString([]))
    if let found = young[key] { return found }
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
    return signingKey
  }
}

@available(*, unavailable)
extension SigningKeyCache: Sendable {}

/// A derived key of either algorithm.
enum SigningKey: Sendable {
  case hmac(HMACSHA256Key)
  case ecdsa(P256PrivateKey)
}
