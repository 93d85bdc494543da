public import JSON

/// Why a token, a key or a claim was refused. Cases never carry parts of tokens or keys.
public enum JWTError: Error, Equatable, Sendable {
  // The token's form
  case tokenTooLarge(bytes: Int, bytesMax: Int)
  /// A compact JWS has three parts, separated by periods.
  case wrongPartCount(Int)
  /// No strict base64url: padding, white space, other characters or stray trailing bits.
  case malformedEncoding(TokenPart)
  case malformedJSON(TokenPart, JSONError)
  case notAnObject(TokenPart)
  case wrongHeaderType(String)
  case missingAlgorithm
  /// `none` included.
  case unknownAlgorithm
  /// The header names extensions that must be understood; none is.
  case criticalHeader
  /// A header parameter that tells the verifier which key to trust, or that changes what is signed.
  case forbiddenHeader(String)

  // The signature
  case algorithmNotAllowed(JWSAlgorithm)
  /// No key of the set has the token's key id: the set may be out of date.
  case unknownKeyID
  /// Keys were found, but none is for verifying signatures of the token's algorithm.
  case noUsableKey
  /// Several usable keys have the token's key id.
  case ambiguousKeyID
  case invalidSignature

  // Keys
  case keyTooLarge(bytes: Int, bytesMax: Int)
  case malformedKeyJSON(JSONError)
  case malformedKey(KeyFault)
  case tooManyKeys(keysMax: Int)
  /// Secret and public keys in one set.
  case mixedKeySet
  case weakKey(KeyWeakness)
  /// The key does not make signatures of the algorithm.
  case wrongKeyForAlgorithm(JWSAlgorithm)
  /// OpenSSL refused an operation that cannot fail on sound keys.
  case cryptographyUnavailable

  // Claims
  case missingClaim(RegisteredClaim)
  case malformedClaim(RegisteredClaim)
  case wrongIssuer, wrongAudience, wrongAuthorizedParty, wrongNonce, wrongTokenType
  case expired, notYetValid, issuedInFuture, tooOld
}

public enum TokenPart: String, Sendable {
  case header, payload, signature
}

/// The claims of RFC 7519 section 4.1 and OpenID Connect Core section 2 that are checked here.
public enum RegisteredClaim: String, Sendable {
  case iss, sub, aud, exp, nbf, iat, azp, nonce
}

/// What is wrong with a JSON Web Key or a PEM block.
public enum KeyFault: Equatable, Sendable {
  case notAnObject, unknownType, unknownCurve
  /// The member is absent, no string, or no strict base64url.
  case member(String)
  /// The numbers are no key.
  case invalidNumbers
  /// Neither JSON nor one PEM block of a key or certificate.
  case unknownFormat
  /// Something stands behind the PEM block.
  case trailingData
}

/// Why a well-formed key is not to be trusted.
public enum KeyWeakness: Equatable, Sendable {
  /// RSA below 2,048 bits (RFC 7518 sections 3.3 and 3.5).
  case smallModulus(bits: Int)
  case faultyKeyGeneration
  /// An HMAC key shorter than its digest (RFC 7518 section 3.2).
  case shortSecret(bytes: Int, bytesMin: Int)
  /// A private key where a public one belongs: whoever published it lost it.
  case privateKey
}
