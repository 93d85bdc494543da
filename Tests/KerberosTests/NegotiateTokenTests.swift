import Testing

@testable import Kerberos

struct NegotiateTokenTests {
  private static let spnego: [UInt8] = [0x06, 0x06, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x02]
  private static let kerberos: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 0x01, 0x02, 0x02]
  private static let body = [UInt8](repeating: 0xA0, count: 20)

  private static func framed(_ content: [UInt8]) -> [UInt8] {
    switch content.count {
    case ..<0x80: [0x60, UInt8(content.count)] + content
    case ..<0x100: [0x60, 0x81, UInt8(content.count)] + content
    case ..<0x10000: [0x60, 0x82, UInt8(content.count >> 8), UInt8(content.count & 0xFF)] + content
    default:
      [0x60, 0x83, UInt8(content.count >> 16), UInt8(content.count >> 8 & 0xFF), UInt8(content.count & 0xFF)] + content
    }
  }

  @Test func takesFirstTokens() throws {
    for mechanism in [Self.spnego, Self.kerberos] {
      for count in [20, 130, 500, 60_000] {
        let token = Self.framed(mechanism + [UInt8](repeating: 0, count: count))
        #expect(try NegotiateToken(token).bytes == token)
      }
    }
  }

  private static let hostile: [[UInt8]] = [
    [], [0x60], Array("NTLMSSP".utf8) + [UInt8](repeating: 0, count: 40),
    // An answer, of an exchange that nobody remembers.
    [0xA1, 0x1A] + [UInt8](repeating: 0x30, count: 26),
    framed(spnego + body) + [0], Array(framed(spnego + body).dropLast()),
    framed([0x06, 0x06, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x03] + body), framed(body),
    // Lengths that are indefinite, longer than needed, or larger than anything.
    [0x60, 0x80] + spnego + body, [0x60, 0x81, 28] + spnego + body, [0x60, 0x82, 0, 28] + spnego + body,
    [0x60, 0x84, 0, 0, 0, 28] + spnego + body, [0x60, 0xFF, 0xFF, 0xFF, 0xFF] + spnego + body,
    framed(spnego + [UInt8](repeating: 0, count: NegotiateToken.bytesMax)),
  ]

  @Test(arguments: hostile)
  func refuses(token: [UInt8]) { #expect(throws: KerberosError.notKerberos) { try NegotiateToken(token) } }
}
