/// HKDF with SHA-256 (RFC 5869).
public enum HKDF {
  /// - Parameters:
  ///   - salt: may be empty.
  ///   - info: names the purpose; two purposes never share a label.
  ///   - count: bytes wanted, at most 8160 (255 blocks).
  public static func sha256(
    inputKey: UnsafeRawBufferPointer, salt: [UInt8], info: [UInt8], count: Int
  ) -> [UInt8] {
    let hasher = SHA256Hasher()
    return expand(HMACSHA256Key(salt).authenticate(inputKey, using: hasher), info: info, count: count, hasher)
  }

  public static func sha256(inputKey: [UInt8], salt: [UInt8], info: [UInt8], count: Int) -> [UInt8] {
    inputKey.withUnsafeBytes { sha256(inputKey: $0, salt: salt, info: info, count: count) }
  }

  private static func expand(_ key: SHA256Digest, info: [UInt8], count: Int, _ hasher: SHA256Hasher) -> [UInt8] {
    precondition(count <= 255 * 32, "HKDF gives at most 255 blocks")
    let key = HMACSHA256Key(key)
    var output: [UInt8] = []
    var block: [UInt8] = []
    var counter: UInt8 = 1
    while output.count < count {
      block.append(contentsOf: info)
      block.append(counter)
      block = block.withUnsafeBytes { key.authenticate($0, using: hasher) }.bytes
      output.append(contentsOf: block.prefix(count - output.count))
      counter &+= 1
    }
    return output
  }
}
