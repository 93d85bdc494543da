public import Cryptography
public import HTTPWire
public import S3Model

/// Verifies request signatures. Pure: the key and the time are arguments.
public struct SignatureVerifier: Sendable {
  /// Longest life of a presigned URL: one week.
  public static let lifetimeSecondsMax: Int64 = 604_800
  /// The region of global services.
  public static let defaultRegion: ByteString = "us-east-1"

  /// Never empty. The first is the one that errors name.
  public let regions: [ByteString]
  /// Difference allowed between the client's clock and ours, either way.
  public let skewSecondsMax: Int64

  public init(regions: [ByteString] = [SignatureVerifier.defaultRegion], skewSecondsMax: Int64 = 900) {
    self.regions = regions.isEmpty ? [Self.defaultRegion] : regions
    self.skewSecondsMax = skewSecondsMax
  }

  /// Verifies one request against the secret that its claim names.
  /// - Parameters:
  ///   - claim: as read from this same head.
  ///   - nowSeconds: Unix time.
  ///   - bodyDigest: of the whole body, where the service signs it without saying so in a header (sts, iam).
  ///   - scratch: the event loop's.
  public func verify(
    _ claim: SignatureClaim, head: RequestHead, secret: SigningSecret, profile: SignatureProfile,
    nowSeconds: Int64, bodyDigest: SHA256Digest? = nil, scratch: SigningScratch
  ) throws(SigV4Error) -> VerifiedSignature {
    try checkScope(claim, profile)
    try checkTime(claim, nowSeconds)
    let payload = try canonicalPayload(claim, profile, bodyDigest)
    var request = CanonicalRequest(head: head, signedHeaders: claim.signedHeaders, profile: profile)
    guard let key = scratch.keys.key(secret, claim.algorithm, claim.scope, using: scratch.hasher) else {
      throw .keyUnavailable
    }
    var isComplete = true
    let digest = try canonicalDigest(request, payload, claim, scratch, &isComplete)
    if profile.isStrict { try HeaderCoverage.check(claim, head.fields, scratch.isSigned) }
    StringToSign.write(claim.algorithm, claim.date, claim.scope, digest, scratch.dates, to: &scratch.stringToSign)
    var matches = isComplete && scratch.matches(claim.signature, key)
    if !matches, !profile.isStrict, claim.placement == .query, claim.sessionToken != nil {
      request.query.omitsToken = true
      let digest = try canonicalDigest(request, payload, claim, scratch, &isComplete)
      StringToSign.write(claim.algorithm, claim.date, claim.scope, digest, scratch.dates, to: &scratch.stringToSign)
      matches = isComplete && scratch.matches(claim.signature, key)
    }
    guard matches else { throw .signatureDoesNotMatch(mismatch(request, payload, claim, scratch)) }
    return VerifiedSignature(
      claim, signed: SignedFields(head: head, isSigned: scratch.isSigned),
      payload: try PayloadExpectation(claim, head, profile, key, bodyDigest: bodyDigest))
  }

  /// The scope checks alone, for callers that look the key up only afterwards. ``verify`` makes them too.
  public func checkScope(_ claim: SignatureClaim, _ profile: SignatureProfile) throws(SigV4Error) {
    let placement = claim.placement
    guard claim.scope.isFor(service: profile.service) else {
      throw .wrongService(placement, given: ByteString(Array(claim.scope.service)))
    }
    guard claim.date.isOnDay(claim.scope.day) else { throw .wrongScopeDate(placement) }
    switch claim.algorithm {
    case .hmacSHA256:
      guard accepts(claim.scope, profile) else {
        throw .wrongRegion(placement, given: ByteString(Array(claim.scope.region)), expected: regions[0])
      }
    case .ecdsaP256SHA256:
      guard let set = claim.regionSet, RegionSet(set).contains(candidates(profile))
      else { throw .wrongRegion(placement, given: claim.regionSet ?? "", expected: regions[0]) }
    }
  }

  private func candidates(_ profile: SignatureProfile) -> [ByteString] {
    profile.alsoAcceptsDefaultRegion ? regions + [Self.defaultRegion] : regions
  }

  private func accepts(_ scope: CredentialScope, _ profile: SignatureProfile) -> Bool {
    for accepted in regions where scope.isIn(region: accepted) { return true }
    return profile.alsoAcceptsDefaultRegion && scope.isIn(region: Self.defaultRegion)
  }

