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
