public import S3Model

/// The rules that a set of tags must meet, and its three spellings: header, form encoding and XML.
///
/// Source: Amazon S3 User Guide, "Categorizing your objects using tags".
public enum TagSet {
  /// Tags on one object.
  public static let objectTagsMax = 10
  /// Tags on one bucket.
  public static let bucketTagsMax = 50
  static let keyCharactersMax = 128
  static let valueCharactersMax = 256

  /// Parses `x-amz-tagging`: `key=value&key=value`, form-encoded.
  public static func parse(header: ByteString) throws(S3WireError) -> [ObjectTag] {
    var tags: [ObjectTag] = []
    for pair in header.bytes.split(separator: 0x26) {
      let equals = pair.firstIndex(of: 0x3D)
      let key = try PercentDecoding.decode(Array(pair[..<(equals ?? pair.endIndex)]), plus: .space)
      let value = try equals.map { index throws(S3WireError) in
        try PercentDecoding.decode(Array(pair[(index + 1)...]), plus: .space)
      }
      tags.append(ObjectTag(key: key, value: value ?? ByteString([])))
      guard tags.count <= objectTagsMax else { throw .invalidTag(.tooMany) }
    }
    try check(tags, countMax: objectTagsMax)
    return tags
  }

  /// Parses a `<Tagging>` document.
  public static func parse(document: [UInt8], countMax: Int) throws(S3WireError) -> [ObjectTag] {
    try RequestDocument.read(document) { reader throws(XMLFault) in
      var tags: [ObjectTag] = []
      var hasSet = false
      try reader.enter("Tagging")
      while try reader.nextChild() {
        guard reader.isElement("TagSet"), !hasSet else { throw .unexpectedElement }
        hasSet = true
        tags = try read(&reader)
      }
      guard hasSet else { throw .missingElement }
      return tags
    } check: { tags throws(S3WireError) in
      try check(tags, countMax: countMax)
    }
  }

  /// Reads `<Tag>` children of the current element.
  static func read(_ reader: inout XMLReader) throws(XMLFault) -> [ObjectTag] {
    var tags: [ObjectTag] = []
    while try reader.nextChild() {
      guard reader.isElement("Tag") else { throw .unexpectedElement }
      var key: [UInt8]?
      var value: [UInt8]?
      while try reader.nextChild() {
        if reader.isElement("Key"), key == nil {
          key = try reader.text()
        } else if reader.isElement("Value"), value == nil {
          value = try reader.text()
        } else {
          throw .unexpectedElement
        }
      }
      guard let key, let value else { throw .missingElement }
      tags.append(ObjectTag(key: ByteString(key), value: ByteString(value)))
    }
    return tags
  }

  /// The `<Tagging>` document.
  public static func document(_ tags: [ObjectTag]) -> [UInt8] {
    var writer = XMLWriter()
    writer.open("Tagging", namespace: XMLWriter.s3Namespace)
    writer.open("TagSet")
    for tag in tags {
      writer.open("Tag")
      writer.element("Key", tag.key)
      writer.element("Value", tag.value)
      writer.close("Tag")
    }
    writer.close("TagSet")
    writer.close("Tagging")
    return writer.bytes
  }

  /// Refuses sets that S3 would refuse.
  public static func check(_ tags: [ObjectTag], countMax: Int) throws(S3WireError) {
    guard tags.count <= countMax else { throw .invalidTag(.tooMany) }
    for (index, tag) in tags.enumerated() {
      guard (1...keyCharactersMax).contains(characters(tag.key)) else { throw .invalidTag(.keyLength) }
      guard characters(tag.value) <= valueCharactersMax else { throw .invalidTag(.valueLength) }
      guard isAllowed(tag.key), isAllowed(tag.value) else { throw .invalidTag(.malformed) }
      guard !tag.key.bytes.starts(with: "aws:".utf8) else { throw .invalidTag(.reservedPrefix) }
      for other in tags[..<index] where other.key == tag.key { throw .invalidTag(.repeatedKey) }
    }
  }

  private static func characters(_ text: ByteString) -> Int {
    text.bytes.reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) }
  }

  /// Letters, digits and spaces of any script, and `_ . : / = + - @`.
  private static func isAllowed(_ text: ByteString) -> Bool {
    String(decoding: text.bytes, as: UTF8.self).unicodeScalars.allSatisfy { scalar in
      if scalar.isASCII {
        let byte = UInt8(scalar.value)
        return PercentEncoding.isUnreserved(byte) && byte != 0x7E || " :/=+@".utf8.contains(byte)
      }
      return switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
        .letterNumber, .otherNumber, .spaceSeparator, .lineSeparator, .paragraphSeparator:
        true
      default: false
      }
    }
  }
}

extension ObjectTag {
  /// The tags in `x-amz-tagging`; nil when S3 would refuse the header.
  public static func parse(header: ByteString) -> [ObjectTag]? {
    do throws(S3WireError) {
      return try TagSet.parse(header: header)
    } catch {
      return nil
    }
  }
}
