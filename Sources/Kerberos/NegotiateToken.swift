/// What a client sends behind `Negotiate`, looked at before any library sees it.
///
/// Only the first token of an exchange is one here: the generic framing of RFC 2743 section 3.1 around SPNEGO
/// (RFC 4178) or Kerberos (RFC 4121), and nothing behind it. NTLM has none.
public struct NegotiateToken: Sendable {
  public let bytes: [UInt8]

  /// Tickets with a directory's groups in them are large; Windows itself stops at 64 KiB.
  public static let bytesMax = 65_536

  private static let mechanisms: [[UInt8]] = [
    [0x06, 0x06, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x02],
    [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 0x01, 0x02, 0x02],
  ]

  public init(_ bytes: [UInt8]) throws(KerberosError) {
    guard (16...Self.bytesMax).contains(bytes.count), bytes[0] == 0x60,
      let (length, start) = Self.length(bytes), start + length == bytes.count,
      Self.mechanisms.contains(where: { bytes[start...].starts(with: $0) })
    else { throw .notKerberos }
    self.bytes = bytes
  }

  /// DER's: definite, and in as few bytes as it takes.
  private static func length(_ bytes: [UInt8]) -> (length: Int, start: Int)? {
    let first = bytes[1]
    if first < 0x80 { return (Int(first), 2) }
    let count = Int(first & 0x7F)
    guard (1...3).contains(count) else { return nil }
    let length = bytes[2..<(2 + count)].reduce(0) { $0 << 8 | Int($1) }
    guard bytes[2] != 0, length >= 0x80 else { return nil }
    return (length, 2 + count)
  }
}
