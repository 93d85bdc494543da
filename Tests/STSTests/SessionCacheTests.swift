import Cryptography
import S3Model
import STS
import Testing

@Suite struct SessionCacheTests {
  @Test func aCachedSessionIsCheckedAsAFreshOne() throws {
    let cache = SessionCache()
    let content = Fixture.userToken()
    let wire = try Fixture.seal(content).token.bytes
    let key = try Fixture.key(7)
    let open = { (accessKeyID: ByteString, now: Int64, ring: [ByteString: AESGCMKey]) in
      try cache.open(wire, accessKeyID: accessKeyID, atMilliseconds: now) { ring[$0] }
    }
    let ring: [ByteString: AESGCMKey] = ["ring-1": key]
    let first = try open(content.accessKeyID, Fixture.now, ring)
    let second = try open(content.accessKeyID, Fixture.now, ring)
    #expect(first === second)
    #expect(cache.count == 1)
    // Another access key, a key gone from the ring, time: none is answered from the cache.
    #expect(throws: SessionTokenError.invalid) { try open("ASIAOTHER", Fixture.now, ring) }
    #expect(throws: SessionTokenError.invalid) { try open(content.accessKeyID, Fixture.now, [:]) }
    #expect(throws: SessionTokenError.expired) {
      try open(content.accessKeyID, content.expirySeconds * 1000, ring)
    }
    #expect(try open(content.accessKeyID, Fixture.now, ring) === first)
  }

  @Test func brokenTokensAreNotKept() throws {
    let cache = SessionCache()
    let key = try Fixture.key(7)
    var wire = try Fixture.seal(Fixture.userToken()).token.bytes
    wire[60] ^= 1
    #expect(throws: SessionTokenError.invalid) {
      try cache.open(wire, accessKeyID: Fixture.seed().accessKeyID, atMilliseconds: Fixture.now) { _ in key }
    }
    let long = [UInt8](repeating: 0x41, count: OpenedSession.wireBytesMax + 1)
    #expect(throws: SessionTokenError.invalid) {
      try cache.open(long, accessKeyID: "A", atMilliseconds: Fixture.now) { _ in key }
    }
    #expect(cache.count == 0)
  }

  @Test func holdsNoMoreThanItsBoundAndKeepsWhatIsUsed() throws {
    let cache = SessionCache(countMax: 8)
    let key = try Fixture.key(7)
    let open = { (seed: SessionSeed) in
      let wire = try Fixture.seal(Fixture.userToken(seed: seed), seed: seed).token.bytes
      return try cache.open(wire, accessKeyID: seed.accessKeyID, atMilliseconds: Fixture.now) { _ in key }
    }
    let kept = try open(Fixture.seed(200))
    for byte in UInt8(0)..<100 {
      _ = try open(Fixture.seed(byte))
      #expect(cache.count <= 8)
      #expect(try open(Fixture.seed(200)) === kept)
    }
  }
}
