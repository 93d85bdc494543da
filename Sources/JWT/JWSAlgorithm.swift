public import Cryptography

/// The signature algorithms of RFC 7518 section 3.1 and RFC 8037. `none` is not among them.
public enum JWSAlgorithm: String, CaseIterable, Hashable, Sendable {
  case hs256 = "HS256"
  case hs384 = "HS384"
  case hs512 = "HS512"
  case rs256 = "RS256"
  case rs384 = "RS384"
  case rs512 = "RS512"
  case ps256 = "PS256"
  case ps384 = "PS384"
  case ps512 = "PS512"
  case es256 = "ES256"
  case es384 = "ES384"
  case es512 = "ES512"
  case edDSA = "EdDSA"

  /// - Parameter name: as in the header, compared byte by byte.
  public init?(name: String) {
    guard let algorithm = Self.allCases.first(where: { $0.rawValue.utf8.elementsEqual(name.utf8) }) else { return nil }
    self = algorithm
  }

  /// Everything but HMAC: what keys that are published can verify.
  public static let asymmetric = Set(allCases.filter { $0.scheme != nil })

  /// nil for HMAC.
  public var scheme: SignatureScheme? {
    switch self {
    case .hs256, .hs384, .hs512: nil
    case .rs256: .rsaPKCS1(.sha256)
    case .rs384: .rsaPKCS1(.sha384)
    case .rs512: .rsaPKCS1(.sha512)
    case .ps256: .rsaPSS(.sha256)
    case .ps384: .rsaPSS(.sha384)
    case .ps512: .rsaPSS(.sha512)
    case .es256: .ecdsa(.sha256)
    case .es384: .ecdsa(.sha384)
    case .es512: .ecdsa(.sha512)
    case .edDSA: .edDSA
    }
  }

  /// nil for everything but HMAC.
  public var hmacDigest: DigestAlgorithm? {
    switch self {
    case .hs256: .sha256
    case .hs384: .sha384
    case .hs512: .sha512
    default: nil
    }
  }

  /// Whether keys of the kind verify this algorithm; ECDSA's digest and curve belong together (RFC 7518 section 3.4).
  public func fits(_ kind: KeyKind) -> Bool {
    switch (self, kind) {
    case (.rs256, .rsa), (.rs384, .rsa), (.rs512, .rsa), (.ps256, .rsa), (.ps384, .rsa), (.ps512, .rsa): true
    case (.es256, .ec(.p256)), (.es384, .ec(.p384)), (.es512, .ec(.p521)): true
    case (.edDSA, .ed25519), (.edDSA, .ed448): true
    default: false
    }
  }
}
