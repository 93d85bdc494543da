/// What can go wrong in this module. Cases never carry key or message bytes.
public enum CryptographyError: Error, Equatable, Sendable {
  /// A key, nonce or digest had a length its algorithm does not take; `expected` in bytes.
  case wrongLength(expected: Int)
  /// An AEAD tag or padding did not match: wrong key, wrong associated data, or changed bytes.
  case authenticationFailed
  /// The bytes are no key of the algorithm (out of range, not on the curve).
  case invalidKey
  /// OpenSSL refused an operation that cannot fail on well-formed input: no provider, no memory, no entropy.
  case unavailable
}
