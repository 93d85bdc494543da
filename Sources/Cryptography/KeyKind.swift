/// The NIST curves that ECDSA keys are on (FIPS 186-4).
public enum EllipticCurve: String, CaseIterable, Sendable {
  case p256, p384, p521

  /// Length of a coordinate, and of a private scalar, in bytes.
  public var coordinateByteCount: Int {
    switch self {
    case .p256: 32
    case .p384: 48
    case .p521: 66
    }
  }

  var groupName: StaticString {
    switch self {
    case .p256: "prime256v1"
    case .p384: "secp384r1"
    case .p521: "secp521r1"
    }
  }
}

/// The kinds of asymmetric keys that this module takes.
public enum KeyKind: Hashable, Sendable {
  case rsa
  case ec(EllipticCurve)
  case ed25519, ed448
}
