/// Text that operators and policies hand over: PEM as it is or in base64, or DER in base64.
enum ArmoredBytes {
  static func isPEM(_ text: [UInt8]) -> Bool { text.starts(with: "-----BEGIN".utf8) }

  /// PEM text, or DER.
  static func decoded(_ text: [UInt8]) throws(CryptographyError) -> [UInt8] {
    guard !isPEM(text) else { return text }
    // Line ends are passed over, as RFC 2045 has it.
    guard let bytes = Base64.decode(text.filter { $0 != 0x0A && $0 != 0x0D }) else { throw .malformed(.base64) }
    return bytes
  }

  static func certificates(_ text: [UInt8]) throws(CryptographyError) -> [[UInt8]] {
    let bytes = try decoded(text)
    guard isPEM(bytes) else { return try split(bytes) }
    var all: [[UInt8]] = []
    for block in PEMBlock.all(in: bytes) {
      guard block.label.utf8.elementsEqual("CERTIFICATE".utf8) else { throw .malformed(.label) }
      all.append(contentsOf: try split(block.bytes))
    }
    return all
  }

  /// DER values, one behind the other.
  private static func split(_ bytes: [UInt8]) throws(CryptographyError) -> [[UInt8]] {
    var values: [[UInt8]] = []
    var reader = DERReader(bytes[...])
    while !reader.isAtEnd {
      do throws(DERReader.Malformed) {
        values.append(Array(try reader.next(DERReader.Tag.sequence).whole))
      } catch {
        throw .malformed(.certificate)
      }
    }
    return values
  }
}
