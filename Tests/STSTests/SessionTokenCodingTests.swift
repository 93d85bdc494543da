import Testing

@testable import STS

/// The content's own form, below the encryption: what a token of another version or a bug could bring.
@Suite struct SessionTokenCodingTests {
  @Test(arguments: [Fixture.fullToken(), Fixture.userToken()])
  func everyTruncationAndExtensionIsRefused(content: SessionToken) throws {
    let bytes = try #require(content.encoded())
    #expect(SessionToken(decoding: bytes) == content)
    for count in bytes.indices { #expect(SessionToken(decoding: Array(bytes[..<count])) == nil) }
    #expect(SessionToken(decoding: bytes + [0]) == nil)
  }

  /// Whatever is decoded has one encoding only, so no two byte strings mean one session.
  @Test func decodingIsCanonical() throws {
    let bytes = try #require(Fixture.fullToken().encoded())
    for index in bytes.indices {
      for mask: UInt8 in [1, 2, 4, 8, 16, 32, 64, 128, 0xFF] {
        var changed = bytes
        changed[index] ^= mask
        if let decoded = SessionToken(decoding: changed) { #expect(decoded.encoded() == changed) }
      }
    }
  }

  @Test func unknownKindFlagAndMismatchedRoleAreRefused() throws {
    let bytes = try #require(Fixture.userToken().encoded())
    var unknownKind = bytes
    unknownKind[0] = 9
    #expect(SessionToken(decoding: unknownKind) == nil)
    var unknownFlag = bytes
    unknownFlag[1] |= 0x40
    #expect(SessionToken(decoding: unknownFlag) == nil)
    var roleless = bytes
    roleless[0] = SessionToken.Kind.assumedRole.rawValue
    #expect(SessionToken(decoding: roleless) == nil)
  }
}
