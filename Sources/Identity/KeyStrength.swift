import S3Model
import Settings

/// Refuses keys that somebody made up. Random ones are never refused: the odds are below one in 10¹².
enum KeyStrength {
  static let rootSecretBytesMin = 16
  static let rootSecretBytesMax = 128

  /// Defaults of stores and examples of documentation, lower case.
  private static let known: Set<String> = [
    "minioadmin", "minioadminminioadmin", "minio123", "minio123minio123", "changeme", "changemechangeme",
    "miniosecretkey", "miniostorage", "rustfsadmin", "rustfssecret", "administrator", "passwordpassword",
    "akiaiosfodnn7example", "wjalrxutnfemi/k7mdeng/bpxrficyexamplekey", "je7mtgbclwbf/2zp9utk/h3ycx8nvbexamplekey",
    "supersecretpassword", "supersecretsupersecret", "0123456789abcdef", "1234567890123456", "testtesttesttest",
  ]

  static func check(rootKey id: ByteString, secret: Secret) -> KeyFault? {
    guard AccessKeySettings.isIdentifier(id.text) else { return .malformedIdentifier }
    guard secret.count >= rootSecretBytesMin else { return .tooShort(bytesMin: rootSecretBytesMin) }
    guard secret.count <= rootSecretBytesMax else { return .tooLong(bytesMax: rootSecretBytesMax) }
    return secret.withBytes { bytes in
      let folded = String(decoding: bytes, as: UTF8.self).lowercased()
      if known.contains(folded) || known.contains(id.text.lowercased()) { return .guessable }
      if bytes.elementsEqual(id.bytes) || Set(bytes).count < 6 || isPatterned(bytes) { return .guessable }
      return nil
    }
  }

  /// Whether 32 bytes cannot have come from a random generator: few different values, a pattern, or plain text.
  static func isWeak(ringKey bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBufferPointer { buffer in
      // Of 32 random bytes about 30 differ; fewer than 16 do not happen.
      Set(buffer).count < 16 || isPatterned(buffer) || buffer.allSatisfy { (0x20...0x7E).contains($0) }
    }
  }

  /// Whether the bytes repeat with a short period or count up or down.
  private static func isPatterned(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count >= 2 else { return true }
    for period in 1...max(1, bytes.count / 2) {
      if (period..<bytes.count).allSatisfy({ bytes[$0] == bytes[$0 - period] }) { return true }
    }
    let step = bytes[1] &- bytes[0]
    return (1..<bytes.count).allSatisfy { bytes[$0] &- bytes[$0 - 1] == step }
  }
}
