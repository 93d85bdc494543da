import HTTPWire
import NIOCore
import TLS

/// One HTTP/1.1 connection to the server: the only handler behind TLS. One exchange after another, never two at once.
/// Belongs to its event loop.
final class HTTPConnection: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Place {
    /// TCP or TLS is not up yet.
    case opening
    /// In the pool.
    case idle
    case leased
    case gone
  }

  private var connections: LoopConnections?
  private var context: ChannelHandlerContext?
  private var place = Place.opening
  /// Won among the addresses that were tried.
  private var isChosen = false
  private var isSecured: Bool
  private var openingError: String?

  private var exchange: HTTPExchange?
  private var reader: ResponseReader
  private var input = ByteBuffer()
  private var isPaused = false
  private var isReadHeld = false
  private var isProcessing = false
  private var hasInputEnded = false
  private var failure: HTTPClientError?
  private var isReused = false
  private var hadAnswerBytes = false
  private var isRequestWritten = false
  /// Which exchange a write belongs to.
  private var exchangeCount = 0

  init(_ connections: LoopConnections, isSecured: Bool) {
    self.connections = connections
    self.isSecured = isSecured
    reader = ResponseReader(limits: connections.headLimits)
  }

  // MARK: Opening

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    inputDidEnd()
    self.context = nil
    if exchange == nil { connections = nil }
  }

  func wasChosen() {
    isChosen = true
    if hasInputEnded || context == nil {
      place = .gone
      connections?.connectionFailedToOpen(.connectFailed(reason: openingError ?? "closed while connecting"))
    } else {
      openIfReady()
    }
  }

  private func openIfReady() {
    guard case .opening = place, isChosen, isSecured else { return }
    connections?.connectionOpened(self)
  }

  // MARK: Exchanges

  func park() { place = .idle }

  func begin(_ exchange: HTTPExchange, head: ByteBuffer, body: ByteBuffer, isHead: Bool) {
    place = .leased
    self.exchange = exchange
    isPaused = false
    hadAnswerBytes = false
    isRequestWritten = false
    reader.begin(isHead: isHead)
    guard let context else { return fail(.connectionClosed) }
    exchangeCount += 1
    let count = exchangeCount
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenSuccess {
      if self.exchangeCount == count { self.isRequestWritten = true }
    }
    if body.readableBytes == 0 {
      context.writeAndFlush(wrapOutboundOut(head), promise: written)
    } else {
      context.write(wrapOutboundOut(head), promise: nil)
      context.writeAndFlush(wrapOutboundOut(body), promise: written)
    }
  }

  func setReading(_ isReading: Bool) {
    guard isPaused == isReading else { return }
    isPaused = !isReading
    guard isReading else { return }
    process()
    resumeHeldRead()
  }

  /// Closes without another word to the exchange.
  func abandon() {
    exchange = nil
    switch place {
    case .leased: connections?.leasedConnectionClosed()
    case .idle: connections?.idleConnectionClosed(self)
    case .opening, .gone: break
    }
    place = .gone
    context?.close(promise: nil)
    if context == nil { connections = nil }
  }

  // MARK: Channel events

  func read(context: ChannelHandlerContext) {
    if isPaused { isReadHeld = true } else { context.read() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    if bytes.readableBytes > 0 { hadAnswerBytes = true }
    if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
    process()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is TLSHandshakeFacts {
      isSecured = true
      openIfReady()
    } else if let event = event as? ChannelEvent, event == .inputClosed {
      inputDidEnd()
      context.close(promise: nil)
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let reason = String(describing: error)
    if case .opening = place { openingError = reason }
    if failure == nil { failure = .connectionFailed(reason: reason) }
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    inputDidEnd()
    context.fireChannelInactive()
  }

  // MARK: Reading

  private func process() {
    guard !isProcessing else { return }
    isProcessing = true
    defer { isProcessing = false }
    while let exchange, !isPaused {
      let event: ResponseReader.Event
      do throws(ResponseFault) {
        event = try reader.next(&input)
      } catch {
        return fail(HTTPClientError(error))
      }
      switch event {
      case .needsMore:
        if input.readableBytes == 0 { input = ByteBuffer() }
        if hasInputEnded { fail(failure ?? .connectionClosed) }
        return
      case .interim: break
      case .head:
        exchange.didReceive(reader.head)
        completeIfDone(exchange)
      case .body(let bytes):
        exchange.didReceive(bytes)
        completeIfDone(exchange)
      case .end: complete(exchange)
      }
    }
    // An answer to nothing.
    if exchange == nil, input.readableBytes > 0 { abandon() }
  }

  private func completeIfDone(_ exchange: HTTPExchange) {
    if self.exchange === exchange, reader.isComplete { complete(exchange) }
  }

  private func complete(_ exchange: HTTPExchange) {
    self.exchange = nil
    isPaused = false
    isReused = true
    if reader.head.keepsAlive, isRequestWritten, !hasInputEnded, input.readableBytes == 0, let connections {
      connections.release(self)
    } else {
      abandon()
    }
    exchange.didComplete()
    resumeHeldRead()
  }

  private func resumeHeldRead() {
    guard isReadHeld, !isPaused else { return }
    isReadHeld = false
    context?.read()
  }

  private func inputDidEnd() {
    guard !hasInputEnded else { return }
    hasInputEnded = true
    switch place {
    case .opening:
      guard isChosen else { return }
      place = .gone
      connections?.connectionFailedToOpen(.connectFailed(reason: openingError ?? "closed while connecting"))
    case .idle:
      place = .gone
      connections?.idleConnectionClosed(self)
    case .leased: process()
    case .gone: break
    }
  }

  private func fail(_ error: HTTPClientError) {
    let exchange = self.exchange
    let (wasReused, hadAnswerBytes) = (isReused, hadAnswerBytes)
    abandon()
    exchange?.didFail(error, wasReused: wasReused, hadAnswerBytes: hadAnswerBytes)
  }
}

@available(*, unavailable)
extension HTTPConnection: Sendable {}
