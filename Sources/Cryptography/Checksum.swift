/// The checksums that S3 clients send beside a body.
public enum ChecksumAlgorithm: UInt8, CaseIterable, Sendable {
  case crc32, crc32c, crc64nvme, sha1, sha256, md5

  /// Length of the value in bytes.
  public var valueCount: Int {
    switch self {
    case .crc32, .crc32c: 4
    case .crc64nvme: 8
    case .sha1: 20
    case .sha256: 32
    case .md5: 16
    }
  }
}

/// A finished checksum, as bytes in network order.
public struct ChecksumValue: Hashable, Sendable {
  public let algorithm: ChecksumAlgorithm
  public let bytes: [UInt8]

  /// - Parameter bytes: of the algorithm's length, else nil.
  public init?(_ algorithm: ChecksumAlgorithm, bytes: [UInt8]) {
    guard bytes.count == algorithm.valueCount else { return nil }
    self.algorithm = algorithm
    self.bytes = bytes
  }

  /// - Parameter base64: as headers carry it; nil unless strictly encoded and of the algorithm's length.
  public init?(_ algorithm: ChecksumAlgorithm, base64: UnsafeBufferPointer<UInt8>) {
    guard base64.count <= 64, let bytes = Base64.decode(base64) else { return nil }
    self.init(algorithm, bytes: bytes)
  }

  public var base64: String { Base64.encode(bytes) }
}

/// A running checksum over a streamed body. One body, one value of this type; not for concurrent use.
public struct Checksum {
  private enum State {
    case crc32(UInt32)
    case crc32c(UInt32)
    case crc64nvme(UInt64)
    case sha1(SHA1Hasher)
    case sha256(SHA256Hasher)
    case md5(MD5Hasher)
  }

  public let algorithm: ChecksumAlgorithm
  private var state: State

  public init(_ algorithm: ChecksumAlgorithm) {
    self.algorithm = algorithm
    state =
      switch algorithm {
      case .crc32: .crc32(.max)
      case .crc32c: .crc32c(.max)
      case .crc64nvme: .crc64nvme(.max)
      case .sha1: .sha1(SHA1Hasher())
      case .sha256: .sha256(SHA256Hasher())
      case .md5: .md5(MD5Hasher())
      }
  }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    switch state {
    case .crc32(let crc): state = .crc32(CRC32Tables.iso.update(crc, bytes))
    case .crc32c(let crc): state = .crc32c(CRC32Tables.castagnoli.update(crc, bytes))
    case .crc64nvme(let crc): state = .crc64nvme(CRC64Tables.nvme.update(crc, bytes))
    case .sha1(let hasher): hasher.update(bytes)
    case .sha256(let hasher): hasher.update(bytes)
    case .md5(let hasher): hasher.update(bytes)
    }
  }

  /// The value of all bytes fed; starts over.
  public mutating func finish() -> ChecksumValue {
    let bytes: [UInt8]
    switch state {
    case .crc32(let crc):
      bytes = Self.bigEndian(~crc)
      state = .crc32(.max)
    case .crc32c(let crc):
      bytes = Self.bigEndian(~crc)
      state = .crc32c(.max)
    case .crc64nvme(let crc):
      bytes = Self.bigEndian(~crc)
      state = .crc64nvme(.max)
    case .sha1(let hasher): bytes = hasher.finish()
    case .sha256(let hasher): bytes = hasher.finish().bytes
    case .md5(let hasher): bytes = hasher.finish()
    }
    guard let value = ChecksumValue(algorithm, bytes: bytes) else { preconditionFailure("length is fixed") }
    return value
  }

  public static func of(_ bytes: [UInt8], _ algorithm: ChecksumAlgorithm) -> ChecksumValue {
    var checksum = Checksum(algorithm)
    bytes.withUnsafeBytes { checksum.update($0) }
    return checksum.finish()
  }

  private static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }
}

@available(*, unavailable)
extension Checksum: Sendable {}
