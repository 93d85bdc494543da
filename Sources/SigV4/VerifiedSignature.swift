public import HTTPWire
public import S3Model

/// Proof that a request was signed with the secret of ``accessKeyID``. Only this module makes one.
///
/// It says nothing yet about the body: that is ``payload``, for a ``PayloadDecoder`` to enforce; nor about whether the
/// key, or the session its token stands for, is still good: that is the identity's to say.
public final class VerifiedSignature: Sendable {
  private let claim: SignatureClaim
  public let payload: PayloadExpectation
  private let signed: SignedFields

  init(_ claim: SignatureClaim, signed: SignedFields, payload: PayloadExpectation) {
    self.claim = claim
    self.payload = payload
    self.signed = signed
  }

  public var accessKeyID: ByteString { claim.accessKeyID }
  public var algorithm: SignatureAlgorithm { claim.algorithm }
  public var placement: CredentialPlacement { claim.placement }
  public var scope: CredentialScope { claim.scope }
  /// When the client says it signed.
  public var date: SigningDate { claim.date }
  /// `X-Amz-Expires` of a presigned URL; 0 otherwise.
  public var lifetimeSeconds: Int64 { claim.lifetimeSeconds }
  /// Beside a long-lived key: `InvalidToken`.
  public var sessionToken: ByteString? { claim.sessionToken }
  /// Headers that presigning put into the query; empty unless ``placement`` is query.
  public var hoisted: [HoistedHeader] { claim.hoisted }

  /// Whether the signature covers every line of that header; false for a header that is absent.
  public func signs(_ name: FieldName) -> Bool { signed.contains(name) }

  /// Whether the request is a presigned URL.
  public var isPresigned: Bool { placement == .query }
}

/// The known header names a signature covers: one bit per ``FieldName``.
struct SignedFields: Sendable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  init() {}

  init(head: RequestHead, isSigned: [Bool]) {
    // SignedHeaders names a header, not a line: all lines of one name are signed, or none.
    for (index, field) in head.fields.fields.enumerated() where isSigned[index] && field.id != .other {
      let bit = UInt64(1) << UInt64(field.id.rawValue & 63)
      switch field.id.rawValue >> 6 {
      case 0: words.0 |= bit
      case 1: words.1 |= bit
      case 2: words.2 |= bit
      default: words.3 |= bit
      }
    }
  }

  func contains(_ name: FieldName) -> Bool {
    let word =
      switch name.rawValue >> 6 {
      case 0: words.0
      case 1: words.1
      case 2: words.2
      default: words.3
      }
    return word & UInt64(1) << UInt64(name.rawValue & 63) != 0
  }
}
