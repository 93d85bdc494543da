/// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
public enum UTF8Sequence {
  /// Bytes of the sequence at an offset; 0 when it is not well-formed.
  @inlinable
  public static func length(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
    let first = bytes[offset]
    if first < 0x80 { return 1 }
    let count: Int
    var least: UInt8 = 0x80
    var greatest: UInt8 = 0xBF
    switch first {
    case 0xC2...0xDF: count = 2
    case 0xE0...0xEF:
      count = 3
      if first == 0xE0 { least = 0xA0 }
      if first == 0xED { greatest = 0x9F }
    case 0xF0...0xF4:
      count = 4
      if first == 0xF0 { least = 0x90 }
      if first == 0xF4 { greatest = 0x8F }
    default: return 0
    }
    guard offset + count <= bytes.count, least <= bytes[offset + 1], bytes[offset + 1] <= greatest else { return 0 }
    for position in offset + 2..<max(offset + 2, offset + count) where bytes[position] & 0xC0 != 0x80 { return 0 }
    return count
  }

  /// Appends a code point; a surrogate or one above U+10FFFF as U+FFFD.
  @inlinable
  public static func append(_ point: UInt32, to bytes: inout [UInt8]) {
    switch point {
    case 0..<0x80: bytes.append(UInt8(point))
    case 0x80..<0x800:
      bytes.append(UInt8(0xC0 | point >> 6))
      bytes.append(UInt8(0x80 | point & 0x3F))
    case 0xD800..<0xE000, 0x11_0000...: append(0xFFFD, to: &bytes)
    case 0x800..<0x10000:
      bytes.append(UInt8(0xE0 | point >> 12))
      bytes.append(UInt8(0x80 | point >> 6 & 0x3F))
      bytes.append(UInt8(0x80 | point & 0x3F))
    default:
      bytes.append(UInt8(0xF0 | point >> 18))
      bytes.append(UInt8(0x80 | point >> 12 & 0x3F))
      bytes.append(UInt8(0x80 | point >> 6 & 0x3F))
      bytes.append(UInt8(0x80 | point & 0x3F))
    }
  }
}
