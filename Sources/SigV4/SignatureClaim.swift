import Cryptography
public import S3Model

/// What a request says about its own signature, parsed but not believed.
///
/// It names the key to look up; ``SignatureVerifier`` then turns it into a ``VerifiedSignature``, or refuses it.
///
/// Immutable and handed from stage to stage, hence an object: a copy is one reference instead of seven.
public final class SignatureClaim: Sendable {
  public let placement: CredentialPlacement
  public let algorithm: SignatureAlgorithm
  public let accessKeyID: ByteString
  public let scope: CredentialScope
  /// `x-amz-date`, or `Date` where there is none; `X-Amz-Date` of a query.
  public let date: SigningDate
  /// `X-Amz-Expires`; 0 in headers.
  public let lifetimeSeconds: Int64
  /// `x-amz-security-token`, from header or query.
  public let sessionToken: ByteString?
  public let payload: PayloadClaim
  /// Headers that presigning put into the query, lower-cased and decoded, in query order. Empty in headers: beside an
  /// Authorization header such a parameter means nothing.
  public let hoisted: [HoistedHeader]
  /// Every `x-amz-*` parameter of a presigned query, the authentication parameters too, to compare headers with.
  let parameters: [HoistedHeader]
  /// `X-Amz-Region-Set` of SigV4A.
  let regionSet: ByteString?
  /// `a;b;c`, as sent.
  let signedHeaders: [UInt8]
  let signature: ClaimedSignature

  init(
    placement: CredentialPlacement, algorithm: SignatureAlgorithm, accessKeyID: ByteString, scope: CredentialScope,
    date: SigningDate, lifetimeSeconds: Int64, sessionToken: ByteString?, payload: PayloadClaim,
    hoisted: [HoistedHeader], parameters: [HoistedHeader], regionSet: ByteString?, signedHeaders: [UInt8],
    signature: ClaimedSignature
  ) {
    self.placement = placement
    self.algorithm = algorithm
    self.accessKeyID = accessKeyID
    self.scope = scope
    self.date = date
    self.lifetimeSeconds = lifetimeSeconds
    self.sessionToken = sessionToken
    self.payload = payload
    self.hoisted = hoisted
    self.parameters = parameters
    self.regionSet = regionSet
    self.signedHeaders = signedHeaders
    self.signature = signature
  }
}

/// A signature as sent.
enum ClaimedSignature: Sendable {
  case hmac(SHA256Digest)
  /// DER, and its hexadecimal text, which the first chunk's string to sign repeats.
  case ecdsa([UInt8])
  /// No signature of the algorithm at all, so it matches nothing.
  case malformed

  init(_ text: UnsafeBufferPointer<UInt8>, _ algorithm: SignatureAlgorithm) {
    switch algorithm {
    case .hmacSHA256:
      self = SHA256Digest(hex: text).map { .hmac($0) } ?? .malformed
    case .ecdsaP256SHA256:
      // A DER signature of P-256 has at most 72 bytes.
      self = text.count <= 144 ? Hex.decode(text).map { .ecdsa($0) } ?? .malformed : .malformed
    }
  }
}
