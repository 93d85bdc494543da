import Cryptography
import S3Model
import STS
import Testing

@Suite struct SealedSessionTests {
  @Test(arguments: [Fixture.fullToken(), Fixture.userToken()])
  func roundTrip(content: SessionToken) throws {
    let sealed = try Fixture.seal(content)
    let key = try Fixture.key(7)
    let opened = try SessionToken.open(
      sealed.token.bytes, accessKeyID: content.accessKeyID, atMilliseconds: Fixture.now
    ) { $0 == "ring-1" ? key : nil }
    #expect(opened.token == content)
    #expect(sealed.secretAccessKey.count == 40)
    try expectSameSignature(opened, sealed)
    #expect(opened.ringKeyID == "ring-1")
    #expect(content.accessKeyID.count == 20)
    #expect(SessionSeed.isTemporary(content.accessKeyID))
    #expect("\(opened) \(sealed)" == "<redacted> <redacted>")
  }

  @Test func differentSaltsGiveDifferentSecretsAndTokens() throws {
    let one = try Fixture.seal(Fixture.userToken())
    let other = try Fixture.seal(Fixture.userToken(seed: Fixture.seed(2)), seed: Fixture.seed(2))
    #expect(one.secretAccessKey != other.secretAccessKey)
    #expect(one.accessKeyID != other.accessKeyID)
    #expect(one.token != other.token)
  }

