public import HTTPWire

/// The additional checksums of S3, as elements of documents and as headers.
public enum ChecksumElement: UInt8, CaseIterable, Hashable, Sendable {
  case crc32, crc32c, crc64nvme, sha1, sha256, sha512, md5, xxhash64, xxhash3, xxhash128

  /// Such as `ChecksumCRC32`.
  public var name: StaticString {
    switch self {
    case .crc32: "ChecksumCRC32"
    case .crc32c: "ChecksumCRC32C"
    case .crc64nvme: "ChecksumCRC64NVME"
    case .sha1: "ChecksumSHA1"
    case .sha256: "ChecksumSHA256"
    case .sha512: "ChecksumSHA512"
    case .md5: "ChecksumMD5"
    case .xxhash64: "ChecksumXXHASH64"
    case .xxhash3: "ChecksumXXHASH3"
    case .xxhash128: "ChecksumXXHASH128"
    }
  }

  /// Such as `x-amz-checksum-crc32`.
  public var header: FieldName {
    switch self {
    case .crc32: .xAmzChecksumCrc32
    case .crc32c: .xAmzChecksumCrc32c
    case .crc64nvme: .xAmzChecksumCrc64nvme
    case .sha1: .xAmzChecksumSha1
    case .sha256: .xAmzChecksumSha256
    case .sha512: .xAmzChecksumSha512
    case .md5: .xAmzChecksumMd5
    case .xxhash64: .xAmzChecksumXxhash64
    case .xxhash3: .xAmzChecksumXxhash3
    case .xxhash128: .xAmzChecksumXxhash128
    }
  }
}

/// One checksum in a document: base64, perhaps with `-` and a number of parts behind it.
public struct DocumentChecksum: Hashable, Sendable {
  public var element: ChecksumElement
  public var value: String

  public init(_ element: ChecksumElement, _ value: String) {
    self.element = element
    self.value = value
  }
}
