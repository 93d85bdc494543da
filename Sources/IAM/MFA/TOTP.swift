public import Cryptography
public import S3Model

/// Time-based one-time passwords: six digits, steps of 30 seconds, HMAC-SHA-1, as AWS's virtual devices have them.
///
/// Source: RFC 6238, over RFC 4226.
public enum TOTP {
  public static let stepSeconds: Int64 = 30

  /// The step that a time lies in.
  public static func step(at seconds: Int64) -> Int64 { seconds / stepSeconds }

  /// The code of a step.
  /// - Parameter digits: 6 to 8.
  /// Source: RFC 4226 section 5.3.
  public static func code(
    seed: [UInt8], step: Int64, digits: Int = 6, _ algorithm: DigestAlgorithm = .sha1
  ) -> ByteString {
    let counter = UInt64(bitPattern: step)
    let message = (0..<8).map { UInt8(truncatingIfNeeded: counter >> UInt64(56 - 8 * $0)) }
    let mac = HMACKey(seed).authenticate(message, algorithm)
    let offset = Int(mac[mac.count - 1] & 15)
    var number = UInt32(mac[offset] & 0x7F) << 24
    number |= UInt32(mac[offset + 1]) << 16 | UInt32(mac[offset + 2]) << 8 | UInt32(mac[offset + 3])
    var text = [UInt8](repeating: 0x30, count: digits)
    for index in text.indices.reversed() {
      text[index] = 0x30 + UInt8(number % 10)
      number /= 10
    }
    return ByteString(text)
  }

  /// The latest step in a range whose code this is; every step of the range is looked at.
  static func match(_ code: ByteString, seed: [UInt8], in steps: ClosedRange<Int64>) -> Int64? {
    var found: Int64?
    for step in steps where constantTimeEquals(self.code(seed: seed, step: step).bytes, code.bytes) { found = step }
    return found
  }

  /// Where two consecutive codes begin; nil when they are none.
  static func match(_ first: ByteString, _ second: ByteString, seed: [UInt8], in steps: ClosedRange<Int64>) -> Int64? {
    var found: Int64?
    for step in steps
    where constantTimeEquals(code(seed: seed, step: step).bytes, first.bytes)
      && constantTimeEquals(code(seed: seed, step: step + 1).bytes, second.bytes)
    {
      found = step
    }
    return found
  }
}

/// Base 32 without padding: RFC 4648 section 6.
enum Base32 {
  static func encode(_ bytes: [UInt8]) -> ByteString {
    var output: [UInt8] = []
    var buffer: UInt32 = 0
    var bits: UInt32 = 0
    for byte in bytes {
      buffer = (buffer << 8 | UInt32(byte)) & 0xFFFFF
      bits += 8
      while bits >= 5 {
        bits -= 5
        output.append(IAMEntropy.base32[Int(buffer >> bits & 31)])
      }
    }
    if bits > 0 { output.append(IAMEntropy.base32[Int(buffer << (5 - bits) & 31)]) }
    return ByteString(output)
  }
}
