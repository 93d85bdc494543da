/// A private key's numbers, big-endian and unsigned. Prints as `<redacted>`.
public enum PrivateKeyParameters: Sendable {
  case rsa(modulus: [UInt8], exponent: [UInt8], privateExponent: [UInt8], factors: RSAFactors?)
  /// All three exactly as long as the curve's coordinates.
  case ec(EllipticCurve, x: [UInt8], y: [UInt8], scalar: [UInt8])
  /// `ed25519` or `ed448`, the public key and the seed as RFC 8032 encodes them.
  case edwards(KeyKind, [UInt8], seed: [UInt8])
}

/// RSA's factors and what is computed from them (RFC 8017 section 3.2).
public struct RSAFactors: Sendable {
  public var p: [UInt8]
  public var q: [UInt8]
  public var dp: [UInt8]
  public var dq: [UInt8]
  public var qi: [UInt8]

  public init(p: [UInt8], q: [UInt8], dp: [UInt8], dq: [UInt8], qi: [UInt8]) {
    self.p = p
    self.q = q
    self.dp = dp
    self.dq = dq
    self.qi = qi
  }
}

extension PrivateKeyParameters: CustomStringConvertible, CustomReflectable {
  public var description: String { "<redacted>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension RSAFactors: CustomStringConvertible, CustomReflectable {
  public var description: String { "<redacted>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
