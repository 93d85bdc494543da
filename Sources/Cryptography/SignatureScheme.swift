/// How a signature is made over a message, the digest included.
public enum SignatureScheme: Hashable, Sendable {
  /// RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2).
  case rsaPKCS1(DigestAlgorithm)
  /// RSASSA-PSS (RFC 8017 section 8.1), MGF1 with the same digest, a salt as long as the digest.
  case rsaPSS(DigestAlgorithm)
  /// ECDSA on the key's curve; the signature is r and s, each as long as a coordinate (RFC 7518 section 3.4).
  case ecdsa(DigestAlgorithm)
  /// Ed25519 or Ed448, as the key is (RFC 8032).
  case edDSA

  var digest: DigestAlgorithm? {
    switch self {
    case .rsaPKCS1(let digest), .rsaPSS(let digest), .ecdsa(let digest): digest
    case .edDSA: nil
    }
  }

  func fits(_ kind: KeyKind) -> Bool {
    switch (self, kind) {
    case (.rsaPKCS1, .rsa), (.rsaPSS, .rsa), (.ecdsa, .ec), (.edDSA, .ed25519), (.edDSA, .ed448): true
    default: false
    }
  }
}
