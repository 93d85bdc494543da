public import S3Model

/// Somebody whom an identity provider vouches for: proved, not yet anybody here.
///
/// Only a provider's verifier makes one, from a token, ticket or password that it has checked.
public struct FederatedIdentity: Sendable {
  /// As trust policies name it under `Federated`: `arn:aws:iam::account:oidc-provider/idp.example.com`.
  public var providerARN: ByteString
  /// Stable unique id of the provider.
  public var providerID: ByteString
  /// As answers name it: the issuer of an ID token.
  public var providerName: ByteString
  /// The person at the provider.
  public var subject: ByteString
  /// Stable where names are used again: entryUUID, objectGUID, in hex.
  public var subjectID: ByteString?
  public var audience: ByteString
  /// What policies may read, under the lower-case names of condition keys: `idp.example.com:sub`, `jwt:groups`.
  public var claims: [SessionClaim]
  public var tags: [SessionTag]
  public var sourceIdentity: ByteString?
  /// When the provider last saw a second factor, in seconds since 1970.
  public var mfaSeconds: Int64?
  /// When the proof ends, and with it all that comes of it, in seconds since 1970; nil where that is not for it to say.
  public var endSeconds: Int64?

  public init(
    providerARN: ByteString, providerID: ByteString, providerName: ByteString, subject: ByteString,
    subjectID: ByteString? = nil, audience: ByteString, claims: [SessionClaim] = [], tags: [SessionTag] = [],
    sourceIdentity: ByteString? = nil,
    mfaSeconds: Int64? = nil, endSeconds: Int64? = nil
  ) {
    self.providerARN = providerARN
    self.providerID = providerID
    self.providerName = providerName
    self.subject = subject
    self.subjectID = subjectID
    self.audience = audience
    self.claims = claims
    self.tags = tags
    self.sourceIdentity = sourceIdentity
    self.mfaSeconds = mfaSeconds
    self.endSeconds = endSeconds
  }
}

/// Why an identity provider's word is not taken, as far as a client may know.
/// Source: AWS STS API Reference, AssumeRoleWithWebIdentity, errors.
public enum FederationRefusal: Error, Hashable, Sendable {
  /// Not a token of a provider that is known here, whatever is wrong with it.
  case invalidToken
  /// No certificate, or none that proves anything here.
  case invalidCertificate
  case expiredToken
  /// The provider cannot be asked, and without its keys nothing can be said.
  case providerUnreachable
  /// The provider, or its rules, refuse this identity.
  case rejected
  /// Too many wait to be verified.
  case busy
}
