import Cryptography
import Testing

@Suite struct SignatureTests {
  /// RFC 2202 (MD5, SHA-1) and RFC 4231 (SHA-2), test case 2; RFC 4231 test case 6 with a key longer than a block.
  @Test(arguments: [
    (DigestAlgorithm.md5, "750c783e6ab0b503eaa86e310a5db738"),
    (.sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
    (.sha224, "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44"),
    (.sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    (
      .sha384,
      "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"
    ),
    (
      .sha512,
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
        + "caeab1a34d4a6b4b636e070a38bce737"
    ),
  ])
  func hmac(algorithm: DigestAlgorithm, hex: String) throws {
    let key = HMACKey(Array("Jefe".utf8))
    let message = Array("what do ya want for nothing?".utf8)
    let mac = key.authenticate(message, algorithm)
    #expect(Hex.encode(mac) == hex)
    message.withUnsafeBytes { message in
      #expect(key.isValid(mac, for: message, algorithm))
      #expect(!key.isValid(mac.dropLast(), for: message, algorithm))
      #expect(!key.isValid([], for: message, algorithm))
    }
  }

  @Test func hmacOfLongKey() {
    let mac = HMACKey([UInt8](repeating: 0xAA, count: 131)).authenticate(
      Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8), .sha512)
    #expect(Hex.encode(mac).hasPrefix("80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"))
  }

  static let schemes: [(String, KeyKind, [SignatureScheme])] = [
    (
      TestKeys.rsa, .rsa,
      [
        .rsaPKCS1(.sha256), .rsaPKCS1(.sha384), .rsaPKCS1(.sha512), .rsaPSS(.sha256), .rsaPSS(.sha384),
        .rsaPSS(.sha512),
      ]
    ),
    (TestKeys.p256, .ec(.p256), [.ecdsa(.sha256), .ecdsa(.sha384)]),
    (TestKeys.p384, .ec(.p384), [.ecdsa(.sha384)]),
    (TestKeys.p521, .ec(.p521), [.ecdsa(.sha512)]),
    (TestKeys.ed25519, .ed25519, [.edDSA]),
    (TestKeys.ed448, .ed448, [.edDSA]),
  ]

  @Test(arguments: schemes)
  func signsAndVerifies(pem: String, kind: KeyKind, schemes: [SignatureScheme]) throws {
    let key = try PrivateKey(pem: Array(pem.utf8))
    #expect(key.kind == kind && key.publicKey.kind == kind)
    for scheme in schemes {
      for message in [[], Array("message".utf8)] as [[UInt8]] {
        let signature = try key.sign(message, scheme)
        #expect(key.publicKey.isValid(signature, for: message, scheme))
        #expect(!key.publicKey.isValid(signature, for: message + [0], scheme))
        #expect(!key.publicKey.isValid(signature.dropLast(), for: message, scheme))
        #expect(!key.publicKey.isValid(signature + [0], for: message, scheme))
        #expect(!key.publicKey.isValid([], for: message, scheme))
        for index in stride(from: 0, to: signature.count, by: 7) {
          var changed = signature
          changed[index] ^= 1
          #expect(!key.publicKey.isValid(changed, for: message, scheme))
        }
        for other in schemes where other != scheme {
          #expect(!key.publicKey.isValid(signature, for: message, other))
        }
      }
    }
  }

  @Test(arguments: schemes)
  func refusesSchemesOfOtherKinds(pem: String, kind: KeyKind, schemes: [SignatureScheme]) throws {
    let key = try PrivateKey(pem: Array(pem.utf8))
    for (_, other, foreign) in Self.schemes {
      switch (kind, other) {
      case (.rsa, .rsa), (.ec, .ec), (.ed25519, .ed25519), (.ed25519, .ed448), (.ed448, .ed25519), (.ed448, .ed448):
        continue
      default:
        for scheme in foreign {
          #expect(throws: CryptographyError.wrongScheme) { try key.sign([1], scheme) }
          #expect(!key.publicKey.isValid(try key.sign([1], schemes[0]), for: [1], scheme))
        }
      }
    }
  }

  @Test(arguments: schemes)
  func comesBackFromItsNumbers(pem: String, kind: KeyKind, schemes: [SignatureScheme]) throws {
    let key = try PrivateKey(pem: Array(pem.utf8))
    let again = try PrivateKey(try key.exportedParameters())
    #expect(try again.publicKey.parameters() == key.publicKey.parameters())
    #expect(key.publicKey.isValid(try again.sign([1], schemes[0]), for: [1], schemes[0]))
    #expect("\(key)" == "<redacted>")
    #expect("\(try key.exportedParameters())" == "<redacted>")
  }

  @Test func readsEveryFormOfAKey() throws {
    let key = try PrivateKey(pem: Array(TestKeys.rsaPKCS1.utf8))
    let signature = try key.sign([1], .rsaPSS(.sha256))
    for pem in [TestKeys.rsaPublic, TestKeys.rsaPublicPKCS1, TestKeys.rsaCertificate] {
      #expect(
        try PublicKey(pem: Array(("text\n" + pem + "\nmore").utf8)).isValid(signature, for: [1], .rsaPSS(.sha256)))
    }
    guard case .rsa(let modulus, let exponent, let d, _) = try key.exportedParameters() else {
      Issue.record("no RSA key")
      return
    }
    let withoutFactors = try PrivateKey(
      .rsa(modulus: modulus, exponent: exponent, privateExponent: d, factors: nil))
    #expect(key.publicKey.isValid(try withoutFactors.sign([1], .rsaPKCS1(.sha256)), for: [1], .rsaPKCS1(.sha256)))
  }

