import COpenSSL

/// An AES-256-GCM key (NIST SP 800-38D). Offers the operations, never the bytes; prints as `<redacted>`.
public final class AESGCMKey: Sendable {
  public static let keyCount = 32
  public static let nonceCount = 12
  public static let tagCount = 16

  // Immutable after creation, reference counted by OpenSSL, never freed.
  nonisolated(unsafe) private static let cipher: OpaquePointer? = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)

  private let key: KeyBytes

  /// - Parameter key: 32 bytes, else `wrongLength`.
  public init(_ key: UnsafeRawBufferPointer) throws(CryptographyError) {
    guard key.count == Self.keyCount else { throw .wrongLength(expected: Self.keyCount) }
    self.key = KeyBytes(copying: key)
  }

  public convenience init(_ key: [UInt8]) throws(CryptographyError) {
    let copy = KeyBytes(count: key.count) { storage in key.withUnsafeBytes { storage.copyMemory(from: $0) } }
    try self.init(copy.bytes)
    withExtendedLifetime(copy) {}
  }

  /// A key derived from this one by HKDF-SHA-256, so that derivation needs no access to bytes.
  public func derivedKey(salt: [UInt8], info: [UInt8]) throws(CryptographyError) -> AESGCMKey {
    try AESGCMKey(derivedBytes(salt: salt, info: info, count: Self.keyCount))
  }

  /// Bytes derived from this key by HKDF-SHA-256, for secrets that are handed out (secret access keys).
  public func derivedBytes(salt: [UInt8], info: [UInt8], count: Int) -> [UInt8] {
    HKDF.sha256(inputKey: key.bytes, salt: salt, info: info, count: count)
  }

  /// - Parameter nonce: 12 bytes, never used twice with one key.
  /// - Returns: ciphertext followed by the 16-byte tag.
  public func seal(
    _ plaintext: [UInt8], nonce: [UInt8], associatedData: [UInt8] = []
  ) throws(CryptographyError) -> [UInt8] {
    guard nonce.count == Self.nonceCount else { throw .wrongLength(expected: Self.nonceCount) }
    let session = try Session()
    var output = [UInt8](repeating: 0, count: plaintext.count + Self.tagCount)
    let context = session.context
    var written: Int32 = 0
    guard let count = Int32(exactly: plaintext.count), let associatedCount = Int32(exactly: associatedData.count),
      EVP_EncryptInit_ex2(context, Self.cipher, key.bytes.bindMemory(to: UInt8.self).baseAddress, nonce, nil) == 1,
      associatedCount == 0 || EVP_EncryptUpdate(context, nil, &written, associatedData, associatedCount) == 1,
      count == 0 || EVP_EncryptUpdate(context, &output, &written, plaintext, count) == 1
    else { throw .unavailable }
    var tag = [UInt8](repeating: 0, count: Self.tagCount)
    guard EVP_EncryptFinal_ex(context, &tag, &written) == 1,
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagCount), &tag) == 1
    else { throw .unavailable }
    output.replaceSubrange(plaintext.count..., with: tag)
    return output
  }

  /// - Parameter sealed: ciphertext followed by the tag.
  /// - Throws: `authenticationFailed` for any change of key, nonce, associated data or bytes.
  public func open(
    _ sealed: [UInt8], nonce: [UInt8], associatedData: [UInt8] = []
  ) throws(CryptographyError) -> [UInt8] {
    guard nonce.count == Self.nonceCount else { throw .wrongLength(expected: Self.nonceCount) }
    guard sealed.count >= Self.tagCount else { throw .authenticationFailed }
    let session = try Session()
    let context = session.context
    let plainCount = sealed.count - Self.tagCount
    var tag = Array(sealed[plainCount...])
    var output = [UInt8](repeating: 0, count: plainCount)
    var written: Int32 = 0
    guard let count = Int32(exactly: plainCount), let associatedCount = Int32(exactly: associatedData.count),
      EVP_DecryptInit_ex2(context, Self.cipher, key.bytes.bindMemory(to: UInt8.self).baseAddress, nonce, nil) == 1,
      associatedCount == 0 || EVP_DecryptUpdate(context, nil, &written, associatedData, associatedCount) == 1,
      count == 0 || EVP_DecryptUpdate(context, &output, &written, sealed, count) == 1,
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagCount), &tag) == 1
    else { throw .unavailable }
    guard EVP_DecryptFinal_ex(context, &tag, &written) == 1 else {
      ERR_clear_error()
      throw .authenticationFailed
    }
    return output
  }

  /// One cipher context, freed when the call ends.
  private final class Session {
    let context: OpaquePointer

    init() throws(CryptographyError) {
      guard AESGCMKey.cipher != nil, let context = EVP_CIPHER_CTX_new() else { throw .unavailable }
      self.context = context
    }

    deinit { EVP_CIPHER_CTX_free(context) }
  }
}

extension AESGCMKey: CustomStringConvertible, CustomReflectable {
  public var description: String { "<redacted>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
