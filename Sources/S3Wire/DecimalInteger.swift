import HTTPWire

/// Unsigned decimal numbers as they stand in queries, headers and documents.
public enum DecimalInteger {
  /// The value of 1 to 18 digits and nothing else; nil for any other bytes.
  public static func parse(_ bytes: some Collection<UInt8>) -> Int64? {
    guard (1...18).contains(bytes.count) else { return nil }
    var value: Int64 = 0
    for byte in bytes {
      guard ASCII.isDigit(byte) else { return nil }
      value = value * 10 + Int64(byte - 0x30)
    }
    return value
  }
}
