public import Cryptography
public import S3Model

/// Seals secrets of records and opens them.
///
/// The box is bound to the record's key and the member's name as associated data, so that a sealed secret moved to
/// another record does not open. Each secret has an AES key of its own, derived from the ring key and the random nonce,
/// so that no number of secrets wears a key out.
public struct SecretSealer: Sendable {
  /// Of the key that seals.
  public let sealingKeyID: ByteString
  private let sealingKey: AESGCMKey
  private let open: @Sendable (ByteString) -> AESGCMKey?

  /// - Parameter open: the ring key of an id, nil for none.
  public init(
    sealingKeyID: ByteString, sealingKey: AESGCMKey, open: @escaping @Sendable (ByteString) -> AESGCMKey?
  ) {
    self.sealingKeyID = sealingKeyID
    self.sealingKey = sealingKey
    self.open = open
  }

  /// - Parameters:
  ///   - owner: the record that holds it.
  ///   - member: which secret of the record.
  public func seal(
    _ secret: [UInt8], owner: RecordKey, member: String = "secret"
  ) throws(CryptographyError) -> SealedSecret {
    let nonce = try SecureRandom.bytes(AESGCMKey.nonceCount)
    let key = try sealingKey.derivedKey(salt: nonce, info: Self.info)
    let box = try key.seal(secret, nonce: nonce, associatedData: Self.binding(sealingKeyID, owner, member))
    return SealedSecret(ringKeyID: sealingKeyID, nonce: nonce, box: box)
  }

  /// - Throws: `authenticationFailed` when it was sealed for another record, by a key that is no longer in the ring, or
  ///   was changed.
  public func open(
    _ secret: SealedSecret, owner: RecordKey, member: String = "secret"
  ) throws(CryptographyError) -> [UInt8] {
    guard let ringKey = open(secret.ringKeyID) else { throw .authenticationFailed }
    let key = try ringKey.derivedKey(salt: secret.nonce, info: Self.info)
    return try key.open(
      secret.box, nonce: secret.nonce, associatedData: Self.binding(secret.ringKeyID, owner, member))
  }

  /// Whether the newest key of the ring sealed it.
  public func isCurrent(_ secret: SealedSecret) -> Bool { secret.ringKeyID == sealingKeyID }

  /// Whether the ring has the key that opens it.
  public func knows(_ secret: SealedSecret) -> Bool { knows(ringKeyID: secret.ringKeyID) }
  public func knows(ringKeyID: ByteString) -> Bool { open(ringKeyID) != nil }

  private static let info = Array("martlet identity secret v1".utf8)

  /// Unambiguous: ids hold no line feed, and the owner's length comes before it.
  private static func binding(_ keyID: ByteString, _ owner: RecordKey, _ member: String) -> [UInt8] {
    let name = owner.text
    return keyID.bytes + Array("\n\(member)\n\(name.count)\n".utf8) + name.bytes
  }
}
