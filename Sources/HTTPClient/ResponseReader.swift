public import HTTPWire
public import NIOCore

/// Reads the responses of one connection: bytes in, events out; no IO.
///
/// Strict: a byte that belongs to no response ends the connection, because whose response it starts is anyone's guess.
public struct ResponseReader: Sendable {
  public enum Event: Equatable, Sendable {
    /// More input is needed; what is left of the input belongs to an incomplete head and must come again.
    case needsMore
    /// 100 (Continue) or another interim response.
    case interim(UInt16)
    /// The final head is in ``ResponseReader/head``.
    case head
    case body(ByteBuffer)
    case end
  }

  private enum State { case idle, head, fixed(UInt64), chunked, untilClose, complete }

  /// Interim responses before one final response; a server that sends more is not talking sense.
  public static let interimResponsesMax = 16

  public private(set) var head = ResponseHead()
  private var state = State.idle
  private var parser: ResponseHeadParser
  private var chunks = ChunkedBodyDecoder()
  private var isHead = false
  private var interimResponses = 0
  private let limits: HeadLimits

  public init(limits: HeadLimits) {
    self.limits = limits
    parser = ResponseHeadParser(limits: limits)
  }

  /// A request was written whose response comes next.
  /// - Parameter isHead: the request is HEAD, so that its response has no body.
  public mutating func begin(isHead: Bool) {
    self.isHead = isHead
    interimResponses = 0
    state = .head
  }

  /// Whether a body without announced length ended with the connection just now.
  public var endsWithConnection: Bool {
    if case .untilClose = state { return true }
    return false
  }

  public mutating func next(_ input: inout ByteBuffer) throws(ResponseFault) -> Event {
    switch state {
    case .idle, .complete:
      guard input.readableBytes == 0 else { throw .unexpectedBytes }
      return .needsMore
    case .head: return try nextHead(&input)
    case .fixed(let remaining):
      let available = input.readableBytes
      guard available > 0 else { return .needsMore }
      guard UInt64(available) <= remaining else { throw .unexpectedBytes }
      state = UInt64(available) == remaining ? .complete : .fixed(remaining - UInt64(available))
      return .body(take(&input, available))
    case .chunked: return try nextChunk(&input)
    case .untilClose:
      let available = input.readableBytes
      return available > 0 ? .body(take(&input, available)) : .needsMore
    }
  }

  /// Whether the last event completed the response.
  public var isComplete: Bool {
    if case .complete = state { return true }
    return false
  }

  private mutating func nextHead(_ input: inout ByteBuffer) throws(ResponseFault) -> Event {
    guard input.readableBytes > 0 else { return .needsMore }
    let isHead = self.isHead
    let result = input.withUnsafeReadableBytes { bytes -> Result<Int?, HTTPParseError> in
      do throws(HTTPParseError) {
        return .success(try parser.parse(bytes, toHeadRequest: isHead, into: &head))
      } catch {
        return .failure(error)
      }
    }
    switch result {
    case .failure(let error): throw .malformed(error)
    case .success(nil): return .needsMore
    case .success(.some(let consumed)):
      input.moveReaderIndex(forwardBy: consumed)
      // The parser's place in a head is for one head only.
      if head.status < 200 { return try interim() }
      switch head.framing {
      case .none: state = .complete
      case .contentLength(let length): state = .fixed(length)
      case .chunked:
        chunks = ChunkedBodyDecoder()
        state = .chunked
      case .untilClose: state = .untilClose
      }
      if case .complete = state, input.readableBytes > 0 { throw .unexpectedBytes }
      return .head
    }
  }

  private mutating func interim() throws(ResponseFault) -> Event {
    // 101 would change the protocol, which nothing here ever asks for.
    guard head.status != 101, interimResponses < Self.interimResponsesMax else { throw .unexpectedBytes }
    interimResponses += 1
    return .interim(head.status)
  }

  private mutating func nextChunk(_ input: inout ByteBuffer) throws(ResponseFault) -> Event {
    let result = input.withUnsafeReadableBytes {
      bytes -> Result<(consumed: Int, event: ChunkedBodyDecoder.Event), HTTPParseError> in
      do throws(HTTPParseError) {
        return .success(try chunks.next(bytes))
      } catch {
        return .failure(error)
      }
    }
    switch result {
    case .failure(let error): throw .malformed(error)
    case .success(let step):
      input.moveReaderIndex(forwardBy: step.consumed)
      switch step.event {
      case .data(let count): return .body(take(&input, count))
      case .needsMore: return .needsMore
      case .end:
        guard input.readableBytes == 0 else { throw .unexpectedBytes }
        state = .complete
        return .end
      }
    }
  }

  private func take(_ input: inout ByteBuffer, _ count: Int) -> ByteBuffer {
    guard let slice = input.readSlice(length: count) else { preconditionFailure("the caller counted these bytes") }
    return slice
  }
}
