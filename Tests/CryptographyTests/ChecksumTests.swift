import Cryptography
import Testing

@Suite struct ChecksumTests {
  /// Check values of "123456789" from the catalogue of parametrised CRC algorithms and the FIPS texts.
  @Test(arguments: [
    (ChecksumAlgorithm.crc32, "cbf43926"),
    (.crc32c, "e3069283"),
    (.crc64nvme, "ae8b14860a799888"),
    (.sha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"),
    (.sha256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"),
    (.md5, "25f9e794323b453885f5181f1b624d0b"),
  ])
  func checkValues(algorithm: ChecksumAlgorithm, hex: String) {
    #expect(Hex.encode(Checksum.of(Array("123456789".utf8), algorithm).bytes) == hex)
  }

  /// The sixteen-byte steps and the byte steps must meet at every split.
  @Test(arguments: ChecksumAlgorithm.allCases)
  func splitsDoNotMatter(algorithm: ChecksumAlgorithm) {
    let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
    var bytewise = Checksum(algorithm)
    for byte in bytes { [byte].withUnsafeBytes { bytewise.update($0) } }
    let expected = bytewise.finish()
    for split in 0...bytes.count {
      var checksum = Checksum(algorithm)
      bytes.withUnsafeBytes {
        checksum.update(UnsafeRawBufferPointer(rebasing: $0[..<split]))
        checksum.update(UnsafeRawBufferPointer(rebasing: $0[split...]))
      }
      #expect(checksum.finish() == expected)
    }
  }

  @Test func valuesAreStrict() {
    func value(_ text: String) -> ChecksumValue? {
      Array(text.utf8).withUnsafeBufferPointer { ChecksumValue(.crc32, base64: $0) }
    }
    #expect(value("y/Q5Jg==")?.bytes == [0xCB, 0xF4, 0x39, 0x26])
    #expect(value("y/Q5Jg") == nil)
    #expect(value("y/Q5JgA=") == nil)
    #expect(value("y/Q5Jh==") == nil)
  }
}