  /// Every single-bit and whole-byte change of the decoded token gives the one error.
  @Test func anyChangedByteIsInvalid() throws {
    let content = Fixture.fullToken()
    let sealed = try Fixture.seal(content)
    let key = try Fixture.key(7)
    let bytes = try #require(Base64.decode(sealed.token.bytes))
    for index in bytes.indices {
      for mask: UInt8 in [0x01, 0x80, 0xFF] {
        var changed = bytes
        changed[index] ^= mask
        // Any key id leads to the right key, so that the header's own protection is what is tested.
        #expect(throws: SessionTokenError.invalid, "byte \(index) xor \(mask)") {
          try SessionToken.open(
            Array(Base64.encode(changed).utf8), accessKeyID: content.accessKeyID, atMilliseconds: Fixture.now
          ) { _ in key }
        }
      }
    }
  }

  @Test func everyTruncationAndExtensionIsInvalid() throws {
    let content = Fixture.fullToken()
    let sealed = try Fixture.seal(content)
    let key = try Fixture.key(7)
    let bytes = try #require(Base64.decode(sealed.token.bytes))
    var wires = bytes.indices.map { Array(Base64.encode(Array(bytes[..<$0])).utf8) }
    wires.append(Array(Base64.encode(bytes + [0]).utf8))
    wires += [1, 2, 3].map { Array(sealed.token.bytes.dropLast($0)) }
    wires += [sealed.token.bytes + [0x0A], [0x20] + sealed.token.bytes, sealed.token.bytes + sealed.token.bytes]
    wires.append([UInt8](repeating: 0x41, count: OpenedSession.wireBytesMax + 4))
    for wire in wires {
      #expect(throws: SessionTokenError.invalid) {
        try SessionToken.open(wire, accessKeyID: content.accessKeyID, atMilliseconds: Fixture.now) { _ in key }
      }
    }
  }

  @Test func wrongKeyUnknownKeyAndOtherAccessKeyAreInvalid() throws {
    let content = Fixture.userToken()
    let sealed = try Fixture.seal(content)
    let right = try Fixture.key(7)
    let wrong = try Fixture.key(8)
    let open = { (accessKeyID: ByteString, key: AESGCMKey?) in
      try SessionToken.open(sealed.token.bytes, accessKeyID: accessKeyID, atMilliseconds: Fixture.now) { _ in key }
    }
    #expect(try open(content.accessKeyID, right).token == content)
    #expect(throws: SessionTokenError.invalid) { try open(content.accessKeyID, wrong) }
    #expect(throws: SessionTokenError.invalid) { try open(content.accessKeyID, nil) }
    #expect(throws: SessionTokenError.invalid) { try open(Fixture.seed(2).accessKeyID, right) }
    #expect(throws: SessionTokenError.invalid) { try open("", right) }
  }

  @Test func expiryIsToldOnlyAfterAuthentication() throws {
    let content = Fixture.userToken()
    let sealed = try Fixture.seal(content)
    let key = try Fixture.key(7)
    let open = { (now: Int64) in
      try SessionToken.open(sealed.token.bytes, accessKeyID: content.accessKeyID, atMilliseconds: now) { _ in key }
    }
    let expiry = content.expirySeconds * 1000
    #expect(try open(expiry - 1).token == content)
    #expect(throws: SessionTokenError.expired) { try open(expiry) }
    #expect(throws: SessionTokenError.expired) { try open(expiry + 1) }
    #expect(throws: SessionTokenError.expired) { try open(-1) }
    #expect(throws: SessionTokenError.invalid) {
      try SessionToken.open(sealed.token.bytes, accessKeyID: "ASIAOTHER", atMilliseconds: expiry) { _ in key }
    }
  }

  @Test func tooMuchPolicyIsRefusedWithItsPercentage() throws {
    var content = Fixture.userToken()
    let seed = Fixture.seed()
    let key = try Fixture.key(7)
    #expect(try SealedSession(content, seed: seed, keyID: "k", key: key).packedPolicyPercent == nil)
    content.policy = ByteString([UInt8](repeating: 0x61, count: 1400))
    let half = try SealedSession(content, seed: seed, keyID: "k", key: key)
    #expect(try #require(half.packedPolicyPercent) > 40)
    #expect(try #require(half.packedPolicyPercent) < 60)
    // The longest policy that fits fills the token to its setting, one more byte is refused.
    var fitting = 1400
    while true {
      content.policy = ByteString([UInt8](repeating: 0x61, count: fitting + 1))
      guard let sealed = try? SealedSession(content, seed: seed, keyID: "k", key: key) else { break }
      #expect(sealed.token.count <= SealedSession.tokenBytesMaxDefault)
      fitting += 1
    }
    content.policy = ByteString([UInt8](repeating: 0x61, count: fitting))
    let full = try SealedSession(content, seed: seed, keyID: "k", key: key)
    #expect(full.packedPolicyPercent == 100)
    #expect(full.token.count == SealedSession.tokenBytesMaxDefault)
    content.policy = ByteString([UInt8](repeating: 0x61, count: fitting + 1))
    #expect(throws: SessionTokenError.packedPolicyTooLarge(percent: 101)) {
      try SealedSession(content, seed: seed, keyID: "k", key: key)
    }
    content.policy = ByteString([UInt8](repeating: 0x61, count: 4096))
    #expect {
      try SealedSession(content, seed: seed, keyID: "k", key: key)
    } throws: {
      guard case .packedPolicyTooLarge(let percent)? = $0 as? SessionTokenError else { return false }
      return (130...160).contains(percent)
    }
    // A larger setting takes it.
    #expect(try SealedSession(content, seed: seed, keyID: "k", key: key, tokenBytesMax: 8192).token.count > 4096)
  }

  @Test func contentOverItsBoundsIsRefused() throws {
    let seed = Fixture.seed()
    let key = try Fixture.key(7)
    var tooManyTags = Fixture.userToken()
    tooManyTags.tags = (0...50).map { SessionTag(key: ByteString("k\($0)"), value: "") }
    var longChain = Fixture.userToken()
    longChain.lineage = (0...8).map { SessionAncestor(accessKeyID: "A", roleID: nil, issuedMilliseconds: $0) }
    var longName = Fixture.userToken()
    longName.sessionName = ByteString([UInt8](repeating: 0x61, count: 4097))
    for content in [tooManyTags, longChain, longName] {
      #expect(throws: SessionTokenError.contentOutOfBounds) {
        try SealedSession(content, seed: seed, keyID: "k", key: key, tokenBytesMax: 1 << 20)
      }
    }
    #expect(throws: SessionTokenError.contentOutOfBounds) {
      try SealedSession(Fixture.userToken(), seed: seed, keyID: "", key: key)
    }
    tooManyTags.tags.removeLast()
    longChain.lineage.removeLast()
    longName.sessionName.bytes.removeLast()
    for content in [tooManyTags, longChain, longName] {
      let sealed = try SealedSession(content, seed: seed, keyID: "k", key: key, tokenBytesMax: 8192)
      let opened = try OpenedSession(authenticating: sealed.token.bytes, accessKeyID: seed.accessKeyID) { _ in key }
      #expect(opened.token == content)
    }
  }

  @Test func seedNeedsExactlyItsBytes() {
    #expect(SessionSeed([UInt8](repeating: 0, count: SessionSeed.byteCount - 1)) == nil)
    #expect(SessionSeed([UInt8](repeating: 0, count: SessionSeed.byteCount + 1)) == nil)
    #expect(SessionSeed([UInt8](repeating: 0, count: SessionSeed.byteCount))?.accessKeyID == "ASIAAAAAAAAAAAAAAAAA")
    #expect(SessionSeed([UInt8](repeating: 0xFF, count: SessionSeed.byteCount))?.accessKeyID == "ASIA7777777777777777")
    #expect(!SessionSeed.isTemporary("AKIAAAAAAAAAAAAAAAAA"))
    #expect(!SessionSeed.isTemporary("ASIAAAAAAAAAAAAAAAA"))
  }
}
