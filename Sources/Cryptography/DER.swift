/// Hands DER to OpenSSL's decoders.
enum DER {
  /// - Parameter decode: one of the `d2i_…` functions; moves its first argument behind what it read.
  /// - Returns: what was decoded, which the caller owns. Nil for malformed bytes and for bytes behind the value.
  static func whole(
    _ bytes: [UInt8], _ decode: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> OpaquePointer?
  ) -> OpaquePointer? {
    bytes.withUnsafeBufferPointer { buffer in
      guard let end = lengthOfFirst(buffer), end == buffer.count else { return nil }
      var start = buffer.baseAddress
      return decode(&start, buffer.count)
    }
  }

  /// Bytes of the first value, its tag and length included; nil when it is longer than the buffer or not definite.
  static func lengthOfFirst(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard bytes.count >= 2, bytes[0] & 0x1F != 0x1F else { return nil }
    let first = Int(bytes[1])
    if first < 0x80 { return 2 + first <= bytes.count ? 2 + first : nil }
    let lengthCount = first & 0x7F
    guard lengthCount > 0, lengthCount <= 4, bytes.count >= 2 + lengthCount else { return nil }
    var length = 0
    for index in 2..<(2 + lengthCount) { length = length << 8 | Int(bytes[index]) }
    return length <= bytes.count - 2 - lengthCount ? 2 + lengthCount + length : nil
  }
}
