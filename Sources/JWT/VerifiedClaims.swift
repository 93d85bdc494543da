public import JSON

/// Claims of a token whose signature was verified and that kept the rules. Only ``VerifiedToken`` makes them.
public struct VerifiedClaims: Sendable {
  public let object: JSONObject
  public let issuer: String
  public let subject: String?
  public let audiences: [String]
  /// Since 1970-01-01T00:00:00Z, as all times here.
  public let expires: Duration
  public let notBefore: Duration?
  public let issued: Duration?

  /// Claims for which the provider itself vouched in its answer to an authenticated question, in place of a signature:
  /// introspection (RFC 7662), userinfo.
  /// - Parameter object: `iss`, `aud` and `exp` included.
  public init(answered object: JSONObject, keeping rules: ClaimsRules, now: Duration) throws(JWTError) {
    try self.init(object, keeping: rules, now: now)
  }

  init(_ object: JSONObject, keeping rules: ClaimsRules, now: Duration) throws(JWTError) {
    self.object = object
    guard let issuer = try Self.text(.iss, object) else { throw .missingClaim(.iss) }
    guard issuer.utf8.elementsEqual(rules.issuer.utf8) else { throw .wrongIssuer }
    self.issuer = issuer
    subject = try Self.text(.sub, object)
    audiences = try Self.audiences(object)
    guard audiences.contains(where: { Self.contains(rules.audiences, $0) }) else { throw .wrongAudience }
    if let parties = rules.authorizedParties, let party = try Self.text(.azp, object) {
      guard Self.contains(parties, party) else { throw .wrongAuthorizedParty }
    }
    if let nonce = rules.nonce {
      guard let found = try Self.text(.nonce, object) else { throw .missingClaim(.nonce) }
      guard found.utf8.elementsEqual(nonce.utf8) else { throw .wrongNonce }
    }

    let skew = min(max(rules.skew, .zero), ClaimsRules.skewMax)
    guard let expires = try Self.time(.exp, object) else { throw .missingClaim(.exp) }
    guard now < expires + skew else { throw .expired }
    self.expires = expires
    notBefore = try Self.time(.nbf, object)
    if let notBefore, now + skew < notBefore { throw .notYetValid }
    issued = try Self.time(.iat, object)
    if let issued, now + skew < issued { throw .issuedInFuture }
    if let ageMax = rules.ageMax {
      guard let issued else { throw .missingClaim(.iat) }
      guard now - skew - issued <= ageMax else { throw .tooOld }
    }
  }

  private static func contains(_ texts: [String], _ text: String) -> Bool {
    texts.contains { $0.utf8.elementsEqual(text.utf8) }
  }

  private static func text(_ claim: RegisteredClaim, _ object: JSONObject) throws(JWTError) -> String? {
    guard let value = object[claim.rawValue] else { return nil }
    guard let text = value.string else { throw .malformedClaim(claim) }
    return text
  }

  /// One string or an array of them (RFC 7519 section 4.1.3).
  private static func audiences(_ object: JSONObject) throws(JWTError) -> [String] {
    guard let value = object[RegisteredClaim.aud.rawValue] else { throw .missingClaim(.aud) }
    if let text = value.string { return [text] }
    guard let values = value.array else { throw .malformedClaim(.aud) }
    var texts: [String] = []
    for value in values {
      guard let text = value.string else { throw .malformedClaim(.aud) }
      texts.append(text)
    }
    return texts
  }

  /// A NumericDate: seconds, perhaps with a fraction.
  private static func time(_ claim: RegisteredClaim, _ object: JSONObject) throws(JWTError) -> Duration? {
    // Far beyond any date, and exact as a Double.
    let secondsMax: Int64 = 1 << 50
    switch object[claim.rawValue] {
    case nil: return nil
    case .integer(let seconds) where seconds.magnitude <= UInt64(secondsMax): return .seconds(seconds)
    case .real(let seconds) where abs(seconds) <= Double(secondsMax): return .seconds(seconds)
    default: throw .malformedClaim(claim)
    }
  }
}
