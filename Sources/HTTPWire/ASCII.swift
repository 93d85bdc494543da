/// Byte classes of HTTP's grammar (RFC 9110 section 5.6, RFC 3986 section 2).
public enum ASCII {
  @inlinable
  public static func lowercased(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
  }

  @inlinable
  public static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// The value of a hexadecimal digit, nil for any other byte.
  @inlinable
  public static func hexValue(_ byte: UInt8) -> UInt8? {
    let digit = byte &- 0x30
    if digit < 10 { return digit }
    let letter = (byte | 0x20) &- 0x61
    return letter < 6 ? letter + 10 : nil
  }

  /// `token` characters, which methods and header names are made of.
  @inlinable
  public static func isToken(_ byte: UInt8) -> Bool {
    // Bit sets over the two halves of ASCII: no table to initialize, no memory to touch.
    if byte < 64 { return UInt64(0x03FF_6CFA_0000_0000) >> UInt64(byte) & 1 == 1 }
    if byte < 128 { return UInt64(0x57FF_FFFF_C7FF_FFFE) >> UInt64(byte &- 64) & 1 == 1 }
    return false
  }

  /// The lower-case form of a `token` character, 0 for any other byte: one look-up for names, which are read byte by byte.
  @inlinable
  public static func lowercasedToken(_ byte: UInt8) -> UInt8 {
    byte < 128 ? tokens.utf8Start[Int(byte)] : 0
  }

  /// Constant data, so that nothing has to be initialized before the first use.
  @inlinable
  static var tokens: StaticString {
    """
    \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
    \0!\0#$%&'\0\0*+\0-.\00123456789\0\0\0\0\0\0\
    \0abcdefghijklmnopqrstuvwxyz\0\0\0^_\
    `abcdefghijklmnopqrstuvwxyz\0|\0~\0
    """
  }

  /// Bytes allowed in a field value: visible, space, tab and obs-text; never CR, LF, NUL or another control.
  @inlinable
  public static func isFieldValue(_ byte: UInt8) -> Bool {
    byte >= 0x20 ? byte != 0x7F : byte == 0x09
  }

  /// Bytes allowed raw in a request target: visible ASCII except `#`, which would start a fragment.
  @inlinable
  public static func isTarget(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7F && byte != 0x23
  }
}
