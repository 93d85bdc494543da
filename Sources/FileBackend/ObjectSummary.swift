import Cryptography

/// What a listing says about an object.
struct ObjectSummary: Sendable {
  var size: UInt64
  /// Milliseconds since 1970, UTC.
  var modified: Int64
  var etag: EntityTag
  var checksumAlgorithm: ChecksumAlgorithm?
  var checksumType: ChecksumType = .fullObject
}

/// Whether a multipart object's checksum is that of its bytes or that of its parts' checksums.
enum ChecksumType: UInt8, Sendable {
  case fullObject, composite

  var name: String { self == .fullObject ? "FULL_OBJECT" : "COMPOSITE" }
}

/// An ETag: MD5, and for multipart objects MD5 of the parts' MD5s and their number.
struct EntityTag: Hashable, Sendable {
  var high: UInt64
  var low: UInt64
  /// Zero for an object that was put whole.
  var partCount: UInt32

  /// - Parameter md5: 16 bytes.
  init(md5: [UInt8], partCount: UInt32 = 0) {
    func word(_ from: Int) -> UInt64 {
      var value: UInt64 = 0
      for index in from..<min(from + 8, md5.count) { value = value << 8 | UInt64(md5[index]) }
      return value
    }
    high = word(0)
    low = word(8)
    self.partCount = partCount
  }

  var md5: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16)
    withUnsafeBytes(of: high.bigEndian) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: low.bigEndian) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Without quotes.
  var text: [UInt8] {
    var output: [UInt8] = []
    md5.withUnsafeBytes { Hex.append($0, to: &output) }
    if partCount > 0 {
      output.append(0x2D)
      output.append(contentsOf: String(partCount).utf8)
    }
    return output
  }

  /// As headers carry it.
  var quoted: [UInt8] { [0x22] + text + [0x22] }
}
