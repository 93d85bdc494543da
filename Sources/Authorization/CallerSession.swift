public import IAMPolicy
public import S3Model

/// What temporary credentials say about their session.
public struct CallerSession: Sendable {
  /// When the credentials were issued.
  public var issued: PolicyDate
  /// When a second factor was last used, nil for never.
  public var secondFactor: PolicyDate?
  /// The identity provider that vouched, by ARN or host name.
  public var federatedProvider: ByteString?
  public var sourceIdentity: ByteString?
  /// The provider's claims under the lower-case names of condition keys, such as `idp.example.com:sub`.
  public var claims: [(name: ByteString, values: [ByteString])]

  public init(
    issued: PolicyDate, secondFactor: PolicyDate? = nil, federatedProvider: ByteString? = nil,
    sourceIdentity: ByteString? = nil, claims: [(name: ByteString, values: [ByteString])] = []
  ) {
    self.issued = issued
    self.secondFactor = secondFactor
    self.federatedProvider = federatedProvider
    self.sourceIdentity = sourceIdentity
    self.claims = claims
  }
}
