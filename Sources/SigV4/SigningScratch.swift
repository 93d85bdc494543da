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
  private var lastScope: (scope: CredentialScope, day: Int64, region: ByteString, service: ByteString)?

  public init(keys: SigningKeyCache = SigningKeyCache()) {
    self.keys = keys
    canonical.reserveCapacity(4096)
    stringToSign.reserveCapacity(512)
    isSigned.reserveCapacity(128)
  }

  /// The scope to sign with; the last one is kept, since a backend signs with the same one all day.
  func outgoingScope(_ date: SigningDate, _ region: ByteString, _ service: ByteString) -> CredentialScope {
    if let last = lastScope, last.day == date.unixDay, last.region == region, last.service == service {
      return last.scope
    }
    let scope = CredentialScope(date: date, region: region, service: service)
    lastScope = (scope, date.unixDay, region, service)
    return scope
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
