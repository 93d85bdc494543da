import JSON
import JWT
import Testing

@Suite struct ClaimsTests {
  private func check(_ changes: [String: JSONValue?], _ rules: ClaimsRules = Tokens.rules) throws -> VerifiedClaims {
    let key = try Tokens.key(Tokens.edwards)
    let token = try Tokens.token(key, .edDSA, claims: Tokens.claims(changes))
    return try Tokens.verifier([key]).verify(token).claims(keeping: rules, now: Tokens.now)
  }

  @Test(
    arguments: [
      [:],
      ["aud": .array([.string("other"), .string("martlet")])],
      // Within the skew of five seconds.
      ["exp": .integer(1_699_999_996)],
      ["exp": .real(1_699_999_995.5)],
      ["nbf": .integer(1_700_000_005)],
      ["iat": .integer(1_700_000_005)],
      ["nbf": nil], ["iat": nil], ["sub": nil],
    ] as [[String: JSONValue?]])
  func accepts(changes: [String: JSONValue?]) throws {
    #expect(throws: Never.self) { try check(changes) }
  }

  @Test(
    arguments: [
      (["iss": .string("https://id.example/")], JWTError.wrongIssuer),
      (["iss": nil], .missingClaim(.iss)),
      (["iss": .integer(1)], .malformedClaim(.iss)),
      (["aud": .string("other")], .wrongAudience),
      (["aud": .array([])], .wrongAudience),
      (["aud": .array([.integer(1)])], .malformedClaim(.aud)),
      (["aud": nil], .missingClaim(.aud)),
      (["exp": .integer(1_699_999_995)], .expired),
      (["exp": nil], .missingClaim(.exp)),
      (["exp": .string("1700000600")], .malformedClaim(.exp)),
      (["exp": .real(1e300)], .malformedClaim(.exp)),
      (["exp": .integer(.max)], .malformedClaim(.exp)),
      (["nbf": .integer(1_700_000_006)], .notYetValid),
      (["nbf": .null], .malformedClaim(.nbf)),
      (["iat": .integer(1_700_000_006)], .issuedInFuture),
      (["sub": .integer(7)], .malformedClaim(.sub)),
    ] as [([String: JSONValue?], JWTError)])
  func refuses(changes: [String: JSONValue?], error: JWTError) throws {
    #expect(throws: error) { try check(changes) }
  }

  @Test func comparesBytes() throws {
    var rules = Tokens.rules
    rules.issuer = "https://caf\u{E9}.example"
    #expect(throws: Never.self) { try check(["iss": .string("https://caf\u{E9}.example")], rules) }
    #expect(throws: JWTError.wrongIssuer) { try check(["iss": .string("https://cafe\u{301}.example")], rules) }
  }

  @Test func boundsTheSkew() throws {
    var rules = Tokens.rules
    rules.skew = .seconds(1 << 40)
    #expect(throws: Never.self) { try check(["exp": .integer(1_699_999_701)], rules) }
    #expect(throws: JWTError.expired) { try check(["exp": .integer(1_699_999_700)], rules) }
  }

  @Test func refusesEveryTokenWithoutAudience() throws {
    var rules = Tokens.rules
    rules.audiences = []
    #expect(throws: JWTError.wrongAudience) { try check([:], rules) }
  }

  @Test func checksWhatIsAskedFor() throws {
    var rules = Tokens.rules
    rules.authorizedParties = ["app"]
    #expect(throws: Never.self) { try check([:], rules) }
    #expect(throws: Never.self) { try check(["azp": .string("app")], rules) }
    #expect(throws: JWTError.wrongAuthorizedParty) { try check(["azp": .string("evil")], rules) }
    rules = Tokens.rules
    rules.nonce = "n"
    #expect(throws: Never.self) { try check(["nonce": .string("n")], rules) }
    #expect(throws: JWTError.missingClaim(.nonce)) { try check([:], rules) }
    #expect(throws: JWTError.wrongNonce) { try check(["nonce": .string("m")], rules) }
    rules = Tokens.rules
    rules.ageMax = .seconds(10)
    #expect(throws: Never.self) { try check([:], rules) }
    #expect(throws: JWTError.tooOld) { try check(["iat": .integer(1_699_999_984)], rules) }
    #expect(throws: JWTError.missingClaim(.iat)) { try check(["iat": nil], rules) }
    rules = Tokens.rules
    rules.types = ["at+jwt", "application/jwt"]
    #expect(throws: Never.self) { try check([:], rules) }
    rules.types = ["at+jwt"]
    #expect(throws: JWTError.wrongTokenType) { try check([:], rules) }
  }
}
