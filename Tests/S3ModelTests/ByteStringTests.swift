import S3Model
import Testing

@Suite struct ByteStringTests {
  @Test func comparesBytesAndNotCanonicalEquivalence() {
    let composed = "caf\u{E9}"
    let decomposed = "cafe\u{301}"
    #expect(composed == decomposed)
    #expect(ByteString(composed) != ByteString(decomposed))
    #expect(ByteString(composed) == ByteString(composed))
  }

  @Test func ordersByBytes() {
    #expect(ByteString("Z") < ByteString("a"))
    #expect(ByteString("a") < ByteString("a/"))
    #expect(ByteString([0x7F]) < ByteString([0x80]))
  }
}
