import Authorization
import Cryptography
import HTTPWire
import Identity
import S3Model
import S3Wire
import STS
import SigV4

/// From bytes to who asks for what.
extension Exchange {
  /// Head to request: which service, which operation, which credentials it claims.
  func parse() throws(ExchangeFailure) -> Stage {
    let credentials: RequestCredentials
    do throws(SigV4Error) {
      credentials = try RequestCredentials.read(head)
    } catch {
      throw .signature(error)
    }
    switch credentials {
    case .anonymous: service = isQueryProtocol ? .sts : .s3
    case .bearer:
      // Whoever sees it can use it: not without TLS.
      guard snapshot.federation.takesBearer, isSecure, !isQueryProtocol else { throw .unsupportedAuthorization }
      bringsBearer = true
    case .negotiate:
      negotiates = true
      service = isQueryProtocol ? .sts : .s3
      let federation = snapshot.federation
      guard service == .sts ? federation.takesTickets : federation.takesTicketsOnS3 else {
        throw .unsupportedAuthorization
      }
    case .signature(let claim):
      self.claim = claim
      if claim.scope.isFor(service: "sts") {
        service = .sts
      } else if claim.scope.isFor(service: "iam") {
        service = .iam
      }
    }
    if case .contentLength(let length) = head.framing, length > bodyBytesMax {
      throw .bodyTooLarge(bytesMax: bodyBytesMax)
    }
    guard service == .s3 else { return try beginQuery() }
    do throws(S3WireError) {
      request = try snapshot.parser.parse(head)
    } catch {
      throw .wire(error)
    }
    return .identify
  }

  /// Whether an unsigned request speaks the query protocol: a form to `/`, or `Action` in the query of `/`.
  private var isQueryProtocol: Bool {
    guard head.fields.equals(head.path, "/") else { return false }
    switch head.method {
    case .post:
      if asksForAction { return true }
      guard let type = head.fields.first(.contentType) else { return false }
      return head.fields.withBytes(type) { bytes in
        bytes.count >= 33
          && bytes.prefix(33).lazy.map(ASCII.lowercased).elementsEqual(
            "application/x-www-form-urlencoded".utf8)
      }
    case .get: return asksForAction
    default: return false
    }
  }

  private var asksForAction: Bool {
    guard let query = head.query else { return false }
    return head.fields.withBytes(query) { bytes in
      bytes.starts(with: "Action=".utf8) || head.fields.string(query).contains("&Action=")
    }
  }

  /// Claim to caller: the key exists and is active, the signature is good, the session still counts.
  func identify() throws(ExchangeFailure) -> Stage {
    if let stage = try identifyByTicket() { return stage }
    if let stage = try identifyByBearer() { return stage }
    if let claim {
      expectation = try verify(claim, profile: .s3, bodyDigest: nil, at: now).payload
    } else {
      do throws(SigV4Error) {
        expectation = try PayloadExpectation(anonymous: head)
      } catch {
        throw .signature(error)
      }
    }
    if head.framing == .none, let expectation {
      // A body that is not there is verified before anything else happens.
      try signed { () throws(SigV4Error) in try expectation.checkEmptyBody() }
    }
    try checkOwner()
    try checkOverrides()
    return .authorize
  }

  /// `x-amz-expected-bucket-owner`: whoever names another account wants another bucket.
  /// Source: Amazon S3 User Guide, "Verifying bucket ownership with bucket owner condition".
  private func checkOwner() throws(ExchangeFailure) {
    guard let request else { return }
    for name in [FieldName.xAmzExpectedBucketOwner, .xAmzSourceExpectedBucketOwner] {
      if let owner = request.header(name), owner != snapshot.accountID { throw .foreignOwner }
    }
  }

  /// `response-*` parameters set headers of the answer: only for those who sign them.
  /// Source: Amazon S3 API Reference, GetObject, "Overriding response header values through the request".
  private func checkOverrides() throws(ExchangeFailure) {
    guard claim == nil, ticket == nil, bearer == nil, let request else { return }
    for item in request.query {
      switch item.name {
      case .responseCacheControl, .responseContentDisposition, .responseContentEncoding, .responseContentLanguage,
        .responseContentType, .responseExpires:
        throw .anonymousOverride
      default: break
      }
    }
  }

  /// Looks the key up, verifies, and sets ``verified`` and ``caller``. One order for every kind of key, so that what is
  /// refused first does not depend on secrets.
  func verify(
    _ claim: SignatureClaim, profile: SignatureProfile, bodyDigest: SHA256Digest?, at time: UnixTime
  ) throws(ExchangeFailure) -> VerifiedSignature {
    let identity = try RequestIdentity.look(up: claim, in: snapshot, at: time, worker: worker)
    let signature: VerifiedSignature
    do throws(SigV4Error) {
      signature = try snapshot.verifier.verify(
        claim, head: head, secret: identity.secret, profile: profile, nowSeconds: time.seconds, bodyDigest: bodyDigest,
        scratch: worker.scratch)
    } catch {
      throw .signature(error)
    }
    // Who it is counts only now, when they have proved it: a refusal before would tell strangers about keys.
    verified = signature
    session = identity.session
    caller = try identity.caller(snapshot, at: time, worker: worker)
    noteUse(claim, at: time)
    return signature
  }
}
