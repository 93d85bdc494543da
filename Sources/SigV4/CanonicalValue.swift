/// The value of a header in a canonical request.
enum CanonicalValue {
  /// Trimmed by the parser already; runs of spaces become one, as all SDKs sign them.
  /// - Returns: false for a control byte when strict.
  @inline(__always)
  static func append(
    _ value: UnsafeBufferPointer<UInt8>, isStrict: Bool, to output: inout [UInt8]
  ) -> Bool {
    if !needsFolding(value) {
      output.append(contentsOf: value)
      return true
    }
    var isAfterSpace = false
    for byte in value {
      switch byte {
      case 0x20, 0x09:
        if !isAfterSpace { output.append(0x20) }
        isAfterSpace = true
      case 0..<0x20:
        guard !isStrict else { return false }
        if !isAfterSpace { output.append(0x20) }
        isAfterSpace = true
      default:
        output.append(byte)
        isAfterSpace = false
      }
    }
    return true
  }

  /// Whether there is a control byte, or a space behind a space.
  @inline(__always)
  private static func needsFolding(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = value.baseAddress else { return false }
    var index = 0
    var previous: UInt8 = 0
    while index < value.count {
      if value.count - index >= 8 {
        let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
        // No high bit is set where all eight bytes are above 0x20 and, for the last one's sake, below 0x80.
        let marks = (word &- 0x2121_2121_2121_2121) | word
        if marks & 0x8080_8080_8080_8080 == 0 {
          previous = 0
          index += 8
          continue
        }
      }
      let byte = base[index]
      if byte <= 0x20, byte != 0x20 || previous == 0x20 { return true }
      previous = byte
      index += 1
    }
    return false
  }
}
