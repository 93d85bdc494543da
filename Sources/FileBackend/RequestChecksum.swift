import Backend
import Cryptography
import HTTPWire
import S3Model

/// The additional checksum of a request: which algorithm, and the value where the client says it up front.
///
/// Source: Amazon S3 User Guide, "Checking object integrity".
struct RequestChecksum: Sendable {
  var algorithm: ChecksumAlgorithm
  /// From the header; a trailer's is verified by the gateway and computed again here.
  var value: ChecksumValue?
  /// `-N` behind the value: one of parts' checksums.
  var partCount: Int?

  static let fields: [(field: FieldName, algorithm: ChecksumAlgorithm)] = [
    (.xAmzChecksumCrc32, .crc32), (.xAmzChecksumCrc32c, .crc32c), (.xAmzChecksumCrc64nvme, .crc64nvme),
    (.xAmzChecksumSha1, .sha1), (.xAmzChecksumSha256, .sha256), (.xAmzChecksumMd5, .md5),
  ]

  /// Nil when the request names none.
  init?(_ request: S3Request) throws(BackendFailure) {
    var found: RequestChecksum?
    for (field, algorithm) in Self.fields where request.head.fields.contains(field) {
      guard found == nil else {
        throw .refused(.invalidRequest, "Expecting a single x-amz-checksum- header.")
      }
      found = try RequestChecksum(request, field, algorithm)
    }
    if let found {
      self = found
    } else if let algorithm = try Self.trailer(request) {
      self.init(algorithm: algorithm)
    } else if let algorithm = try Self.named(request, .xAmzSdkChecksumAlgorithm) {
      self.init(algorithm: algorithm)
    } else {
      return nil
    }
  }

  private init(algorithm: ChecksumAlgorithm) { self.algorithm = algorithm }

  private init(_ request: S3Request, _ field: FieldName, _ algorithm: ChecksumAlgorithm) throws(BackendFailure) {
    var text = request.header(field)?.bytes ?? []
    var partCount: Int?
    if let dash = text.lastIndex(of: 0x2D) {
      partCount = Int(String(decoding: text[(dash + 1)...], as: UTF8.self))
      guard partCount != nil else { throw Self.invalid(field) }
      text.removeSubrange(dash...)
    }
    guard let value = text.withUnsafeBufferPointer({ ChecksumValue(algorithm, base64: $0) }) else {
      throw Self.invalid(field)
    }
    self.algorithm = algorithm
    self.value = value
    self.partCount = partCount
  }

  private static func invalid(_ field: FieldName) -> BackendFailure {
    .refused(.invalidRequest, "Value for \(field.name) header is invalid.")
  }

  private static func trailer(_ request: S3Request) throws(BackendFailure) -> ChecksumAlgorithm? {
    guard let value = request.header(.xAmzTrailer) else { return nil }
    for name in value.bytes.split(separator: 0x2C) {
      let name = name.filter { $0 != 0x20 && $0 != 0x09 }.map { ASCII.lowercased($0) }
      for (field, algorithm) in fields where field.name.withUTF8Buffer({ $0.elementsEqual(name) }) { return algorithm }
    }
    return nil
  }

  /// The algorithm a header names, such as `x-amz-checksum-algorithm: CRC32`.
  static func named(_ request: S3Request, _ field: FieldName) throws(BackendFailure) -> ChecksumAlgorithm? {
    guard let value = request.header(field) else { return nil }
    for (_, algorithm) in fields where algorithm.name.withUTF8Buffer({ $0.elementsEqual(value.bytes) }) {
      return algorithm
    }
    throw .refused(
      .invalidRequest,
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]"
    )
  }
}

extension ChecksumAlgorithm {
  /// As headers and documents name it.
  var name: StaticString {
    switch self {
    case .crc32: "CRC32"
    case .crc32c: "CRC32C"
    case .crc64nvme: "CRC64NVME"
    case .sha1: "SHA1"
    case .sha256: "SHA256"
    case .md5: "MD5"
    }
  }

  /// The header that carries a value.
  var field: FieldName {
    switch self {
    case .crc32: .xAmzChecksumCrc32
    case .crc32c: .xAmzChecksumCrc32c
    case .crc64nvme: .xAmzChecksumCrc64nvme
    case .sha1: .xAmzChecksumSha1
    case .sha256: .xAmzChecksumSha256
    case .md5: .xAmzChecksumMd5
    }
  }
}
