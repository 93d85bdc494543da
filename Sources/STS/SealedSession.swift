public import Cryptography
public import S3Model

/// A session as its client gets it: three strings, and nothing kept here.
///
/// Wire form of the token, in base 64: version (one byte), length and bytes of the ring key's id, a salt of 32 bytes,
/// then the AES-256-GCM box over the content. Everything before the box is associated data. The ring key and the salt
/// give each token an AES key of its own, so the nonce is constant, and a secret access key of its own; both by
/// HKDF-SHA-256 under labels of their own.
public struct SealedSession: Sendable {
  public let accessKeyID: ByteString
  /// 40 characters of base 64.
  public let secretAccessKey: ByteString
  public let token: ByteString
  /// Size of session policies and tags against the room for them, 0 to 100; nil when there are none.
  public let packedPolicyPercent: Int?

  /// The setting's default for the longest token, in bytes on the wire.
  public static let tokenBytesMaxDefault = 4096

  /// Seals a session.
  /// - Parameters:
  ///   - content: its `accessKeyID` must be the seed's.
  ///   - keyID: names the ring key inside the token, 1 to 64 bytes.
  ///   - tokenBytesMax: of the token on the wire.
  public init(
    _ content: SessionToken, seed: SessionSeed, keyID: ByteString, key: AESGCMKey,
    tokenBytesMax: Int = SealedSession.tokenBytesMaxDefault
  ) throws(SessionTokenError) {
    precondition(content.accessKeyID == seed.accessKeyID, "the access key id belongs to the seed")
    guard let plaintext = content.encoded(), (1...TokenHeader.keyIDBytesMax).contains(keyID.count) else {
      throw .contentOutOfBounds
    }
    let header = TokenHeader(keyID: keyID, salt: seed.salt)
    let associatedData = header.bytes

    // Base 64 turns three bytes into four.
    let room = tokenBytesMax / 4 * 3 - associatedData.count - AESGCMKey.tagCount
    let packed = content.packedPolicyCount
    let roomForPolicies = max(1, room - (plaintext.count - packed))
    let percent = (packed * 100 + roomForPolicies - 1) / roomForPolicies
    guard plaintext.count <= room else { throw .packedPolicyTooLarge(percent: max(101, percent)) }

    do throws(CryptographyError) {
      let box = try TokenHeader.boxKey(key, salt: seed.salt)
        .seal(plaintext, nonce: TokenHeader.nonce, associatedData: associatedData)
      token = ByteString(Base64.encode(associatedData + box))
    } catch {
      throw .cryptography
    }
    accessKeyID = content.accessKeyID
    secretAccessKey = TokenHeader.secretAccessKey(key, salt: seed.salt)
    packedPolicyPercent =
      content.policy == nil && content.policyARNs.isEmpty && content.tags.isEmpty ? nil : percent
  }
}

extension SealedSession: CustomStringConvertible, CustomReflectable {
  public var description: String { "<redacted>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
