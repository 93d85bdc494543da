/// Lower-case hexadecimal, as AWS writes digests.
public enum Hex {
  @inlinable
  static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

  /// Upper case is refused: AWS compares the text of signatures, and one digest must have one spelling.
  @inlinable
  static func lowercaseValue(_ byte: UInt8) -> UInt8? {
    let decimal = byte &- 0x30
    if decimal < 10 { return decimal }
    let letter = byte &- 0x61
    return letter < 6 ? letter + 10 : nil
  }

  @inlinable
  public static func append(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) {
    output.reserveCapacity(output.count + bytes.count * 2)
    for byte in bytes {
      output.append(digit(byte >> 4))
      output.append(digit(byte & 15))
    }
  }

  public static func encode(_ bytes: [UInt8]) -> String {
    var output: [UInt8] = []
    bytes.withUnsafeBytes { append($0, to: &output) }
    return String(decoding: output, as: UTF8.self)
  }

  /// Lower-case digits only, an even number of them; else nil.
  public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 2 == 0 else { return nil }
    var output: [UInt8] = []
    output.reserveCapacity(text.count / 2)
    var high: UInt8?
    for byte in text {
      guard let value = lowercaseValue(byte) else { return nil }
      if let first = high {
        output.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return output
  }
}
