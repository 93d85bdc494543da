import HTTPWire

/// Percent-encoding as canonical requests use it (RFC 3986 section 2; AWS "UriEncode").
enum PercentCoding {
  /// `A-Z a-z 0-9 - . _ ~`, which are never encoded.
  @inline(__always)
  static func isUnreserved(_ byte: UInt8) -> Bool {
    // Bit sets over the two halves of ASCII.
    if byte < 64 { return UInt64(0x03FF_6000_0000_0000) >> UInt64(byte) & 1 == 1 }
    if byte < 128 { return UInt64(0x47FF_FFFE_87FF_FFFE) >> UInt64(byte &- 64) & 1 == 1 }
    return false
  }

  @inline(__always)
  static func appendEncoded(_ byte: UInt8, to output: inout [UInt8]) {
    if isUnreserved(byte) {
      output.append(byte)
    } else {
      output.append(0x25)
      output.append(upperHex(byte >> 4))
      output.append(upperHex(byte & 15))
    }
  }

  /// Encodes every byte once; `/` stays when it separates path segments.
  static func appendEncoded(_ bytes: UnsafeBufferPointer<UInt8>, keepsSlash: Bool, to output: inout [UInt8]) {
    for byte in bytes {
      if byte == 0x2F, keepsSlash { output.append(byte) } else { appendEncoded(byte, to: &output) }
    }
  }

  /// Decodes and encodes again, so that every spelling of the same bytes becomes one.
  /// - Parameter plusIsSpace: in queries, where forms write a space as `+`.
  /// - Returns: false when a `%` is not followed by two hexadecimal digits.
  static func appendRecoded(
    _ bytes: UnsafeBufferPointer<UInt8>, keepsSlash: Bool, plusIsSpace: Bool, to output: inout [UInt8]
  ) -> Bool {
    var index = 0
    var plain = 0
    while index < bytes.count {
      let byte = bytes[index]
      if isUnreserved(byte) || (keepsSlash && byte == 0x2F) {
        index += 1
        continue
      }
      output.append(contentsOf: bytes[bytes: plain..<index])
      if byte == 0x25 {
        guard let value = decodedByte(bytes, at: index) else { return false }
        if value == 0x2F, keepsSlash { output.append(value) } else { appendEncoded(value, to: &output) }
        index += 3
      } else {
        appendEncoded(byte == 0x2B && plusIsSpace ? 0x20 : byte, to: &output)
        index += 1
      }
      plain = index
    }
    output.append(contentsOf: bytes[bytes: plain..<index])
    return true
  }

  /// Appends the decoded bytes; false as above.
  static func appendDecoded(
    _ bytes: UnsafeBufferPointer<UInt8>, plusIsSpace: Bool, to output: inout [UInt8]
  ) -> Bool {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == 0x25 {
        guard let value = decodedByte(bytes, at: index) else { return false }
        output.append(value)
        index += 3
      } else {
        output.append(byte == 0x2B && plusIsSpace ? 0x20 : byte)
        index += 1
      }
    }
    return true
  }

  @inline(__always)
  private static func decodedByte(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt8? {
    guard index + 2 < bytes.count, let high = ASCII.hexValue(bytes[index + 1]),
      let low = ASCII.hexValue(bytes[index + 2])
    else { return nil }
    return high << 4 | low
  }

  @inline(__always)
  private static func upperHex(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}
