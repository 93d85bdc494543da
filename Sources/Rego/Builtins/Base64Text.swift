/// Base64 (RFC 4648) as Go's `encoding/base64` reads and writes it: padding demanded, line breaks skipped.
enum Base64Text {
  private static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let url = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  static func encode(_ text: Text, url isURL: Bool, padded: Bool) -> Text {
    let alphabet = isURL ? url : standard
    return text.withBytes { bytes in
      var output: [UInt8] = []
      output.reserveCapacity((bytes.count + 2) / 3 * 4)
      var index = 0
      while index < bytes.count {
        let left = bytes.count - index
        let word =
          UInt32(bytes[index]) << 16 | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
          | (left > 2 ? UInt32(bytes[index + 2]) : 0)
        output.append(alphabet[Int(word >> 18)])
        output.append(alphabet[Int(word >> 12 & 63)])
        if left > 1 { output.append(alphabet[Int(word >> 6 & 63)]) } else if padded { output.append(0x3D) }
        if left > 2 { output.append(alphabet[Int(word & 63)]) } else if padded { output.append(0x3D) }
        index += 3
      }
      return Text(bytes: output)
    }
  }

  private static func digit(_ byte: UInt8, _ isURL: Bool) -> UInt32? {
    switch byte {
    case 0x41...0x5A: UInt32(byte - 0x41)
    case 0x61...0x7A: UInt32(byte - 0x61 + 26)
    case 0x30...0x39: UInt32(byte - 0x30 + 52)
    case UInt8(ascii: "+") where !isURL, UInt8(ascii: "-") where isURL: 62
    case UInt8(ascii: "/") where !isURL, UInt8(ascii: "_") where isURL: 63
    default: nil
    }
  }

  static func decode(_ text: Text, url isURL: Bool) throws(BuiltinError) -> Text {
    let bytes = text.bytes
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count / 4 * 3)
    var word: UInt32 = 0
    var count = 0
    var index = 0
    func fault(_ offset: Int) -> BuiltinError { .failed("illegal base64 data at input byte \(offset)") }
    func skipBreaks() { while index < bytes.count, bytes[index] == 0x0A || bytes[index] == 0x0D { index += 1 } }
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if let digit = digit(byte, isURL) {
        word = word << 6 | digit
        count += 1
        if count == 4 {
          output.append(UInt8(truncatingIfNeeded: word >> 16))
          output.append(UInt8(truncatingIfNeeded: word >> 8))
          output.append(UInt8(truncatingIfNeeded: word))
          count = 0
          word = 0
        }
        continue
      }
      if byte == 0x0A || byte == 0x0D { continue }
      guard byte == 0x3D, count >= 2 else { throw fault(index - 1) }
      skipBreaks()
      if count == 2 {
        guard index < bytes.count else { throw fault(bytes.count) }
        guard bytes[index] == 0x3D else { throw fault(index - 1) }
        index += 1
        skipBreaks()
      }
      guard index == bytes.count else { throw fault(index) }
      output.append(UInt8(truncatingIfNeeded: count == 2 ? word >> 4 : word >> 10))
      if count == 3 { output.append(UInt8(truncatingIfNeeded: word >> 2)) }
      return Text(bytes: output)
    }
    guard count == 0 else { throw fault(index - count) }
    return Text(bytes: output)
  }

  /// base64url with or without padding (RFC 7515, appendix C), as `base64url.decode` and tokens have it. Of a text of
  /// impossible length the error tells nothing: it may be a part of a token.
  static func decodeURL(_ text: Text) throws(BuiltinError) -> Text {
    guard text.withBytes({ $0.last != 0x3D }) else { return try decode(text, url: true) }
    switch text.byteCount % 4 {
    case 0: return try decode(text, url: true)
    case 1: throw .failed("illegal base64url string")
    case let rest: return try decode(Text(bytes: text.bytes + Array(repeating: 0x3D, count: 4 - rest)), url: true)
    }
  }
}
