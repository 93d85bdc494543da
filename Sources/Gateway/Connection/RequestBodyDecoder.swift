import HTTPWire
import NIOCore

/// Takes one request's body out of the connection's bytes: Content-Length or chunked, nothing beyond its end.
struct RequestBodyDecoder {
  enum Step {
    /// Body bytes, without framing.
    case piece(ByteBuffer)
    case needsMore
    case end
  }

  private enum State {
    case length(UInt64)
    case chunked(ChunkedBodyDecoder)
    case ended
  }

  private var state: State

  init(_ framing: BodyFraming) {
    switch framing {
    case .none: state = .ended
    case .contentLength(let length): state = .length(length)
    case .chunked: state = .chunked(ChunkedBodyDecoder())
    // Requests are never delimited by close; the head parser does not make this.
    case .untilClose: preconditionFailure("a request body has a length or is chunked")
    }
  }

  /// Bytes still to come where the framing says so; nil for a chunked body that has not ended.
  var remaining: UInt64? {
    switch state {
    case .length(let remaining): remaining
    case .chunked: nil
    case .ended: 0
    }
  }

  mutating func next(_ input: inout ByteBuffer) throws(HTTPParseError) -> Step {
    switch state {
    case .ended:
      return .end
    case .length(let remaining):
      if remaining == 0 {
        state = .ended
        return .end
      }
      let available = Int(min(UInt64(input.readableBytes), remaining))
      guard available > 0, let piece = input.readSlice(length: available) else { return .needsMore }
      state = .length(remaining - UInt64(available))
      return .piece(piece)
    case .chunked(var decoder):
      let result = input.withUnsafeReadableBytes { bytes -> Result<(Int, ChunkedBodyDecoder.Event), HTTPParseError> in
        do throws(HTTPParseError) {
          let (consumed, event) = try decoder.next(bytes)
          return .success((consumed, event))
        } catch {
          return .failure(error)
        }
      }
      let (consumed, event) = try result.get()
      input.moveReaderIndex(forwardBy: consumed)
      switch event {
      case .data(let count):
        state = .chunked(decoder)
        guard let piece = input.readSlice(length: count) else { return .needsMore }
        return .piece(piece)
      case .needsMore:
        state = .chunked(decoder)
        return .needsMore
      case .end:
        state = .ended
        return .end
      }
    }
  }
}
