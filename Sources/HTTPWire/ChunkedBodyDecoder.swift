/// Decodes the chunked transfer coding (RFC 9112 section 7.1). Chunk extensions and trailer fields are bounded,
/// checked for line breaks and dropped: nothing here may become a header.
public struct ChunkedBodyDecoder: Sendable {
  public enum Event: Equatable, Sendable {
    /// Body bytes: so many at the front of what remains after `consumed`.
    case data(Int)
    case needsMore
    case end
  }

  private enum State { case size, sizeDigits, extensions, data, dataEnd, trailer, done }

  private var state = State.size
  private var remaining: UInt64 = 0
  private var digits = 0
  private var lineBytes = 0
  private var lineIsEmpty = true
  private var pendingCR = false
  private let lineBytesMax: Int

  /// - Parameter lineBytesMax: for one chunk-size line, and for all trailer lines together.
  public init(lineBytesMax: Int = 4096) {
    self.lineBytesMax = lineBytesMax
  }

  /// Consumes framing up to the next run of body bytes.
  /// - Returns: what was found, and how many framing bytes to skip before it. After `.data(n)` the caller takes
  ///   those n bytes itself and calls again behind them.
  public mutating func next(_ input: UnsafeRawBufferPointer) throws(HTTPParseError) -> (consumed: Int, event: Event) {
    var index = 0
    while true {
      if state == .done { return (index, .end) }
      if state == .data {
        if remaining == 0 {
          state = .dataEnd
          continue
        }
        let available = input.count - index
        if available == 0 { return (index, .needsMore) }
        let taken = Int(min(UInt64(available), remaining))
        remaining -= UInt64(taken)
        return (index, .data(taken))
      }
      guard index < input.count else { return (index, .needsMore) }
      let byte = input[index]
      index += 1
      try step(byte)
    }
  }

  private mutating func step(_ byte: UInt8) throws(HTTPParseError) {
    switch state {
    case .size, .sizeDigits:
      if !pendingCR, let value = ASCII.hexValue(byte) {
        digits += 1
        // 15 digits hold 2^60 - 1: no overflow, and larger than any body allowed.
        guard digits <= 15 else { throw .malformedChunk }
        remaining = remaining << 4 | UInt64(value)
        state = .sizeDigits
      } else if state == .sizeDigits, !pendingCR, byte == 0x3B || byte == 0x20 || byte == 0x09 {
        state = .extensions
      } else {
        try lineEnd(byte, allowed: state == .sizeDigits, then: remaining == 0 ? .trailer : .data)
      }
    case .extensions:
      lineBytes += 1
      guard lineBytes <= lineBytesMax else { throw .malformedChunk }
      if !pendingCR, ASCII.isFieldValue(byte) { return }
      try lineEnd(byte, allowed: true, then: remaining == 0 ? .trailer : .data)
    case .dataEnd:
      try lineEnd(byte, allowed: true, then: .size)
      if state == .size { (digits, remaining, lineBytes) = (0, 0, 0) }
    case .trailer:
      lineBytes += 1
      guard lineBytes <= lineBytesMax else { throw .trailerTooLarge }
      if !pendingCR, ASCII.isFieldValue(byte) {
        lineIsEmpty = false
        return
      }
      try lineEnd(byte, allowed: true, then: lineIsEmpty ? .done : .trailer)
      if !pendingCR { lineIsEmpty = true }
    case .data, .done:
      preconditionFailure("these states take no framing bytes")
    }
  }

  private mutating func lineEnd(_ byte: UInt8, allowed: Bool, then next: State) throws(HTTPParseError) {
    if pendingCR {
      guard byte == 0x0A else { throw .malformedChunk }
      pendingCR = false
      state = next
    } else {
      guard allowed, byte == 0x0D else { throw .malformedChunk }
      pendingCR = true
    }
  }
}
