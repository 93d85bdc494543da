/// Strings as Go's `encoding/json` writes them, which is what OPA prints.
public enum GoJSON {
  /// Appends a string with its quotes: `<`, `>`, `&`, U+2028 and U+2029 are escaped too (unless `escapesHTML` is false:
  /// then only the last two), invalid UTF-8 becomes `\ufffd`.
  public static func append(
    _ text: UnsafeRawBufferPointer, to bytes: inout [UInt8], escapesHTML: Bool = true
  ) {
    bytes.append(UInt8(ascii: "\""))
    var copied = 0
    var offset = 0
    while offset < text.count {
      let byte = text[offset]
      if byte < 0x80 {
        let plain =
          byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
          && (!escapesHTML || (byte != UInt8(ascii: "<") && byte != UInt8(ascii: ">") && byte != UInt8(ascii: "&")))
        if plain {
          offset += 1
          continue
        }
        bytes.append(contentsOf: text[copied..<offset])
        appendEscape(byte, to: &bytes)
        offset += 1
        copied = offset
        continue
      }
      let length = UTF8Sequence.length(text, at: offset)
      if length == 0 {
        bytes.append(contentsOf: text[copied..<offset])
        bytes.append(contentsOf: "\\ufffd".utf8)
        offset += 1
        copied = offset
      } else if length == 3, byte == 0xE2, text[offset + 1] == 0x80, text[offset + 2] & 0xFE == 0xA8 {
        bytes.append(contentsOf: text[copied..<offset])
        bytes.append(contentsOf: (text[offset + 2] == 0xA8 ? "\\u2028" : "\\u2029").utf8)
        offset += 3
        copied = offset
      } else {
        offset += length
      }
    }
    bytes.append(contentsOf: text[copied...])
    bytes.append(UInt8(ascii: "\""))
  }

  private static func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    default:
      bytes.append(contentsOf: "u00".utf8)
      for digit in [byte >> 4, byte & 15] { bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
    }
  }
}