  @Test func refusesKeys() throws {
    #expect(throws: CryptographyError.unsupportedKey) { try PrivateKey(pem: Array(TestKeys.smallRSA.utf8)) }
    #expect(throws: CryptographyError.unsupportedKey) { try PrivateKey(pem: Array(TestKeys.secp256k1.utf8)) }
    #expect(throws: CryptographyError.malformed(.privateKey)) { try PrivateKey(pem: Array(TestKeys.rsaPublic.utf8)) }
    #expect(throws: CryptographyError.malformed(.publicKey)) { try PublicKey(pem: Array(TestKeys.rsa.utf8)) }
    #expect(throws: CryptographyError.malformed(.publicKey)) { try PublicKey(pem: []) }
    let key = try PrivateKey(pem: Array(TestKeys.rsa.utf8))
    guard case .rsa(let modulus, _) = try key.publicKey.parameters() else { return }
    #expect(throws: Never.self) { try PublicKey(rsaModulus: modulus, exponent: [3]) }
    for exponent: [UInt8] in [[], [1], [4], [1, 0, 0, 0, 1]] {
      #expect(throws: CryptographyError.self) { try PublicKey(rsaModulus: modulus, exponent: exponent) }
    }
    #expect(throws: CryptographyError.self) { try PublicKey(rsaModulus: [], exponent: [3]) }
    #expect(throws: CryptographyError.unsupportedKey) {
      try PublicKey(rsaModulus: [UInt8](repeating: 255, count: 2049), exponent: [3])
    }
  }

  @Test func refusesBytesBehindDER() throws {
    let block = try #require(PEMBlock.first(in: Array(TestKeys.rsaPublic.utf8)))
    #expect(throws: Never.self) { try PublicKey(spki: block.bytes) }
    #expect(throws: CryptographyError.malformed(.publicKey)) { try PublicKey(spki: block.bytes + [0]) }
    #expect(throws: CryptographyError.malformed(.publicKey)) { try PublicKey(spki: block.bytes.dropLast()) }
  }

  /// The positive case is Wycheproof's `json_web_key` 7, in the conformance tests.
  @Test func knowsFaultyKeyGeneration() throws {
    let key = try PrivateKey(pem: Array(TestKeys.rsa.utf8)).publicKey
    #expect(try !key.hasROCAFingerprint())
  }
}