  private func checkTime(_ claim: SignatureClaim, _ nowSeconds: Int64) throws(SigV4Error) {
    let requestSeconds = claim.date.unixSeconds
    switch claim.placement {
    case .header, .form:
      guard abs(requestSeconds - nowSeconds) <= skewSecondsMax else {
        throw .requestTimeTooSkewed(requestSeconds: requestSeconds, serverSeconds: nowSeconds)
      }
    case .query:
      guard nowSeconds >= requestSeconds - skewSecondsMax else {
        throw .notValidYet(startSeconds: requestSeconds, serverSeconds: nowSeconds)
      }
      let endSeconds = requestSeconds + claim.lifetimeSeconds
      guard nowSeconds <= endSeconds else {
        throw .expired(lifetimeSeconds: claim.lifetimeSeconds, endSeconds: endSeconds, serverSeconds: nowSeconds)
      }
    }
  }

  /// Whether bytes of a body may still come for a request verified before: aws-chunked ones,
  /// whose chunks and trailers follow the head, keep to the clock until their end.
  ///
  /// Presigned requests and forms have lives of their own, which count when they start.
  /// - Parameter nowSeconds: Unix time, as the bytes come.
  public func checkBodyTime(_ signature: VerifiedSignature, nowSeconds: Int64) throws(SigV4Error) {
    guard signature.payload.isChunked, signature.placement == .header else { return }
    let requestSeconds = signature.date.unixSeconds
    guard nowSeconds - requestSeconds <= skewSecondsMax else {
      throw .requestTimeTooSkewed(requestSeconds: requestSeconds, serverSeconds: nowSeconds)
    }
  }

  /// The payload line, and whether the service allows such a payload at all.
  private func canonicalPayload(
    _ claim: SignatureClaim, _ profile: SignatureProfile, _ bodyDigest: SHA256Digest?
  ) throws(SigV4Error) -> PayloadClaim {
    if profile.requiresContentSHA256 {
      switch claim.payload {
      case .absent:
        guard claim.placement == .query else { throw .missingContentSHA256 }
        return .unsigned
      case .malformed: throw .malformedContentSHA256
      case .signedChunks(let algorithm, _):
        guard algorithm == claim.algorithm else { throw .payloadKindNotAllowed }
        return claim.payload
      case .unsigned, .digest, .unsignedChunks: return claim.payload
      }
    }
    let computed = bodyDigest ?? .ofNothing
    switch claim.payload {
    case .absent: return .digest(computed)
    case .digest(let claimed):
      guard claimed.constantTimeEquals(computed) else {
        throw .contentSHA256Mismatch(claimed: claimed, computed: computed)
      }
      return claim.payload
    case .malformed: throw .malformedContentSHA256
    case .unsigned, .unsignedChunks, .signedChunks: throw .payloadKindNotAllowed
    }
  }

  private func canonicalDigest(
    _ request: CanonicalRequest, _ payload: PayloadClaim, _ claim: SignatureClaim, _ scratch: SigningScratch,
    _ isComplete: inout Bool
  ) throws(SigV4Error) -> SHA256Digest {
    switch request.write(to: &scratch.canonical, isSigned: &scratch.isSigned, isComplete: &isComplete) {
    case nil: break
    case .malformedPath: throw .malformedPath
    case .malformedQuery: throw .malformedQuery
    case .malformedSignedHeaders:
      throw claim.placement == .query
        ? .missingOrRepeatedParameter(.signedHeaders)
        : .malformedAuthorization(.signedHeaders)
    case .foldedValue(let name):
      throw .foldedHeader(request.head.fields.withBytes(name) { ByteString(Array($0)) })
    }
    payload.appendCanonical(to: &scratch.canonical)
    return scratch.canonical.withUnsafeBytes { scratch.hasher.digest(of: $0) }
  }

  /// Built only on failure: the canonical request once more, without its secrets.
  private func mismatch(
    _ request: CanonicalRequest, _ payload: PayloadClaim, _ claim: SignatureClaim, _ scratch: SigningScratch
  ) -> SignatureMismatch {
    var redacted = request
    redacted.query.redacts = true
    var isSigned: [Bool] = []
    var isComplete = true
    var canonical: [UInt8] = []
    // What could fail has been written once already.
    _ = redacted.write(to: &canonical, isSigned: &isSigned, isComplete: &isComplete)
    payload.appendCanonical(to: &canonical)
    return SignatureMismatch(
      accessKeyID: claim.accessKeyID, canonicalRequest: canonical, stringToSign: scratch.stringToSign)
  }
}
