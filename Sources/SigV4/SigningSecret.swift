import Cryptography
public import S3Model

/// A secret access key, ready to derive signing keys. Offers derivations, never the secret; prints as `<redacted>`.
public final class SigningSecret: Sendable {
  public let accessKeyID: ByteString
  /// Changes whenever the secret of that access key id does; keys the caches of derived keys.
  public let revision: UInt64
  /// Keyed with "AWS4" and the secret: the first step of SigV4's derivation.
  private let key: HMACSHA256Key
  /// Keyed with "AWS4A" and the secret.
  private let asymmetricKey: HMACSHA256Key

  public init(accessKeyID: ByteString, secretAccessKey: [UInt8], revision: UInt64) {
    self.accessKeyID = accessKeyID
    self.revision = revision
    key = HMACSHA256Key(Array("AWS4".utf8) + secretAccessKey)
    asymmetricKey = HMACSHA256Key(Array("AWS4A".utf8) + secretAccessKey)
  }

  /// The signing key of one scope.
  /// Source: AWS IAM User Guide, "Create a signed AWS API request", derive a signing key.
  func derivedKey(_ scope: CredentialScope, using hasher: SHA256Hasher) -> HMACSHA256Key {
    let day = scope.day.withUnsafeBytes { key.authenticate($0, using: hasher) }
    let region = scope.region.withUnsafeBytes { HMACSHA256Key(day).authenticate($0, using: hasher) }
    let service = scope.service.withUnsafeBytes { HMACSHA256Key(region).authenticate($0, using: hasher) }
    return CredentialScope.terminator.withUTF8Buffer {
      HMACSHA256Key(HMACSHA256Key(service).authenticate(UnsafeRawBufferPointer($0), using: hasher))
    }
  }

  /// The P-256 key of SigV4A, the same for every scope.
  ///
  /// NIST SP 800-108 counter mode with HMAC-SHA-256 until a candidate is at most the order less two, plus one.
  /// Source: the published algorithm of AWS's signing libraries ("AWS4-ECDSA-P256-SHA256").
  func derivedAsymmetricKey(using hasher: SHA256Hasher) -> P256PrivateKey? {
    for counter in UInt8(1)...254 {
      var input: [UInt8] = [0, 0, 0, 1]
      input.append(SignatureAlgorithm.ecdsaP256SHA256.name)
      input.append(0)
      input.append(contentsOf: accessKeyID.bytes)
      input.append(counter)
      input.append(contentsOf: [0, 0, 1, 0])
      var scalar = input.withUnsafeBytes { asymmetricKey.authenticate($0, using: hasher) }.bytes
      guard !Self.orderLessTwo.lexicographicallyPrecedes(scalar) else { continue }
      for index in scalar.indices.reversed() {
        scalar[index] &+= 1
        if scalar[index] != 0 { break }
      }
      do throws(CryptographyError) {
        return try P256PrivateKey(scalar: scalar)
      } catch {
        return nil
      }
    }
    return nil
  }

  private static let orderLessTwo: [UInt8] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA,
    0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x4F,
  ]
}

extension SigningSecret: CustomStringConvertible, CustomReflectable {
  public var description: String { "<redacted>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
