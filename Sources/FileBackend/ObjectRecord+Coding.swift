import Cryptography

extension ObjectRecord {
  /// The raw values are on disk: never renumber.
  private enum Tag {
    static let identity: UInt8 = 1
    static let key: UInt8 = 2
    static let size: UInt8 = 3
    static let modified: UInt8 = 4
    static let etag: UInt8 = 5
    static let partCount: UInt8 = 6
    static let checksum: UInt8 = 7
    static let checksumType: UInt8 = 8
    static let system: UInt8 = 9
    static let user: UInt8 = 10
    static let tag: UInt8 = 11
    static let uploadID: UInt8 = 12
    static let part: UInt8 = 13
  }

  func encoded() -> [UInt8] {
    var writer = RecordWriter()
    writer.append(Tag.identity, identity)
    writer.append(Tag.key, key)
    writer.append(Tag.size, size)
    writer.append(Tag.modified, modified)
    writer.append(Tag.etag, etag.md5)
    writer.append(Tag.partCount, etag.partCount)
    if let checksum {
      writer.append(Tag.checksum, checksum.encoded)
      writer.append(Tag.checksumType, checksumType.rawValue)
    }
    attributes.write(to: &writer, system: Tag.system, user: Tag.user, tag: Tag.tag)
    if let multipart {
      writer.append(Tag.uploadID, multipart.uploadID)
      for part in multipart.parts {
        var inner = RecordWriter()
        inner.append(1, part.number)
        inner.append(2, part.size)
        if let checksum = part.checksum { inner.append(3, checksum.encoded) }
        writer.append(Tag.part, inner.bytes)
      }
    }
    return writer.bytes
  }

  /// Nil for bytes that ``encoded()`` cannot have made.
  init?(decoding bytes: ArraySlice<UInt8>) {
    var reader = RecordReader(bytes)
    var identity: [UInt8]?
    var key: [UInt8]?
    var size: UInt64?
    var modified: Int64?
    var md5: [UInt8]?
    var partCount: UInt32 = 0
    var checksum: ChecksumValue?
    var checksumType = ChecksumType.fullObject
    var attributes = StoredAttributes()
    var uploadID: [UInt8]?
    var parts: [Part] = []
    while let (tag, value) = reader.next() {
      switch tag {
      case Tag.identity: identity = Array(value)
      case Tag.key: key = Array(value)
      case Tag.size: size = RecordReader.integer(value, as: UInt64.self)
      case Tag.modified: modified = RecordReader.integer(value, as: Int64.self)
      case Tag.etag: md5 = Array(value)
      case Tag.partCount:
        guard let count = RecordReader.integer(value, as: UInt32.self) else { return nil }
        partCount = count
      case Tag.checksum:
        guard let decoded = ChecksumValue(decoding: value) else { return nil }
        checksum = decoded
      case Tag.checksumType:
        guard let first = value.first, let type = ChecksumType(rawValue: first) else { return nil }
        checksumType = type
      case Tag.system, Tag.user, Tag.tag:
        guard attributes.read(tag, value, system: Tag.system, user: Tag.user) else { return nil }
      case Tag.uploadID: uploadID = Array(value)
      case Tag.part:
        guard let part = Self.part(value) else { return nil }
        parts.append(part)
      default: return nil
      }
    }
    guard reader.isAtEnd, let identity, identity.count == 16, let key, let size, let modified, let md5, md5.count == 16
    else { return nil }
    self.init(
      identity: identity, key: key, size: size, modified: modified, etag: EntityTag(md5: md5, partCount: partCount),
      checksum: checksum, checksumType: checksumType, attributes: attributes,
      multipart: uploadID.map { Multipart(uploadID: $0, parts: parts) })
  }

  private static func part(_ bytes: ArraySlice<UInt8>) -> Part? {
    var reader = RecordReader(bytes)
    var number: UInt16?
    var size: UInt64?
    var checksum: ChecksumValue?
    while let (tag, value) = reader.next() {
      switch tag {
      case 1: number = RecordReader.integer(value, as: UInt16.self)
      case 2: size = RecordReader.integer(value, as: UInt64.self)
      case 3:
        guard let decoded = ChecksumValue(decoding: value) else { return nil }
        checksum = decoded
      default: return nil
      }
    }
    guard reader.isAtEnd, let number, let size else { return nil }
    return Part(number: number, size: size, checksum: checksum)
  }
}

extension StoredAttributes {
  func write(to writer: inout RecordWriter, system: UInt8, user: UInt8, tag: UInt8) {
    for value in self.system { writer.append(system, [value.field.rawValue] + value.value) }
    for pair in self.user { writer.append(user, pair) }
    for pair in tags { writer.append(tag, pair) }
  }

  /// Takes one field that ``write(to:system:user:tag:)`` wrote; anything that is neither `system` nor `user` is a tag.
  mutating func read(_ tag: UInt8, _ value: ArraySlice<UInt8>, system: UInt8, user: UInt8) -> Bool {
    if tag == system {
      guard let first = value.first, let field = SystemField(rawValue: first) else { return false }
      self.system.append(SystemValue(field: field, value: Array(value.dropFirst())))
      return true
    }
    guard let pair = RecordReader.pair(value) else { return false }
    if tag == user { self.user.append(pair) } else { tags.append(pair) }
    return true
  }
}

extension ChecksumValue {
  /// One byte for the algorithm, then the value.
  var encoded: [UInt8] { [algorithm.diskCode] + bytes }

  init?(decoding bytes: ArraySlice<UInt8>) {
    guard let first = bytes.first,
      let algorithm = ChecksumAlgorithm.allCases.first(where: { $0.diskCode == first })
    else { return nil }
    self.init(algorithm, bytes: Array(bytes.dropFirst()))
  }
}

extension ChecksumAlgorithm {
  /// On disk: never renumber.
  var diskCode: UInt8 {
    switch self {
    case .crc32: 1
    case .crc32c: 2
    case .crc64nvme: 3
    case .sha1: 4
    case .sha256: 5
    case .md5: 6
    }
  }
}
