import Cryptography
import S3Model

/// What stands in the clear before the box, and the keys that follow from it.
struct TokenHeader {
  static let version: UInt8 = 1
  static let keyIDBytesMax = 64
  /// Each token's key seals one message only.
  static let nonce = [UInt8](repeating: 0, count: AESGCMKey.nonceCount)

  var keyID: ByteString
  var salt: [UInt8]

  var bytes: [UInt8] { [Self.version, UInt8(keyID.count)] + keyID.bytes + salt }

  /// 30 bytes make the 40 characters that secret access keys have on AWS.
  private static let secretCount = 30
  private static let boxLabel = Array("martlet session token 1: box key".utf8)
  private static let secretLabel = Array("martlet session token 1: secret access key".utf8)

  static func boxKey(_ ringKey: AESGCMKey, salt: [UInt8]) throws(CryptographyError) -> AESGCMKey {
    try ringKey.derivedKey(salt: salt, info: boxLabel)
  }

  static func secretAccessKey(_ ringKey: AESGCMKey, salt: [UInt8]) -> ByteString {
    ByteString(Base64.encode(ringKey.derivedBytes(salt: salt, info: secretLabel, count: secretCount)))
  }
}

extension TokenHeader {
  /// Reads the header of decoded token bytes; nil when it is malformed or no box can follow.
  init?(_ token: [UInt8]) {
    guard token.count > 2, token[0] == Self.version else { return nil }
    let keyIDCount = Int(token[1])
    let count = 2 + keyIDCount + SessionSeed.saltCount
    guard (1...Self.keyIDBytesMax).contains(keyIDCount), token.count > count + AESGCMKey.tagCount else { return nil }
    keyID = ByteString(token[2..<(2 + keyIDCount)])
    salt = Array(token[(2 + keyIDCount)..<count])
  }
}
