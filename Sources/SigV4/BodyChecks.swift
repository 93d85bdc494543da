public import Cryptography
public import HTTPWire

/// Digests that a request's headers give of its body: `Content-MD5` and one `x-amz-checksum-…`.
///
/// Read from real headers only. Presigning JavaScript SDKs hoist the CRC32 of an empty body into the query; AWS does not
/// enforce it and neither does this.
public struct BodyChecks: Sendable {
  public let contentMD5: ChecksumValue?
  public let checksum: ChecksumValue?

  public static let none = BodyChecks(contentMD5: nil, checksum: nil)

  private init(contentMD5: ChecksumValue?, checksum: ChecksumValue?) {
    self.contentMD5 = contentMD5
    self.checksum = checksum
  }

  /// - Parameter checksumIsOfBody: false for CompleteMultipartUpload, whose checksum headers are of the whole object.
  public init(_ head: RequestHead, checksumIsOfBody: Bool = true) throws(SigV4Error) {
    let fields = head.fields
    var contentMD5: ChecksumValue?
    if let value = fields.first(.contentMd5) {
      guard fields.count(.contentMd5) == 1, let parsed = fields.withBytes(value, { ChecksumValue(.md5, base64: $0) })
      else { throw .malformedContentMD5 }
      contentMD5 = parsed
    }
    var checksum: ChecksumValue?
    if checksumIsOfBody {
      for field in fields.fields where Self.isChecksum(field.id) {
        guard let algorithm = ChecksumAlgorithm(headerName: field.id) else { throw .unsupportedChecksum(field.id) }
        guard checksum == nil, !fields.contains(.xAmzTrailer) else { throw .severalChecksums }
        guard let value = fields.withBytes(field.value, { ChecksumValue(algorithm, base64: $0) }) else {
          throw .malformedChecksum(field.id)
        }
        checksum = value
      }
    }
    self.init(contentMD5: contentMD5, checksum: checksum)
  }

  private static func isChecksum(_ name: FieldName) -> Bool {
    switch name {
    case .xAmzChecksumCrc32, .xAmzChecksumCrc32c, .xAmzChecksumCrc64nvme, .xAmzChecksumSha1, .xAmzChecksumSha256,
      .xAmzChecksumMd5, .xAmzChecksumSha512, .xAmzChecksumXxhash3, .xAmzChecksumXxhash64, .xAmzChecksumXxhash128:
      true
    default: false
    }
  }
}
