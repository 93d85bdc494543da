import Cryptography

/// A multipart upload in progress, as its folder's `info` file says.
struct Upload: Sendable {
  /// 32 lower-case hexadecimal digits: also the folder's name.
  var id: [UInt8]
  var key: [UInt8]
  /// Milliseconds since 1970, UTC.
  var initiated: Int64
  var checksumAlgorithm: ChecksumAlgorithm?
  var checksumType: ChecksumType = .composite
  var attributes = StoredAttributes()

  static let infoName = "info"

  /// Ordered by time, so that a key's uploads list by their start; unguessable by its random part.
  /// - Parameter random: 16 bytes.
  static func newID(_ initiated: Int64, random: [UInt8]) -> [UInt8] {
    var id: [UInt8] = []
    let time = withUnsafeBytes(of: initiated.bigEndian) { Array($0.suffix(6)) }
    (time + random.prefix(10)).withUnsafeBytes { Hex.append($0, to: &id) }
    return id
  }

  /// Whether text can be an upload's id at all: nothing else ever becomes part of a path.
  static func isID(_ text: [UInt8]) -> Bool {
    text.count == 32 && text.allSatisfy { $0 &- 0x30 < 10 || $0 &- 0x61 < 6 }
  }

  func encoded() -> [UInt8] {
    var writer = RecordWriter()
    writer.append(1, key)
    writer.append(2, initiated)
    if let checksumAlgorithm {
      writer.append(3, checksumAlgorithm.diskCode)
      writer.append(4, checksumType.rawValue)
    }
    attributes.write(to: &writer, system: 5, user: 6, tag: 7)
    return StoreFile.sealed(writer.bytes)
  }

  init(id: [UInt8], key: [UInt8], initiated: Int64) {
    self.id = id
    self.key = key
    self.initiated = initiated
  }

  init?(id: [UInt8], decoding bytes: [UInt8]) {
    guard let content = StoreFile.content(of: bytes) else { return nil }
    var reader = RecordReader(content)
    var key: [UInt8]?
    var initiated: Int64?
    self.init(id: id, key: [], initiated: 0)
    while let (tag, value) = reader.next() {
      switch tag {
      case 1: key = Array(value)
      case 2: initiated = RecordReader.integer(value, as: Int64.self)
      case 3:
        checksumAlgorithm = ChecksumAlgorithm.allCases.first { $0.diskCode == value.first }
        guard checksumAlgorithm != nil else { return nil }
      case 4:
        guard let first = value.first, let type = ChecksumType(rawValue: first) else { return nil }
        checksumType = type
      case 5, 6, 7:
        guard attributes.read(tag, value, system: 5, user: 6) else { return nil }
      default: return nil
      }
    }
    guard reader.isAtEnd, let key, let initiated else { return nil }
    self.key = key
    self.initiated = initiated
  }
}
