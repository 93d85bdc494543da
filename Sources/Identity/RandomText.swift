import Cryptography

/// Random text over an alphabet, every character equally likely.
enum RandomText {
  /// RFC 4648 base 32, as AWS's ids.
  static let base32 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
  static let alphanumeric = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

  static func make(_ count: Int, from alphabet: [UInt8]) throws(IdentityError) -> [UInt8] {
    let limit = 256 - 256 % alphabet.count
    var text: [UInt8] = []
    while text.count < count {
      let random: [UInt8]
      do throws(CryptographyError) {
        random = try SecureRandom.bytes(2 * count)
      } catch {
        throw .noRandomness
      }
      // Bytes beyond the last whole multiple would favor the first characters.
      for byte in random where Int(byte) < limit && text.count < count {
        text.append(alphabet[Int(byte) % alphabet.count])
      }
    }
    return text
  }
}
