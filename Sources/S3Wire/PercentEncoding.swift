import HTTPWire
import S3Model

/// Encodes bytes as `%XX`.
public enum PercentEncoding {
  /// As AWS SDKs encode a path: all but unreserved characters and `/`.
  public static func path(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    encode(bytes) { isUnreserved($0) || $0 == 0x2F }
  }

  /// As AWS SDKs encode a query name or value: all but unreserved characters.
  public static func query(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    encode(bytes, keeping: isUnreserved)
  }

  /// As listings write keys under `encoding-type=url`: space becomes `+`, and `/` and `*` stay.
  ///
  /// Source: observed of S3, which uses Java's `URLEncoder` and puts the slashes back.
  public static func listing(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var encoded = encode(bytes) { isUnreserved($0) && $0 != 0x7E || $0 == 0x2F || $0 == 0x2A || $0 == 0x20 }
    for index in encoded.indices where encoded[index] == 0x20 { encoded[index] = 0x2B }
    return encoded
  }

  /// RFC 3986 section 2.3.
  @inline(__always)
  static func isUnreserved(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || ASCII.isDigit(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F || byte == 0x7E
  }

  private static func encode(_ bytes: some Sequence<UInt8>, keeping isKept: (UInt8) -> Bool) -> [UInt8] {
    var encoded: [UInt8] = []
    encoded.reserveCapacity(bytes.underestimatedCount)
    for byte in bytes {
      if isKept(byte) {
        encoded.append(byte)
      } else {
        encoded.append(0x25)
        encoded.append(hexDigit(byte >> 4))
        encoded.append(hexDigit(byte & 15))
      }
    }
    return encoded
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}
