public import Cryptography
import HTTPWire

/// Holds a body to what its head promised, and unwraps aws-chunked.
///
/// Feed it the body as it arrives, behind the transfer coding. It buffers nothing but chunk headers and trailers: it says
/// which bytes of the input are data, and the caller takes them from there. Data is handed out before it is proven, so
/// **the caller must withhold the last piece it got until ``finish()`` has returned**, and abort what it has written when
/// either method throws. Not for concurrent use; one body each.
public final class PayloadDecoder {
  public enum Event: Equatable, Sendable {
    /// So many bytes of data at the front of what remains behind `consumed`.
    case data(Int)
    /// Everything was consumed.
    case needsMore
  }

  /// Bounds on aws-chunked framing.
  public struct Limits: Sendable {
    /// One chunk header with its signature.
    public var chunkHeaderBytesMax: Int
    /// All trailers and their signature.
    public var trailerBytesMax: Int
    /// Smallest chunk but the last. AWS asks for 8192; 0 takes any.
    public var chunkBytesMin: UInt64

    public init(chunkHeaderBytesMax: Int = 512, trailerBytesMax: Int = 4096, chunkBytesMin: UInt64 = 0) {
      self.chunkHeaderBytesMax = chunkHeaderBytesMax
      self.trailerBytesMax = trailerBytesMax
      self.chunkBytesMin = chunkBytesMin
    }
  }

  private enum State {
    /// Not chunked: everything is data.
    case plain
    case chunkHeader
    case chunkData
    case chunkEnd
    case trailers
    case finished
  }

  private let expectation: PayloadExpectation
  private let limits: Limits
  private var state: State
  private var seed: ChunkSeed?
  /// The body's, or the current chunk's; nil when nothing asks for one.
  private var hasher: SHA256Hasher?
  private let macHasher: SHA256Hasher?
  private var checks: [(expected: ChecksumValue?, running: Checksum)] = []
  private let contentMD5: ChecksumValue?
  private var line: [UInt8] = []
  private var stringToSign: [UInt8] = []
  private var chunkBytesLeft: UInt64 = 0
  private var chunkSignature: [UInt8] = []
  private var hasShortChunk = false
  /// Data bytes seen so far.
  public private(set) var dataBytes: UInt64 = 0
  /// After ``finish()``: the checksums of header and trailer that were checked, for the object's metadata.
  public private(set) var verifiedChecksums: [ChecksumValue] = []

  public init(_ expectation: PayloadExpectation, checks: BodyChecks = .none, limits: Limits = Limits()) {
    self.expectation = expectation
    self.limits = limits
    contentMD5 = checks.contentMD5
    switch expectation.kind {
    case .plain, .verified:
      state = .plain
      hasher = nil
      macHasher = nil
    case .digest:
      state = .plain
      // Made when data comes: most requests that sign a digest sign that of no body.
      hasher = nil
      macHasher = nil
    case .chunked(let seed, _):
      state = .chunkHeader
      self.seed = seed
      hasher = seed == nil ? nil : SHA256Hasher()
      macHasher = seed == nil ? nil : SHA256Hasher()
    }
    if let contentMD5 { self.checks.append((contentMD5, Checksum(.md5))) }
    if let checksum = checks.checksum { self.checks.append((checksum, Checksum(checksum.algorithm))) }
    if let trailer = expectation.trailer, let algorithm = ChecksumAlgorithm(headerName: trailer) {
      // Its value comes with the trailers.
      self.checks.append((nil, Checksum(algorithm)))
    }
  }

