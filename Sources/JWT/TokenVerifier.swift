/// Verifies signatures of tokens against a set of keys. Immutable; made anew when the keys change.
public struct TokenVerifier: Sendable {
  public let keys: JSONWebKeySet
  /// What the verifier accepts; the token's header only says which of them it is.
  public let algorithms: Set<JWSAlgorithm>
  public let limits: TokenLimits

  /// - Parameter algorithms: with public keys never HMAC, whatever stands here.
  public init(keys: JSONWebKeySet, algorithms: Set<JWSAlgorithm>, limits: TokenLimits = TokenLimits()) {
    self.keys = keys
    self.algorithms = algorithms
    self.limits = limits
  }

  /// - Parameter token: compact serialization.
  /// - Throws: `unknownKeyID` when fresher keys may help.
  public func verify(_ token: [UInt8]) throws(JWTError) -> VerifiedToken {
    let token = try CompactJWS(parsing: token, limits: limits)
    try token.header.refuseForbidden()
    guard let algorithm = token.header.algorithm else { throw .unknownAlgorithm }
    guard algorithms.contains(algorithm) else { throw .algorithmNotAllowed(algorithm) }
    for key in try candidates(token.header, algorithm) {
      if key.isValid(token.signature, for: token.signingInput, algorithm) {
        return VerifiedToken(token, key: key, algorithm: algorithm)
      }
    }
    throw .invalidSignature
  }

  public func verify(_ token: String) throws(JWTError) -> VerifiedToken { try verify(Array(token.utf8)) }

  private func candidates(_ header: JOSEHeader, _ algorithm: JWSAlgorithm) throws(JWTError) -> [JSONWebKey] {
    var named = keys.keys
    if let keyID = header.keyID {
      named = keys.keys.filter { $0.keyID?.utf8.elementsEqual(keyID.utf8) ?? false }
      // A key without an id may still be the one; a key with another id is not.
      if named.isEmpty { named = keys.keys.filter { $0.keyID == nil } }
      guard !named.isEmpty else { throw .unknownKeyID }
    }
    let fitting = named.filter { $0.verifies(algorithm) }
    guard let first = fitting.first else { throw .noUsableKey }
    let sound = fitting.filter { $0.weakness(for: algorithm) == nil }
    guard !sound.isEmpty else { throw first.weakness(for: algorithm).map { .weakKey($0) } ?? .noUsableKey }
    if let keyID = header.keyID, sound.contains(where: { $0.keyID != nil }) {
      let hasMalformedTwin = keys.malformedKeyIDs.contains { $0.utf8.elementsEqual(keyID.utf8) }
      guard sound.count == 1, !hasMalformedTwin else { throw .ambiguousKeyID }
    }
    return sound
  }
}
