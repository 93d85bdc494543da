/// Base64 of RFC 4648, strict both ways: no white space, canonical padding, no stray trailing bits.
public enum Base64 {
  public enum Alphabet: Sendable {
    /// Section 4: `+`, `/`, padded with `=`.
    case standard
    /// Section 5: `-`, `_`, without padding.
    case urlSafe
  }

  public static func append(
    _ bytes: UnsafeRawBufferPointer, _ alphabet: Alphabet = .standard, to output: inout [UInt8]
  ) {
    output.reserveCapacity(output.count + (bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let left = bytes.count - index
      let group =
        UInt32(bytes[index]) << 16 | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
        | (left > 2 ? UInt32(bytes[index + 2]) : 0)
      output.append(digit(group >> 18 & 63, alphabet))
      output.append(digit(group >> 12 & 63, alphabet))
      if left > 1 { output.append(digit(group >> 6 & 63, alphabet)) }
      if left > 2 { output.append(digit(group & 63, alphabet)) }
      if alphabet == .standard, left < 3 {
        for _ in left..<3 { output.append(0x3D) }
      }
      index += 3
    }
  }

  public static func encode(_ bytes: [UInt8], _ alphabet: Alphabet = .standard) -> String {
    var output: [UInt8] = []
    bytes.withUnsafeBytes { append($0, alphabet, to: &output) }
    return String(decoding: output, as: UTF8.self)
  }

  /// nil unless the text is the one encoding of its bytes in that alphabet.
  public static func decode(_ text: UnsafeBufferPointer<UInt8>, _ alphabet: Alphabet = .standard) -> [UInt8]? {
    var digits = text.count
    if alphabet == .standard {
      guard text.count % 4 == 0 else { return nil }
      if digits > 0, text[digits - 1] == 0x3D { digits -= 1 }
      if digits > 0, digits < text.count, text[digits - 1] == 0x3D { digits -= 1 }
    }
    guard digits % 4 != 1 else { return nil }
    var output: [UInt8] = []
    output.reserveCapacity(digits / 4 * 3 + 2)
    var group: UInt32 = 0
    var bits = 0
    for index in 0..<digits {
      guard let value = value(text[index], alphabet) else { return nil }
      group = group << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        output.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
        group &= (1 << UInt32(bits)) - 1
      }
    }
    // Left-over bits of the last digit must be zero, else two texts would mean the same bytes.
    return group == 0 ? output : nil
  }

  public static func decode(_ text: [UInt8], _ alphabet: Alphabet = .standard) -> [UInt8]? {
    text.withUnsafeBufferPointer { decode($0, alphabet) }
  }

  public static func decode(_ text: String, _ alphabet: Alphabet = .standard) -> [UInt8]? {
    var text = text
    return text.withUTF8 { decode($0, alphabet) }
  }

  private static func digit(_ value: UInt32, _ alphabet: Alphabet) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: value)
    switch value {
    case 0..<26: return 0x41 + value
    case 26..<52: return 0x61 + value - 26
    case 52..<62: return 0x30 + value - 52
    case 62: return alphabet == .standard ? 0x2B : 0x2D
    default: return alphabet == .standard ? 0x2F : 0x5F
    }
  }

  private static func value(_ byte: UInt8, _ alphabet: Alphabet) -> UInt8? {
    switch byte {
    case 0x41...0x5A: byte - 0x41
    case 0x61...0x7A: byte - 0x61 + 26
    case 0x30...0x39: byte - 0x30 + 52
    case 0x2B: alphabet == .standard ? 62 : nil
    case 0x2F: alphabet == .standard ? 63 : nil
    case 0x2D: alphabet == .urlSafe ? 62 : nil
    case 0x5F: alphabet == .urlSafe ? 63 : nil
    default: nil
    }
  }
}
