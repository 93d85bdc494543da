import Cryptography
import S3Wire

extension ChecksumAlgorithm {
  var element: ChecksumElement {
    switch self {
    case .crc32: .crc32
    case .crc32c: .crc32c
    case .crc64nvme: .crc64nvme
    case .sha1: .sha1
    case .sha256: .sha256
    case .md5: .md5
    }
  }
}

extension ChecksumValue {
  var documented: DocumentChecksum { DocumentChecksum(algorithm.element, base64) }

  /// Nil for an algorithm that this store has not, and for what is no value of it.
  init?(_ documented: DocumentChecksum) {
    guard let algorithm = ChecksumAlgorithm.allCases.first(where: { $0.element == documented.element }) else {
      return nil
    }
    let text = Array(documented.value.utf8)
    guard let value = text.withUnsafeBufferPointer({ ChecksumValue(algorithm, base64: $0) }) else { return nil }
    self = value
  }
}

extension ObjectRecord {
  var documentChecksums: [DocumentChecksum] {
    guard let checksum, let checksumText else { return [] }
    return [DocumentChecksum(checksum.algorithm.element, checksumText)]
  }
}
