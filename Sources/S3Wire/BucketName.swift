import HTTPWire

/// What may be a bucket's name.
public enum BucketName {
  /// The name in these bytes as text when buckets of that name may exist, nil otherwise.
  ///
  /// Looser than ``isCreatable(_:)``: stores hold buckets from before the rules of today.
  /// Letters, digits, `.`, `-` and `_`, 3 to 255 bytes, never `.` or `..` at either end.
  public static func accessible(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    guard (3...255).contains(bytes.count), let first = bytes.first, let last = bytes.last,
      isLetterOrDigit(first), isLetterOrDigit(last) || last == 0x2D || last == 0x5F
    else { return nil }
    for byte in bytes {
      guard isLetterOrDigit(byte) || byte == 0x2E || byte == 0x2D || byte == 0x5F else { return nil }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether a new bucket may have this name.
  ///
  /// Source: Amazon S3 User Guide, "General purpose buckets naming rules".
  public static func isCreatable(_ name: String) -> Bool {
    var name = name
    return name.withUTF8 { bytes in
      guard (3...63).contains(bytes.count), let first = bytes.first, let last = bytes.last,
        isLowerOrDigit(first), isLowerOrDigit(last), !isIPv4(bytes)
      else { return false }
      var previous: UInt8 = 0
      for byte in bytes {
        guard isLowerOrDigit(byte) || byte == 0x2E || byte == 0x2D else { return false }
        if byte == 0x2E, previous == 0x2E { return false }
        previous = byte
      }
      for prefix in reservedPrefixes where bytes.starts(with: prefix.utf8) { return false }
      for suffix in reservedSuffixes where bytes.reversed().starts(with: suffix.utf8.reversed()) { return false }
      return true
    }
  }

  private static let reservedPrefixes = ["xn--", "sthree-", "amzn-s3-demo-"]
  private static let reservedSuffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"]

  private static func isLowerOrDigit(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 || ASCII.isDigit(byte) }
  private static func isLetterOrDigit(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || ASCII.isDigit(byte) }

  /// Four groups of digits: never a bucket, because it could not be told from an address in a host name.
  private static func isIPv4(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let labels = bytes.split(separator: 0x2E, omittingEmptySubsequences: false)
    return labels.count == 4 && labels.allSatisfy { !$0.isEmpty && $0.count <= 3 && $0.allSatisfy(ASCII.isDigit) }
  }
}
