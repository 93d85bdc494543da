import Backend
import Cryptography
import S3Model

/// What an upload's parts make together: size, ETag and checksum.
struct CompletedObject {
  private let upload: Upload
  private let parts: [UploadedPart]
  private let completion: ObjectStore.Completion

  init(_ upload: Upload, _ parts: [UploadedPart], _ completion: ObjectStore.Completion) {
    self.upload = upload
    self.parts = parts
    self.completion = completion
  }

  /// - Throws: when the client expects another size or checksum than the parts have.
  func record(identity: [UInt8], modified: Int64) throws(BackendFailure) -> ObjectRecord {
    let size = parts.reduce(0) { $0 + $1.size }
    guard size <= ObjectStore.objectBytesMax else { throw .refused(.entityTooLarge) }
    if let expected = completion.size, expected != size {
      throw .refused(.invalidRequest, "The provided 'x-amz-mp-object-size' header does not match what was computed.")
    }
    let checksum = try wholeChecksum()
    if let expected = completion.checksum, expected != checksum {
      throw .refused(.badDigest, "The checksum you specified did not match the calculated checksum.")
    }
    return ObjectRecord(
      identity: identity, key: upload.key, size: size, modified: modified, etag: etag, checksum: checksum,
      checksumType: upload.checksumType, attributes: upload.attributes,
      multipart: ObjectRecord.Multipart(
        uploadID: upload.id,
        parts: parts.map { ObjectRecord.Part(number: $0.number, size: $0.size, checksum: $0.checksum) }))
  }

  /// MD5 of the parts' MD5s, then their number.
  private var etag: EntityTag {
    let hasher = MD5Hasher()
    for part in parts { part.md5.withUnsafeBytes { hasher.update($0) } }
    return EntityTag(md5: hasher.finish(), partCount: UInt32(parts.count))
  }

  private func wholeChecksum() throws(BackendFailure) -> ChecksumValue? {
    guard let algorithm = upload.checksumAlgorithm else { return nil }
    var values: [(value: ChecksumValue, size: UInt64)] = []
    for part in parts {
      guard let value = part.checksum, value.algorithm == algorithm else { throw .refused(.invalidPart) }
      values.append((value, part.size))
    }
    switch upload.checksumType {
    case .composite:
      return Checksum.of(values.flatMap { $0.value.bytes }, algorithm)
    case .fullObject:
      guard let combination = CRCCombination(algorithm) else { return nil }
      return combination.value(of: values)
    }
  }
}
