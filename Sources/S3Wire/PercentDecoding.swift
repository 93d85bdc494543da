import HTTPWire
public import S3Model

/// Decodes `%XX`, once.
public enum PercentDecoding {
  /// What `+` means where the bytes stand.
  public enum Plus: Sendable {
    /// A plus: paths.
    case literal
    /// A space: queries, forms and `x-amz-copy-source`.
    case space
  }

  /// Decodes and checks: no malformed escapes, no NUL, valid UTF-8.
  public static func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, plus: Plus
  ) throws(S3WireError) -> ByteString {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var isASCII = true
    var index = 0
    while index < bytes.count {
      var byte = bytes[index]
      index += 1
      if byte == 0x25 {
        guard index + 1 < bytes.count, let high = ASCII.hexValue(bytes[index]),
          let low = ASCII.hexValue(bytes[index + 1])
        else { throw .malformedPercentEncoding }
        byte = high << 4 | low
        index += 2
        if byte == 0 { throw .encodedNUL }
      } else if byte == 0x2B, plus == .space {
        byte = 0x20
      } else if byte == 0 {
        throw .encodedNUL
      }
      if byte >= 0x80 { isASCII = false }
      decoded.append(byte)
    }
    guard isASCII || UTF8Validation.isValid(decoded) else { throw .invalidUTF8 }
    return ByteString(decoded)
  }

  /// Decodes a copy; see ``decode(_:plus:)-swift.type.method``.
  public static func decode(_ bytes: [UInt8], plus: Plus) throws(S3WireError) -> ByteString {
    try bytes.withUnsafeBufferPointer { buffer -> Result<ByteString, S3WireError> in
      Result { () throws(S3WireError) in try decode(buffer, plus: plus) }
    }.get()
  }
}
