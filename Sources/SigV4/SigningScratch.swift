import Cryptography
import S3Model

/// Buffers, digest context and derived keys that verifying and signing reuse: one per event loop, owned by the caller.
public final class SigningScratch {
  let hasher = SHA256Hasher()
  public let keys: SigningKeyCache
  var canonical: [UInt8] = []
  var stringToSign: [UInt8] = []
  /// Per header line: whether the signature covers it.
  var isSigned: [Bool] = []

  /// Names of the headers being signed, `a;b;c`.
  var names: [UInt8] = []
  /// Of the requests that come in.
  let dates = SigningDateTexts()
  /// Of the requests that go out: their date is the clock's, never the client's.
  let outgoingDates = SigningDateTexts()
  private var lastOutgoing: OutgoingKey?

  public init(keys: SigningKeyCache = SigningKeyCache()) {
    self.keys = keys
    canonical.reserveCapacity(4096)
    stringToSign.reserveCapacity(512)
    isSigned.reserveCapacity(128)
  }

  /// The key to sign with; the last one is kept, since a backend signs with the same one all day.
  func outgoingKey(_ signer: RequestSigner, _ date: SigningDate) throws(SigV4Error) -> OutgoingKey {
    if let last = lastOutgoing, last.secret === signer.secret, last.day == date.unixDay, last.region == signer.region,
      last.service == signer.service
    {
      return last
    }
    let scope = CredentialScope(date: date, region: signer.region, service: signer.service)
    guard case .hmac(let key)? = keys.key(signer.secret, .hmacSHA256, scope, using: hasher) else {
      throw .keyUnavailable
    }
    let made = OutgoingKey(signer, day: date.unixDay, scope: scope, key: key)
    lastOutgoing = made
    return made
  }

  /// Whether one signature is what the key makes of ``stringToSign``.
  func matches(_ signature: ClaimedSignature, _ key: SigningKey) -> Bool {
    switch (signature, key) {
    case (.hmac(let claimed), .hmac(let key)):
      stringToSign.withUnsafeBytes { key.authenticate($0, using: hasher) }.constantTimeEquals(claimed)
    case (.ecdsa(let claimed), .ecdsa(let key)):
      key.publicKey.isValid(signature: claimed, for: stringToSign.withUnsafeBytes { hasher.digest(of: $0) })
    default: false
    }
  }
}

@available(*, unavailable)
extension SigningScratch: Sendable {}

/// What signatures of one day have in common.
final class OutgoingKey: Sendable {
  let secret: SigningSecret
  let region: ByteString
  let service: ByteString
  let day: Int64
  let scope: CredentialScope
  let key: HMACSHA256Key
  /// The authorization header up to the names of the signed headers.
  let authorization: [UInt8]

  init(_ signer: RequestSigner, day: Int64, scope: CredentialScope, key: HMACSHA256Key) {
    secret = signer.secret
    region = signer.region
    service = signer.service
    self.day = day
    self.scope = scope
    self.key = key
    var text: [UInt8] = []
    text.append("authorization: AWS4-HMAC-SHA256 Credential=")
    text.append(contentsOf: signer.secret.accessKeyID.bytes)
    text.append(0x2F)
    text.append(contentsOf: scope.text.bytes)
    text.append(", SignedHeaders=")
    authorization = text
  }
}
