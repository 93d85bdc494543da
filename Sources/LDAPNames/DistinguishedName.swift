public import S3Model

/// A name in a directory, in one form for all its spellings: two names are one entry's exactly where their texts are
/// equal.
///
/// Attribute types are in lower case and short where RFC 4514 knows a short name; values are in lower case, without
/// spaces around them and with single ones inside, as `caseIgnoreMatch` compares them, and escaped no more than they
/// must be; several values of one level are sorted.
/// Source: RFC 4514 (the text), RFC 4517 section 4.2.11 and RFC 4518 section 2.6 (the comparison).
public struct DistinguishedName: Hashable, Sendable {
  /// Such as `cn=doe\, jane,ou=people,dc=example,dc=com`.
  public let text: ByteString
  /// From the entry up, each in its one form.
  public let levels: [ByteString]

  public static let bytesMax = 2048
  private static let levelsMax = 64

  /// - Returns: nil where it is no name, an empty one, or one that is too long or has control characters in it.
  public init?(_ bytes: some Collection<UInt8>) {
    guard !bytes.isEmpty, bytes.count <= Self.bytesMax else { return nil }
    var parser = DistinguishedNameParser(Array(bytes))
    guard let parsed = parser.levels(max: Self.levelsMax) else { return nil }
    levels = parsed.map { ByteString(Array($0.sorted { $0.lexicographicallyPrecedes($1) }.joined(separator: [0x2B]))) }
    text = ByteString(Array(levels.map(\.bytes).joined(separator: [0x2C])))
    guard text.bytes.count <= Self.bytesMax else { return nil }
  }

  /// A value as names carry it. Source: RFC 4514 section 2.4.
  public static func escaped(_ value: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return value.flatMap { byte -> [UInt8] in
      switch byte {
      case 0x00...0x20, 0x22, 0x23, 0x2B, 0x2C, 0x3B, 0x3C, 0x3D, 0x3E, 0x5C, 0x7F:
        [0x5C, digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
      default: [byte]
      }
    }
  }

  /// Whether the entry is the other one, or below it.
  public func isWithin(_ other: DistinguishedName) -> Bool {
    levels.count >= other.levels.count && levels.suffix(other.levels.count).elementsEqual(other.levels)
  }
}

extension DistinguishedName: CustomStringConvertible {
  public var description: String { text.text }
}
