import Backend
import HTTPWire
import NIOCore
import S3Model
import STS
import SigV4

/// The request body: from the connection through the payload decoder to where it is wanted.
extension Exchange {
  /// Opens the body's way to `destination`. Whoever calls this has decided that the client may send it.
  func startBody(_ destination: RequestBody.Destination) throws(ExchangeFailure) {
    body.destination = destination
    if let expectation {
      do throws(SigV4Error) {
        let ofBody = request?.operation != .completeMultipartUpload
        body.decoder = PayloadDecoder(expectation, checks: try BodyChecks(head, checksumIsOfBody: ofBody))
      } catch {
        throw .signature(error)
      }
    }
    if head.framing == .none {
      try endBody()
    } else {
      connection?.setBodyReading(true)
    }
  }

  /// Body bytes, transfer coding removed. Called only between ``HTTPConnectionHandler/setBodyReading(_:)`` true and false.
  func receiveBody(_ piece: ByteBuffer) {
    guard !response.isOver, failure == nil else { return }
    body.received += UInt64(piece.readableBytes)
    do throws(ExchangeFailure) {
      if body.received > snapshot.bodyBytesMax { throw .bodyTooLarge(bytesMax: snapshot.bodyBytesMax) }
      try checkBodyTime()
      if case .form = body.destination {
        try receiveForm(piece)
        return
      }
      guard body.decoder != nil else {
        try deliver(piece)
        return
      }
      var rest = piece
      while rest.readableBytes > 0 {
        let (skipped, count) = try decode(rest)
        rest.moveReaderIndex(forwardBy: skipped)
        guard count > 0, let data = rest.readSlice(length: count) else { return }
        try deliver(data)
      }
    } catch {
      fail(error)
    }
  }

  /// A body may take longer than what it was sent under: nothing goes on past the session's expiry, and no chunk or
  /// trailer past the time allowed to its signature.
  func checkBodyTime() throws(ExchangeFailure) {
    guard session != nil || bearer != nil || expectation?.isChunked == true else { return }
    let now = worker.now()
    if let bearer, now.milliseconds >= bearer.expiryMilliseconds { throw .expiredToken }
    if let session, session.token.isExpired(atMilliseconds: now.milliseconds) { throw .expiredToken }
    guard let verified else { return }
    try signed { () throws(SigV4Error) in
      try snapshot.verifier.checkBodyTime(verified, nowSeconds: now.seconds)
    }
  }

  private func decode(_ piece: ByteBuffer) throws(ExchangeFailure) -> (skipped: Int, data: Int) {
    guard let decoder = body.decoder else { return (0, piece.readableBytes) }
    let result = piece.withUnsafeReadableBytes { bytes -> Result<(Int, Int), SigV4Error> in
      do throws(SigV4Error) {
        let (consumed, event) = try decoder.next(bytes)
        return switch event {
        case .data(let count): .success((consumed, count))
        case .needsMore: .success((consumed, 0))
        }
      } catch {
        return .failure(error)
      }
    }
    switch result {
    case .success(let decoded): return decoded
    case .failure(let error): throw .signature(error)
    }
  }

  /// The client's body has ended: everything about it must be right now.
  func receiveBodyEnd() {
    guard !response.isOver, failure == nil, !body.isComplete else { return }
    do throws(ExchangeFailure) {
      try endBody()
    } catch {
      fail(error)
    }
  }

  /// Verifies what the decoder has seen, then lets the withheld piece or the collected document go.
  func endBody() throws(ExchangeFailure) {
    try checkBodyTime()
    if case .form = body.destination { try endForm() }
    if let decoder = body.decoder {
      do throws(SigV4Error) {
        try decoder.finish()
      } catch {
        throw .signature(error)
      }
    }
    body.isComplete = true
    switch body.destination {
    case .none: break
    case .collect(_, let next):
      body.destination = .none
      perform(next)
    case .stream, .form:
      if let last = body.withheld {
        body.withheld = nil
        call?.send(last)
      }
      call?.finish()
    }
  }

  private func deliver(_ data: ByteBuffer) throws(ExchangeFailure) {
    guard data.readableBytes > 0 else { return }
    switch body.destination {
    case .none, .form: break
    case .collect(let bytesMax, _):
      guard body.collected.count + data.readableBytes <= bytesMax else { throw .documentTooLarge(bytesMax: bytesMax) }
      body.collected.append(contentsOf: data.readableBytesView)
    case .stream:
      guard var previous = body.withheld else {
        body.withheld = data
        return
      }
      if data.readableBytes < Self.smallBytes, previous.readableBytes < Self.joinedBytesMax {
        body.withheld = nil
        previous.writeImmutableBuffer(data)
        body.withheld = previous
        return
      }
      // First: whatever the store does from within `send` finds the body as it is.
      body.withheld = data
      call?.send(previous)
    }
  }

  /// Pieces below this are joined. Each piece keeps all the bytes alive that came with it from the connection, framing
  /// included: chunks of one byte would hold hundreds of times what any queue counts.
  private static let smallBytes = 4096
  private static let joinedBytesMax = 16_384
}
