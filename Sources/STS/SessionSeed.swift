public import S3Model

/// The randomness of one session: what makes its keys and its access key id unique.
public struct SessionSeed: Sendable {
  /// Random bytes that ``init(_:)`` takes.
  public static let byteCount = saltCount + idCount

  static let saltCount = 32
  private static let idCount = 10

  let salt: [UInt8]
  /// `ASIA` and 80 random bits in base 32: the form of AWS's ids of temporary keys.
  public let accessKeyID: ByteString

  /// - Parameter random: ``byteCount`` bytes from a cryptographic generator, else nil.
  public init?(_ random: [UInt8]) {
    guard random.count == Self.byteCount else { return nil }
    salt = Array(random[..<Self.saltCount])
    accessKeyID = ByteString(Self.prefix + Self.base32(random[Self.saltCount...]))
  }

  /// Whether an access key id has the form of a temporary one.
  public static func isTemporary(_ accessKeyID: ByteString) -> Bool {
    accessKeyID.count == prefix.count + idCount / 5 * 8 && accessKeyID.bytes.starts(with: prefix)
  }

  private static let prefix = Array("ASIA".utf8)
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

  /// Five bits a digit (RFC 4648 section 6); the count of bytes is a multiple of five, so nothing is padded.
  private static func base32(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    var buffer: UInt32 = 0
    var bits: UInt32 = 0
    for byte in bytes {
      buffer = (buffer << 8 | UInt32(byte)) & 0xFFFF
      bits += 8
      while bits >= 5 {
        bits -= 5
        output.append(digits[Int(buffer >> bits & 31)])
      }
    }
    return output
  }
}
