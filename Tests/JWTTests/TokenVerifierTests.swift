import Cryptography
import JSON
import JWT
import Testing

@Suite struct TokenVerifierTests {
  @Test(arguments: [(Tokens.edwards, JWSAlgorithm.edDSA), (Tokens.p256, .es256), (Tokens.secret, .hs256)])
  func acceptsWhatItSigned(key: String, algorithm: JWSAlgorithm) throws {
    let key = try Tokens.key(key)
    let token = try Tokens.token(key, algorithm)
    let verified = try Tokens.verifier([key]).verify(token)
    #expect(verified.algorithm == algorithm)
    #expect(verified.payload == Tokens.claims())
    #expect(try verified.claims(keeping: Tokens.rules, now: Tokens.now).subject == "alice")
    // Any other byte of the token makes it another token.
    for index in token.indices where token[index] != UInt8(ascii: ".") {
      var changed = token
      changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      #expect(throws: JWTError.self) { try Tokens.verifier([key]).verify(changed) }
    }
  }

  @Test func takesTheAlgorithmFromTheKey() throws {
    let key = try Tokens.key(Tokens.p256)
    let published = JSONWebKey(.publicKey(try #require(key.publicKey)), keyID: "ec")
    let verifier = try Tokens.verifier([published])
    #expect(throws: Never.self) { try verifier.verify(try Tokens.token(key, .es256)) }
    // The old trick: the published key's text as the secret of an HMAC.
    let text = JSONValue.object(try published.publicObject()).compact
    let forger = JSONWebKey(.symmetric(HMACKey(text)), keyID: "ec")
    let forged = try Tokens.token(forger, .hs256)
    #expect(throws: JWTError.noUsableKey) { try verifier.verify(forged) }
    #expect(throws: JWTError.unknownAlgorithm) {
      try verifier.verify(Base64.encode(Array(#"{"alg":"none"}"#.utf8), .urlSafe) + ".e30.")
    }
  }

  @Test func takesOnlyTheCallersAlgorithms() throws {
    let key = try Tokens.key(Tokens.secret)
    let token = try Tokens.token(key, .hs256)
    #expect(throws: Never.self) { try Tokens.verifier([key], [.hs256]).verify(token) }
    #expect(throws: JWTError.algorithmNotAllowed(.hs256)) {
      try Tokens.verifier([key], JWSAlgorithm.asymmetric).verify(token)
    }
  }

  @Test(arguments: [
    (#"{"alg":"EdDSA","crit":["exp"],"exp":1}"#, JWTError.criticalHeader),
    (#"{"alg":"EdDSA","crit":["b64"],"b64":false}"#, .criticalHeader),
    (#"{"alg":"EdDSA","b64":false}"#, .forbiddenHeader("b64")),
    (#"{"alg":"EdDSA","jku":"https://evil.example/keys"}"#, .forbiddenHeader("jku")),
    (#"{"alg":"EdDSA","x5u":"https://evil.example/keys"}"#, .forbiddenHeader("x5u")),
    (#"{"alg":"EdDSA","jwk":{"kty":"oct","k":"AA"}}"#, .forbiddenHeader("jwk")),
    (#"{"typ":"JWT"}"#, .missingAlgorithm),
    (#"{"alg":7}"#, .wrongHeaderType("alg")),
    (#"{"alg":"EdDSA","kid":7}"#, .wrongHeaderType("kid")),
    (#"{"alg":"eddsa"}"#, .unknownAlgorithm),
    (#"["EdDSA"]"#, .notAnObject(.header)),
    (#"{"alg":"EdDSA","kid":"other"}"#, .unknownKeyID),
  ])
  func refusesHeaders(header: String, error: JWTError) throws {
    let key = try Tokens.key(Tokens.edwards)
    #expect(throws: Never.self) {
      try Tokens.verifier([key]).verify(try Tokens.token(key, .edDSA, header: #"{"alg":"EdDSA"}"#))
    }
    let token = try Tokens.token(key, .edDSA, header: header)
    #expect(throws: error) { try Tokens.verifier([key]).verify(token) }
  }

  @Test func refusesForms() throws {
    let key = try Tokens.key(Tokens.edwards)
    let verifier = try Tokens.verifier([key])
    let token = String(decoding: try Tokens.token(key, .edDSA), as: UTF8.self)
    #expect(throws: Never.self) { try verifier.verify(token) }
    #expect(throws: JWTError.wrongPartCount(1)) { try verifier.verify("") }
    #expect(throws: JWTError.wrongPartCount(4)) { try verifier.verify(token + ".") }
    #expect(throws: JWTError.malformedEncoding(.signature)) { try verifier.verify(token + "=") }
    #expect(throws: JWTError.malformedEncoding(.signature)) { try verifier.verify(token + "\n") }
    #expect(throws: JWTError.malformedEncoding(.header)) { try verifier.verify(" " + token) }
    let limits = TokenLimits(bytesMax: token.utf8.count - 1)
    #expect(throws: JWTError.tokenTooLarge(bytes: token.utf8.count, bytesMax: token.utf8.count - 1)) {
      try CompactJWS(parsing: token, limits: limits)
    }
    let twice = try Tokens.token(key, .edDSA, header: #"{"alg":"EdDSA","alg":"EdDSA"}"#)
    #expect(throws: JWTError.self) { try verifier.verify(twice) }
  }

  @Test func keepsToTheKeyID() throws {
    let key = try Tokens.key(Tokens.edwards)
    let token = try Tokens.token(key, .edDSA)
    let other = JSONWebKey(key.material, keyID: "other")
    let nameless = JSONWebKey(key.material)
    #expect(throws: Never.self) { try Tokens.verifier([other, key]).verify(token) }
    #expect(throws: Never.self) { try Tokens.verifier([nameless]).verify(token) }
    #expect(throws: JWTError.unknownKeyID) { try Tokens.verifier([other]).verify(token) }
    #expect(throws: JWTError.ambiguousKeyID) { try Tokens.verifier([key, key]).verify(token) }
    #expect(throws: JWTError.mixedKeySet) { try JSONWebKeySet([key, try Tokens.key(Tokens.secret)]) }
  }
}
