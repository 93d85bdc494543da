import Cryptography
import Testing

@Suite struct Base64Tests {
  /// RFC 4648 section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func vectors(text: String, encoded: String) {
    #expect(Base64.encode(Array(text.utf8)) == encoded)
    #expect(Base64.decode(encoded) == Array(text.utf8))
    let unpadded = String(encoded.filter { $0 != "=" })
    #expect(Base64.encode(Array(text.utf8), .urlSafe) == unpadded)
    #expect(Base64.decode(unpadded, .urlSafe) == Array(text.utf8))
  }

  @Test(arguments: [
    "Zg", "Zg=", "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "Zm9v====", "=", "====", "Z===", "Zm-v", "Zg==Zg==",
  ])
  func refusesWhatIsNotCanonical(encoded: String) {
    #expect(Base64.decode(encoded) == nil)
  }

  @Test func urlSafeAlphabet() {
    #expect(Base64.encode([0xFB, 0xFF], .urlSafe) == "-_8")
    #expect(Base64.decode("-_8", .urlSafe) == [0xFB, 0xFF])
    #expect(Base64.decode("+/8", .urlSafe) == nil)
    #expect(Base64.decode("-_8=", .urlSafe) == nil)
  }
}
