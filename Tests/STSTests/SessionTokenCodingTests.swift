import S3Model
import Testing

@testable import STS

/// The content's own form, below the encryption: what a token of another version or a bug could bring.
@Suite struct SessionTokenCodingTests {
  /// Of somebody without a role.
  private static var federated: SessionToken {
    SessionToken(
      kind: .federatedIdentity, accessKeyID: "ASIAFEDERATEDFEDERAT", principalID: "", providerID: "OIDCX",
      policy: "{}", claims: [SessionClaim(name: "jwt:groups", values: ["a"])], subject: "alice", subjectID: "00ff",
      issuedMilliseconds: 1_000, expirySeconds: 2)
  }

  @Test func aFederatedIdentityHasItsProviderAndSubjectAndNothingElse() throws {
    for change in [
      { $0.providerID = nil }, { $0.subject = nil }, { $0.principalID = "AIDAALICE" }, { $0.roleID = "AROAREADER" },
    ] as [(inout SessionToken) -> Void] {
      var token = Self.federated
      change(&token)
      #expect(SessionToken(decoding: try #require(token.encoded())) == nil)
    }
    // Under another kind it is another session, or none.
    for kind: UInt8 in 0...9 where kind != SessionToken.Kind.federatedIdentity.rawValue {
      var bytes = try #require(Self.federated.encoded())
      bytes[0] = kind
      #expect(SessionToken(decoding: bytes)?.kind != .federatedIdentity)
      #expect(SessionToken(decoding: bytes)?.principalID.isEmpty ?? true)
    }
  }

  @Test(arguments: [Fixture.fullToken(), Fixture.userToken(), federated])
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
    // A subject that is not there.
    unknownFlag[1] |= 0x40
    #expect(SessionToken(decoding: unknownFlag) == nil)
    var roleless = bytes
    roleless[0] = SessionToken.Kind.assumedRole.rawValue
    #expect(SessionToken(decoding: roleless) == nil)
  }
}