  /// Consumes framing up to the next run of data.
  /// - Returns: how many framing bytes to skip, and what is behind them. After `.data(n)` the caller takes those n bytes
  ///   and calls again with what follows; data is hashed before this returns.
  public func next(_ input: UnsafeRawBufferPointer) throws(SigV4Error) -> (consumed: Int, event: Event) {
    var index = 0
    while index < input.count {
      switch state {
      case .plain:
        feed(UnsafeRawBufferPointer(rebasing: input[index...]))
        return (index, .data(input.count - index))
      case .chunkData:
        let taken = Int(min(UInt64(input.count - index), chunkBytesLeft))
        feed(UnsafeRawBufferPointer(rebasing: input[index..<(index + taken)]))
        chunkBytesLeft -= UInt64(taken)
        if chunkBytesLeft == 0 {
          try endChunk()
          state = .chunkEnd
        }
        return (index, .data(taken))
      case .chunkHeader:
        if let length = try takeLine(input, &index, bytesMax: limits.chunkHeaderBytesMax) {
          try startChunk(length)
          line.removeAll(keepingCapacity: true)
        }
      case .chunkEnd:
        if let length = try takeLine(input, &index, bytesMax: 2) {
          guard length == 0 else { throw .malformedChunk }
          line.removeAll(keepingCapacity: true)
          state = .chunkHeader
        }
      case .trailers:
        // Line ends differ between clients, so the block ends where the body does; it is read in `finish`.
        guard line.count + input.count - index <= limits.trailerBytesMax else { throw .malformedTrailer }
        line.append(contentsOf: input[index...])
        index = input.count
      case .finished: preconditionFailure("no body behind its end")
      }
    }
    return (index, .needsMore)
  }

  /// The body has ended. Returns only when everything that was promised has been kept.
  public func finish() throws(SigV4Error) {
    switch expectation.kind {
    case .plain, .verified: break
    case .digest(let claimed):
      let computed = hasher?.finish() ?? .ofNothing
      guard claimed.constantTimeEquals(computed) else {
        throw .contentSHA256Mismatch(claimed: claimed, computed: computed)
      }
    case .chunked(_, let hasTrailers):
      guard state == .trailers, dataBytes == expectation.decodedBytes else { throw .decodedLengthMismatch }
      try readTrailers(hasTrailers)
    }
    state = .finished
    try compareChecksums()
  }

  private func feed(_ data: UnsafeRawBufferPointer) {
    dataBytes += UInt64(data.count)
    if hasher == nil, case .digest = expectation.kind { hasher = SHA256Hasher() }
    hasher?.update(data)
    for index in checks.indices { checks[index].running.update(data) }
  }

  private func compareChecksums() throws(SigV4Error) {
    for index in checks.indices {
      let computed = checks[index].running.finish()
      guard computed == checks[index].expected else {
        if index == 0, contentMD5 != nil { throw .contentMD5Mismatch }
        throw .checksumMismatch(computed.algorithm)
      }
      if index > 0 || contentMD5 == nil { verifiedChecksums.append(computed) }
    }
  }

  // MARK: Framing

  /// Collects up to LF.
  /// - Returns: the line's length without CRLF once it is complete; the line stays in ``line``.
  private func takeLine(
    _ input: UnsafeRawBufferPointer, _ index: inout Int, bytesMax: Int
  ) throws(SigV4Error) -> Int? {
    while index < input.count {
      let byte = input[index]
      index += 1
      line.append(byte)
      if byte == 0x0A {
        guard line.count >= 2, line[line.count - 2] == 0x0D else { throw .malformedChunk }
        return line.count - 2
      }
      guard line.count < bytesMax else { throw .malformedChunk }
    }
    return nil
  }

