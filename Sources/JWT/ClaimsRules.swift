/// What the claims of a token must say (RFC 7519 section 4.1, OpenID Connect Core section 3.1.3.7).
public struct ClaimsRules: Sendable {
  /// `iss` must be exactly this.
  public var issuer: String
  /// `aud` must contain one of these. Empty refuses every token: nobody is meant.
  public var audiences: [String]
  /// `azp` must be one of these where it is present; nil: any.
  public var authorizedParties: [String]?
  /// `nonce` must be exactly this; nil: not looked at.
  public var nonce: String?
  /// `typ` of the header must be one of these; nil: not looked at.
  public var types: [String]?
  /// How far the issuer's clock may be off, either way; at most ``skewMax``.
  public var skew: Duration
  /// How long ago `iat` may be; nil: any time. Requires `iat`.
  public var ageMax: Duration?

  public static let skewMax: Duration = .seconds(300)

  public init(
    issuer: String, audiences: [String], authorizedParties: [String]? = nil, nonce: String? = nil,
    types: [String]? = nil, skew: Duration = .seconds(30), ageMax: Duration? = nil
  ) {
    self.issuer = issuer
    self.audiences = audiences
    self.authorizedParties = authorizedParties
    self.nonce = nonce
    self.types = types
    self.skew = skew
    self.ageMax = ageMax
  }
}
