public import Cryptography
public import HTTPWire
import S3Model

/// What a request's head promised about its body; ``PayloadDecoder`` holds the body to it.
public struct PayloadExpectation: Sendable {
  enum Kind: Sendable {
    /// Nothing promised.
    case plain
    /// The SHA-256 of the body.
    case digest(SHA256Digest)
    /// The caller hashed the whole body before the signature was verified: nothing left to check.
    case verified
    /// aws-chunked, with or without signed chunks, with or without a trailing part.
    case chunked(ChunkSeed?, hasTrailers: Bool)
  }

  let kind: Kind
  /// The checksum header that `x-amz-trailer` promises.
  let trailer: FieldName?
  /// `x-amz-decoded-content-length`; nil unless the body is aws-chunked.
  public let decodedBytes: UInt64?

  /// Whether the body is aws-chunked, to be unwrapped and taken out of Content-Encoding.
  public var isChunked: Bool { decodedBytes != nil }

  init(
    _ claim: SignatureClaim, _ head: RequestHead, _ profile: SignatureProfile, _ key: SigningKey,
    bodyDigest: SHA256Digest?
  ) throws(SigV4Error) {
    guard profile.requiresContentSHA256 else {
      self.init(kind: .verified, trailer: nil, decodedBytes: nil)
      return
    }
    switch claim.payload {
    case .signedChunks(_, let hasTrailers):
      let seed = ChunkSeed(
        key: key, algorithm: claim.algorithm, signature: claim.signature, date: claim.date, scope: claim.scope)
      try self.init(chunksOf: head, seed: seed, hasTrailers: hasTrailers)
    case .unsignedChunks:
      try self.init(chunksOf: head, seed: nil, hasTrailers: true)
    case .digest(let digest):
      // The hash would be of the framing, which ends here.
      guard !head.fields.hasChunkedContentEncoding else { throw .payloadKindNotAllowed }
      self.init(kind: .digest(digest), trailer: nil, decodedBytes: nil)
    case .unsigned, .absent, .malformed:
      try self.init(unsigned: head)
    }
  }

  /// What an anonymous request promises: nothing signed, but digests and checksums it sends are held to.
  public init(anonymous head: RequestHead) throws(SigV4Error) {
    guard head.fields.count(.xAmzContentSha256) <= 1 else { throw .repeatedHeader("x-amz-content-sha256") }
    guard let value = head.fields.first(.xAmzContentSha256) else {
      try self.init(unsigned: head)
      return
    }
    switch head.fields.withBytes(value, { PayloadClaim($0) }) {
    case .digest(let digest):
      guard !head.fields.hasChunkedContentEncoding else { throw .payloadKindNotAllowed }
      self.init(kind: .digest(digest), trailer: nil, decodedBytes: nil)
    case .unsigned, .absent: try self.init(unsigned: head)
    case .unsignedChunks: try self.init(chunksOf: head, seed: nil, hasTrailers: true)
    case .signedChunks: throw .payloadKindNotAllowed
    case .malformed: throw .malformedContentSHA256
    }
  }

  /// Whether an empty body keeps the promise: what a ``PayloadDecoder`` would find, without making one.
  public func checkEmptyBody() throws(SigV4Error) {
    switch kind {
    case .plain, .verified: break
    case .digest(let claimed):
      guard claimed == .ofNothing else { throw .contentSHA256Mismatch(claimed: claimed, computed: .ofNothing) }
    case .chunked: throw .decodedLengthMismatch
    }
  }

  /// A body that is not aws-chunked and promises nothing, such as the file of a POST form.
  public static let unsigned = PayloadExpectation(kind: .plain, trailer: nil, decodedBytes: nil)

  init(kind: Kind, trailer: FieldName?, decodedBytes: UInt64?) {
    self.kind = kind
    self.trailer = trailer
    self.decodedBytes = decodedBytes
  }

  private init(unsigned head: borrowing RequestHead) throws(SigV4Error) {
    if head.fields.hasChunkedContentEncoding {
      try self.init(chunksOf: head, seed: nil, hasTrailers: true)
    } else {
      guard !head.fields.contains(.xAmzTrailer) else { throw .unsupportedTrailer }
      self.init(kind: .plain, trailer: nil, decodedBytes: nil)
    }
  }

  private init(chunksOf head: borrowing RequestHead, seed: ChunkSeed?, hasTrailers: Bool) throws(SigV4Error) {
    guard let value = head.fields.first(.xAmzDecodedContentLength) else { throw .missingDecodedContentLength }
    guard head.fields.count(.xAmzDecodedContentLength) == 1, let bytes = head.fields.decimal(value) else {
      throw .malformedDecodedContentLength
    }
    var trailer: FieldName?
    if let value = head.fields.first(.xAmzTrailer) {
      // AWS takes one trailer, a checksum.
      guard hasTrailers, head.fields.count(.xAmzTrailer) == 1 else { throw .unsupportedTrailer }
      let name = head.fields.withBytes(value) { FieldName(ignoringCase: $0) }
      guard ChecksumAlgorithm(headerName: name) != nil else { throw .unsupportedTrailer }
      trailer = name
    }
    self.init(kind: .chunked(seed, hasTrailers: hasTrailers), trailer: trailer, decodedBytes: bytes)
  }
}

extension HeaderFields {
  /// Whether `aws-chunked` is among the content codings.
  var hasChunkedContentEncoding: Bool {
    guard contains(.contentEncoding) else { return false }
    for field in fields where field.id == .contentEncoding {
      let isListed = withBytes(field.value) { value in
        var start = 0
        while start <= value.count {
          var end = start
          while end < value.count, value[end] != 0x2C { end += 1 }
          var first = start
          var last = end
          while first < last, value[first] == 0x20 || value[first] == 0x09 { first += 1 }
          while last > first, value[last - 1] == 0x20 || value[last - 1] == 0x09 { last -= 1 }
          if value[bytes: first..<last].equalsIgnoringCase("aws-chunked") { return true }
          start = end + 1
        }
        return false
      }
      if isListed { return true }
    }
    return false
  }

  /// At most 19 digits, else nil.
  func decimal(_ range: ByteRange) -> UInt64? {
    guard !range.isEmpty, range.count <= 19 else { return nil }
    return withBytes(range) { digits in
      var value: UInt64 = 0
      for digit in digits {
        guard ASCII.isDigit(digit) else { return nil }
        value = value * 10 + UInt64(digit - 0x30)
      }
      return value
    }
  }
}

extension ChecksumAlgorithm {
  /// The algorithm whose value that header or trailer carries; nil for other headers.
  public init?(headerName: FieldName) {
    switch headerName {
    case .xAmzChecksumCrc32: self = .crc32
    case .xAmzChecksumCrc32c: self = .crc32c
    case .xAmzChecksumCrc64nvme: self = .crc64nvme
    case .xAmzChecksumSha1: self = .sha1
    case .xAmzChecksumSha256: self = .sha256
    case .xAmzChecksumMd5: self = .md5
    default: return nil
    }
  }
}
