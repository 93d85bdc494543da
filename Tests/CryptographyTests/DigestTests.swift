import Cryptography
import Testing

@Suite struct DigestTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  ])
  func sha256(text: String, hex: String) {
    #expect(SHA256Hasher.hash(text).hex == hex)
    #expect(SHA256Digest(hex: hex) == SHA256Hasher.hash(text))
  }

  @Test func hashersAreReusable() {
    let hasher = SHA256Hasher()
    hasher.update(Array("a".utf8))
    hasher.update(Array("bc".utf8))
    #expect(hasher.finish() == SHA256Hasher.hash("abc"))
    hasher.update(Array("left over".utf8))
    hasher.reset()
    #expect(hasher.finish() == SHA256Digest.ofNothing)
    hasher.update(Array("abc".utf8))
    #expect(hasher.finish() == SHA256Hasher.hash("abc"))
    #expect(hasher.finish() == SHA256Digest.ofNothing)
  }

  /// A MAC begins in the middle of a digest: neither what was left before nor what follows may notice.
  @Test func macsLeaveNothingBehind() {
    let hasher = SHA256Hasher()
    let key = HMACSHA256Key(Array("key".utf8))
    let text = Array("The quick brown fox jumps over the lazy dog".utf8)
    for _ in 0..<2 {
      hasher.update(Array("left over".utf8))
      #expect(
        text.withUnsafeBytes { key.authenticate($0, using: hasher) }.hex
          == "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8")
      #expect(hasher.finish() == SHA256Digest.ofNothing)
      hasher.update(Array("abc".utf8))
      #expect(hasher.finish() == SHA256Hasher.hash("abc"))
    }
    #expect(
      key.authenticate(UnsafeRawBufferPointer(start: nil, count: 0), using: hasher).hex
        == "5d5d139563c95b5967b9bd9a8c9b233a9dedb45072794cd232dc1b74832607d0")
  }

  @Test(arguments: [
    "", "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85g",
  ])
  func refusesBadHex(hex: String) {
    #expect(SHA256Digest(hex: hex) == nil)
  }

  @Test func md5AndSHA1() {
    #expect(Hex.encode(MD5Hasher.hash(Array("abc".utf8))) == "900150983cd24fb0d6963f7d28e17f72")
    #expect(Hex.encode(SHA1Hasher.hash(Array("abc".utf8))) == "a9993e364706816aba3e25717850c26c9cd0d89d")
  }

  @Test func hexDecodesLowerCaseOnly() {
    #expect(Hex.decode("00ff".utf8) == [0, 255])
    #expect(Hex.decode("00FF".utf8) == nil)
    #expect(Hex.decode("0".utf8) == nil)
  }
}
