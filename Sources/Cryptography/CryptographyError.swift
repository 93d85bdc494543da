/// What can go wrong in this module. Cases never carry key or message bytes.
public enum CryptographyError: Error, Equatable, Sendable {
  /// A key, nonce or digest had a length its algorithm does not take; `expected` in bytes.
  case wrongLength(expected: Int)
  /// An AEAD tag or padding did not match: wrong key, wrong associated data, or changed bytes.
  case authenticationFailed
  /// The bytes are no key of the algorithm (out of range, not on the curve).
  case invalidKey
  /// A well-formed key or certificate of an algorithm, curve or size that this module does not take.
  case unsupportedKey
  /// The key does not make or check signatures of the scheme that was asked for.
  case wrongScheme
  /// The bytes are no PEM or DER of what was asked for.
  case malformed(MalformedItem)
  /// OpenSSL refused an operation that cannot fail on well-formed input: no provider, no memory, no entropy.
  case unavailable
}

/// What could not be read.
public enum MalformedItem: String, Sendable {
  case publicKey, privateKey, certificate, certificateRequest
}
