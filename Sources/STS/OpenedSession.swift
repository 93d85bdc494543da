public import Cryptography
public import S3Model
public import SigV4

/// A session token that a key of the ring has authenticated, and what follows from it alone.
///
/// Only opening a genuine token makes one. It says what was sealed, not that it still counts: whoever uses it checks,
/// on every request, expiry, that the ring still has ``ringKeyID``, that every principal it names exists and is enabled,
/// and the revocation rules. ``SessionCache/open(_:accessKeyID:atMilliseconds:key:)`` does the first two.
public final class OpenedSession: Sendable {
  public let token: SessionToken
  /// What the session's requests are signed with. Its revision is the token's own.
  public let signingSecret: SigningSecret
  /// Id of the ring key that sealed it.
  public let ringKeyID: ByteString

  /// Opens a token, without looking at the time.
  /// - Parameters:
  ///   - wire: the token as `X-Amz-Security-Token` carries it.
  ///   - accessKeyID: of the request's Credential.
  ///   - bytesMax: of the token on the wire; longer ones are not even decoded.
  ///   - key: the ring key of an id, nil for none.
  /// - Throws: `invalid`, whatever is wrong.
  public init(
    authenticating wire: [UInt8], accessKeyID: ByteString, bytesMax: Int = OpenedSession.wireBytesMax,
    key: (ByteString) -> AESGCMKey?
  ) throws(SessionTokenError) {
    guard wire.count <= bytesMax, let bytes = Base64.decode(wire), let header = TokenHeader(bytes),
      let ringKey = key(header.keyID)
    else { throw .invalid }
    let headerCount = header.bytes.count
    let plaintext: [UInt8]
    do throws(CryptographyError) {
      plaintext = try TokenHeader.boxKey(ringKey, salt: header.salt)
        .open(
          Array(bytes[headerCount...]), nonce: TokenHeader.nonce, associatedData: Array(bytes[..<headerCount]))
    } catch {
      throw .invalid
    }
    guard let token = SessionToken(decoding: plaintext), token.accessKeyID == accessKeyID else { throw .invalid }
    self.token = token
    ringKeyID = header.keyID
    signingSecret = SigningSecret(
      accessKeyID: token.accessKeyID,
      secretAccessKey: TokenHeader.secretAccessKey(ringKey, salt: header.salt).bytes,
      // Random, so no two tokens share derived keys in a cache.
      revision: header.salt.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
  }

  /// Tokens sealed under a larger setting stay readable when it is lowered, so opening has a bound of its own.
  public static let wireBytesMax = 8192
}

extension SessionToken {
  /// Opens a token and checks its time, without a cache.
  /// - Throws: `invalid`, or `expired` for a genuine token whose time is over.
  public static func open(
    _ wire: [UInt8], accessKeyID: ByteString, atMilliseconds now: Int64, key: (ByteString) -> AESGCMKey?
  ) throws(SessionTokenError) -> OpenedSession {
    let session = try OpenedSession(authenticating: wire, accessKeyID: accessKeyID, key: key)
    guard !session.token.isExpired(atMilliseconds: now) else { throw .expired }
    return session
  }
}

extension OpenedSession: CustomStringConvertible, CustomReflectable {
  public var description: String { "<redacted>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
