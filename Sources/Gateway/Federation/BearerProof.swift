import JWT
import OIDCClient
import S3Model
import STS
import Settings

/// Somebody whose bearer token was verified. Only ``Federation/bearer(of:atMilliseconds:)`` makes one.
///
/// Derived from token and provider alone. What can change while the token lives (the provider's settings and keys, roles,
/// policies, revocations) is looked at for every request.
final class BearerProof: Sendable {
  /// It ends with the token.
  let identity: FederatedIdentity
  /// ARNs.
  let roles: [ByteString]
  /// Tells a person's requests apart in audit records and ARNs of role sessions.
  let sessionName: ByteString
  /// `iat`; without one, long ago: a revocation of all before some time counts.
  let issuedMilliseconds: Int64
  /// `exp`: what began before goes on no longer than this.
  let expiryMilliseconds: Int64
  /// `exp`, or when the provider is to be asked again.
  let verifiedUntilMilliseconds: Int64
  fileprivate let provider: OIDCProvider
  fileprivate let keyGeneration: UInt64

  fileprivate init(_ examined: ExaminedToken, _ identity: FederatedIdentity, _ provider: Federation.Provider) {
    let expiry = Self.milliseconds(examined.claims.expires)
    var identity = identity
    identity.endSeconds = expiry / 1000
    self.identity = identity
    roles = provider.bearerRoles
    sessionName = identity.sessionName
    issuedMilliseconds = max(0, examined.claims.issued.map(Self.milliseconds) ?? 0)
    expiryMilliseconds = expiry
    verifiedUntilMilliseconds = min(expiry, Self.milliseconds(examined.validUntil))
    self.provider = provider.oidc
    keyGeneration = examined.keyGeneration
  }

  private static func milliseconds(_ time: Duration) -> Int64 {
    let (seconds, attoseconds) = time.components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}

extension Federation.Provider {
  /// ARNs of the roles that are tried, in order, for whoever brings a bearer token.
  var bearerRoles: [ByteString] {
    settings.bearerRoles.map { $0.hasPrefix("arn:") ? ByteString($0) : ByteString("\(rolePrefix)\($0)") }
  }
}

extension Federation {
  /// Whether `Authorization: Bearer` means anything on S3 requests.
  var takesBearer: Bool { providers.values.contains(where: \.settings.takesBearer) }

  /// - Parameter now: in milliseconds since 1970.
  func bearer(of token: [UInt8], atMilliseconds now: Int64) async throws(FederationRefusal) -> BearerProof {
    let provider = try provider(of: token)
    guard provider.settings.takesBearer else { throw .invalidToken }
    let examined = try await Self.examine(token, provider, now)
    return BearerProof(examined, try provider.mapping.identity(examined.claims, atMilliseconds: now), provider)
  }

  /// Whether what was proved still is: the provider, its settings and its keys are the same. A provider whose settings
  /// change is another object.
  func upholds(_ proof: BearerProof) -> Bool {
    guard proof.provider.keyGeneration == proof.keyGeneration else { return false }
    for provider in providers.values where provider.oidc === proof.provider { return provider.settings.takesBearer }
    return false
  }
}
