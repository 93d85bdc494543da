/// The value of a header in a canonical request.
enum CanonicalValue {
  /// Trimmed by the parser already; runs of spaces become one, as all SDKs sign them.
  /// - Returns: false for a control byte when strict.
  @inline(__always)
  static func append(
    _ value: UnsafeBufferPointer<UInt8>, isStrict: Bool, to output: inout [UInt8]
  ) -> Bool {
    var needsFolding = false
    var previous: UInt8 = 0
    for byte in value {
      if byte <= 0x20, byte != 0x20 || previous == 0x20 { needsFolding = true }
      previous = byte
    }
    if !needsFolding {
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
}