  /// `hex-size[;chunk-signature=…]`
  private func startChunk(_ length: Int) throws(SigV4Error) {
    var index = 0
    var size: UInt64 = 0
    while index < length, let digit = ASCII.hexValue(line[index]) {
      // 15 digits hold 2^60 - 1: no overflow, and larger than any body allowed.
      guard index < 15 else { throw .malformedChunk }
      size = size << 4 | UInt64(digit)
      index += 1
    }
    guard index > 0, index == length || line[index] == 0x3B else { throw .malformedChunk }
    if seed != nil {
      let prefix = ";chunk-signature="
      guard line[index..<length].starts(with: prefix.utf8) else { throw .malformedChunk }
      chunkSignature.removeAll(keepingCapacity: true)
      chunkSignature.append(contentsOf: line[(index + prefix.utf8.count)..<length])
    }
    guard let decodedBytes = expectation.decodedBytes, size <= decodedBytes - dataBytes else {
      throw .decodedLengthMismatch
    }
    if size > 0 {
      guard !hasShortChunk else { throw .chunkTooSmall }
      hasShortChunk = size < limits.chunkBytesMin
      chunkBytesLeft = size
      state = .chunkData
    } else {
      try endChunk()
      state = .trailers
    }
  }

  private func endChunk() throws(SigV4Error) {
    guard let hasher, let macHasher, seed != nil else { return }
    let digest = hasher.finish()
    seed?.writeChunkString(digest, to: &stringToSign)
    let isAccepted = chunkSignature.withUnsafeBufferPointer { text in
      seed?.accept(text, stringToSign, using: macHasher) ?? false
    }
    guard isAccepted else { throw .chunkSignatureDoesNotMatch }
  }

  // MARK: Trailers

  /// `name:value` lines, then `x-amz-trailer-signature:…` in signed streams.
  ///
  /// SDKs end lines with CRLF; AWS's own description and MinIO's clients put a bare LF and an empty line between. None of
  /// these bytes is ever forwarded, so all are read alike.
  private func readTrailers(_ hasTrailers: Bool) throws(SigV4Error) {
    var canonical: [UInt8] = []
    var value: [UInt8]?
    var signature: [UInt8]?
    for line in line.split(separator: 0x0A) {
      var line = line
      if line.last == 0x0D { line.removeLast() }
      if line.isEmpty { continue }
      guard hasTrailers, signature == nil, let colon = line.firstIndex(of: 0x3A) else { throw .malformedTrailer }
      let name = line[..<colon].map { ASCII.lowercased($0) }
      let content = Self.trimmed(line[(colon + 1)...])
      if name.elementsEqual("x-amz-trailer-signature".utf8) {
        guard seed != nil else { throw .malformedTrailer }
        signature = Array(content)
        continue
      }
      guard value == nil, name.withUnsafeBufferPointer({ FieldName(ignoringCase: $0) }) == expectation.trailer,
        expectation.trailer != nil
      else { throw .malformedTrailer }
      value = Array(content)
      canonical.append(contentsOf: name)
      canonical.append(0x3A)
      canonical.append(contentsOf: content)
      canonical.append(0x0A)
    }
    guard (value == nil) == (expectation.trailer == nil) else { throw .malformedTrailer }
    if hasTrailers, seed != nil { try checkTrailerSignature(signature, canonical) }
    guard let value, let trailer = expectation.trailer, let last = checks.indices.last else { return }
    guard
      let expected = value.withUnsafeBufferPointer({ text in
        ChecksumAlgorithm(headerName: trailer).flatMap { ChecksumValue($0, base64: text) }
      })
    else { throw .malformedChecksum(trailer) }
    checks[last].expected = expected
  }

  private func checkTrailerSignature(_ signature: [UInt8]?, _ canonical: [UInt8]) throws(SigV4Error) {
    guard let signature, let macHasher else { throw .malformedTrailer }
    let digest = canonical.withUnsafeBytes { macHasher.digest(of: $0) }
    seed?.writeTrailerString(digest, to: &stringToSign)
    let isAccepted = signature.withUnsafeBufferPointer { text in
      seed?.accept(text, stringToSign, using: macHasher) ?? false
    }
    guard isAccepted else { throw .chunkSignatureDoesNotMatch }
  }

  private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var text = text
    while text.first == 0x20 || text.first == 0x09 { text.removeFirst() }
    while text.last == 0x20 || text.last == 0x09 { text.removeLast() }
    return text
  }
}

@available(*, unavailable)
extension PayloadDecoder: Sendable {}
