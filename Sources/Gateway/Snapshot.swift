import Authorization
import Backend
import HTTPWire
import Identity
import NIOCore
import S3Model
import S3Wire
import STS
import Settings
import SigV4

/// Everything one request is decided by, immutable: settings, identities, policies, keys, backends.
///
/// A reload or a changed bucket policy builds a new one and swaps it whole; a running exchange keeps the one it began
/// with. Audit records name its revision.
final class Snapshot: Sendable {
  let revision: UInt64
  let settings: GatewaySettings
  let identities: IdentityDirectory
  let authorization: AuthorizationSnapshot
  let keyRing: KeyRing
  let routes: BackendRoutes
  /// Asked instead of an embedded policy; nil for none.
  let policyServer: PolicyServer?
  let parser: S3RequestParser
  let verifier: SignatureVerifier
  let sts: STSService
  let federation: Federation

  // What the hot path reads, in the form it needs.
  let headLimits: HeadLimits
  let idleTimeout: TimeAmount
  let headTimeout: TimeAmount
  let bodyTimeout: TimeAmount
  let bodyRateMin: Int
  let drainTimeout: TimeAmount
  let bodyBytesMax: UInt64
  let drainBytesMax: UInt64
  let documentBytesMax: Int
  let requestsInFlightMax: Int
  let region: ByteString
  let accountID: ByteString

  init(
    revision: UInt64, settings: GatewaySettings, identities: IdentityDirectory, authorization: AuthorizationSnapshot,
    keyRing: KeyRing, routes: BackendRoutes, policyServer: PolicyServer? = nil, federation: Federation = .none
  ) {
    var authorization = authorization
    authorization.external = policyServer?.authority
    self.revision = revision
    self.settings = settings
    self.identities = identities
    self.authorization = authorization
    self.keyRing = keyRing
    self.routes = routes
    self.policyServer = policyServer
    self.federation = federation
    parser = S3RequestParser(virtualHostDomains: settings.domains)
    verifier = SignatureVerifier(regions: settings.regions.map { ByteString($0) })
    let limits = settings.limits
    headLimits = HeadLimits(headBytesMax: limits.headBytesMax, fieldCountMax: limits.fieldCountMax)
    idleTimeout = TimeAmount(limits.idleTimeout)
    headTimeout = TimeAmount(limits.headTimeout)
    bodyTimeout = TimeAmount(limits.bodyTimeout)
    bodyRateMin = limits.bodyRateMin
    drainTimeout = TimeAmount(limits.drainTimeout)
    bodyBytesMax = UInt64(limits.bodyBytesMax)
    drainBytesMax = UInt64(limits.drainBytesMax)
    documentBytesMax = limits.documentBytesMax
    requestsInFlightMax = limits.requestsInFlightMax
    region = ByteString(settings.regions[0])
    accountID = ByteString(settings.accountID)
    sts = STSService(
      authorization: authorization, sealingKeyID: keyRing.sealing.id, sealingKey: keyRing.sealing.key,
      tokenBytesMax: settings.sts.tokenBytesMax, hasAccessKey: { identities.accessKey($0) != nil })
  }

  /// The same but for what decisions depend on, under the next revision.
  func changing(_ change: (inout AuthorizationSnapshot) -> Void) -> Snapshot {
    var authorization = self.authorization
    change(&authorization)
    return Snapshot(
      revision: revision + 1, settings: settings, identities: identities, authorization: authorization,
      keyRing: keyRing, routes: routes, policyServer: policyServer, federation: federation)
  }

  /// The same but for identities, under the next revision.
  func replacing(identities: IdentityDirectory) -> Snapshot {
    var authorization = self.authorization
    authorization.principals = identities
    return Snapshot(
      revision: revision + 1, settings: settings, identities: identities, authorization: authorization,
      keyRing: keyRing, routes: routes, policyServer: policyServer, federation: federation)
  }
}
