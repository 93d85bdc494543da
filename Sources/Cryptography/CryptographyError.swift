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
  /// A certificate has a good form, but no good chain to what is trusted.
  case untrusted(ChainFault)
  /// OpenSSL refused an operation that cannot fail on well-formed input: no provider, no memory, no entropy.
  case unavailable
}

/// What could not be read.
public enum MalformedItem: String, Sendable {
  case publicKey, privateKey, certificate, certificateRequest
  /// The text is neither PEM nor base64.
  case base64
  /// A PEM block of another kind stands where one was asked for.
  case label
}

/// Why a certificate is not trusted.
public enum ChainFault: String, Sendable {
  /// A root and a leaf are the least.
  case tooShort
  case unknownIssuer, badSignature, expired, notYetValid, wrongName, wrongUsage, weakAlgorithm
  /// Constraints of an authority, critical extensions that nobody knows, lengths of paths.
  case constraint
}
