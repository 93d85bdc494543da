import Cryptography
import Testing

@Suite struct KeyTests {
  /// RFC 4231 test cases 1, 2 and 6 (a key longer than a block).
  @Test(arguments: [
    (
      [UInt8](repeating: 0x0B, count: 20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
  ])
  func hmac(key: [UInt8], message: String, hex: String) {
    #expect(HMACSHA256Key(key).authenticate(Array(message.utf8)).hex == hex)
  }

  /// RFC 5869 appendix A.1 and A.3.
  @Test(arguments: [
    (
      Array(0..<13) as [UInt8], Array(0xF0...0xF9) as [UInt8],
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    ),
    ([], [], "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
  ])
  func hkdf(salt: [UInt8], info: [UInt8], hex: String) {
    let key = [UInt8](repeating: 0x0B, count: 22)
    #expect(Hex.encode(HKDF.sha256(inputKey: key, salt: salt, info: info, count: 42)) == hex)
  }

  /// Test case 14 of the GCM specification (McGrew, Viega): zero key, zero nonce, 16 zero bytes.
  @Test func aesGCM() throws {
    let key = try AESGCMKey([UInt8](repeating: 0, count: 32))
    let nonce = [UInt8](repeating: 0, count: 12)
    let sealed = try key.seal([UInt8](repeating: 0, count: 16), nonce: nonce)
    #expect(Hex.encode(sealed) == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")
    #expect(try key.open(sealed, nonce: nonce) == [UInt8](repeating: 0, count: 16))
  }

  @Test func aesGCMRefusesAnyChange() throws {
    let key = try AESGCMKey([UInt8](repeating: 7, count: 32))
    let nonce = [UInt8](repeating: 1, count: 12)
    let sealed = try key.seal(Array("secret".utf8), nonce: nonce, associatedData: [1, 2])
    #expect(try key.open(sealed, nonce: nonce, associatedData: [1, 2]) == Array("secret".utf8))
    #expect(throws: CryptographyError.authenticationFailed) {
      try key.open(sealed, nonce: nonce, associatedData: [1, 3])
    }
    #expect(throws: CryptographyError.authenticationFailed) {
      try key.open(sealed, nonce: [UInt8](repeating: 2, count: 12), associatedData: [1, 2])
    }
    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 1
      #expect(throws: CryptographyError.authenticationFailed) {
        try key.open(changed, nonce: nonce, associatedData: [1, 2])
      }
    }
    #expect(throws: CryptographyError.authenticationFailed) { try key.open([1, 2], nonce: nonce) }
    #expect(throws: CryptographyError.wrongLength(expected: 12)) { try key.open(sealed, nonce: [1]) }
    #expect(throws: CryptographyError.wrongLength(expected: 32)) { try AESGCMKey([1, 2, 3]) }
  }

  /// Public point of RFC 6979 appendix A.2.5.
  @Test func p256() throws {
    let scalar = try #require(Hex.decode("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721".utf8))
    let key = try P256PrivateKey(scalar: scalar)
    #expect(
      Hex.encode(key.publicKey.point)
        == "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
        + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299")
    let digest = SHA256Hasher.hash("sample")
    let signature = try key.sign(digest)
    #expect(key.publicKey.isValid(signature: signature, for: digest))
    #expect(!key.publicKey.isValid(signature: signature, for: SHA256Hasher.hash("other")))
    #expect(!key.publicKey.isValid(signature: Array(signature.dropLast()), for: digest))
    #expect(!key.publicKey.isValid(signature: [], for: digest))
    #expect(throws: CryptographyError.invalidKey) { try P256PrivateKey(scalar: [UInt8](repeating: 0, count: 32)) }
    #expect(throws: CryptographyError.invalidKey) { try P256PrivateKey(scalar: [UInt8](repeating: 255, count: 32)) }
    var offCurve = key.publicKey.point
    offCurve[64] ^= 1
    #expect(throws: CryptographyError.invalidKey) { try P256PublicKey(point: offCurve) }
  }

  @Test func keysNeverPrint() throws {
    let bytes = [UInt8](repeating: 0x41, count: 32)
    let keys: [Any] = [HMACSHA256Key(bytes), try AESGCMKey(bytes), try P256PrivateKey(scalar: bytes)]
    for key in keys {
      #expect("\(key)" == "<redacted>")
      var dumped = ""
      dump(key, to: &dumped)
      #expect(!dumped.contains("65") && !dumped.contains("AAAA"))
    }
  }

  @Test func constantTime() {
    #expect(constantTimeEquals([1, 2, 3], [1, 2, 3]))
    #expect(!constantTimeEquals([1, 2, 3], [1, 2, 4]))
    #expect(!constantTimeEquals([1, 2, 3], [1, 2]))
    #expect(constantTimeEquals([], []))
  }

  @Test func randomBytesDiffer() throws {
    let first = try SecureRandom.bytes(32)
    #expect(first.count == 32)
    #expect(try SecureRandom.bytes(32) != first)
    #expect(try SecureRandom.bytes(0) == [])
  }
}
