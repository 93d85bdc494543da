import HTTPClient
import HTTPWire
import NIOCore
import TLS

/// One HTTP/1.1 connection to the store: the only handler behind TLS.
///
/// Runs one exchange after another, never two at once. Belongs to its event loop.
final class UpstreamConnection: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Place {
    /// TCP or TLS is not up yet; the pool counts it as being opened once ``isChosen``.
    case opening
    /// In the pool.
    case idle
    case leased
    case gone
  }

  private var client: S3BackendClient?
  private let tls: TLSHandler?
  private var context: ChannelHandlerContext?
  private var place = Place.opening
  private var isChosen = false
  private var isSecured: Bool
  private var openingError: String?

  private(set) var call: S3Call?
  private var reader: ResponseReader
  /// Bytes that arrived and are not read yet: an incomplete head, or whatever came while paused.
  private var input = ByteBuffer()
  private var isPaused = false
  private var isReadHeld = false
  private var isProcessing = false
  private var hasInputEnded = false
  private var inputFailure: UpstreamFailure?
  private static let quietTime = TimeAmount.milliseconds(250)
  /// Whether an exchange ran on it before.
  private(set) var isReused = false

  /// Whether the memory of a connection in use was given back since something last went forward.
  private var isQuiet = false
  /// Whether something went forward since the last look at the time. The clock is read then, not each time: ten looks per
  /// second are as exact as the timeouts are.
  private var hasProgressed = true
  /// The first look at the time behind what last went forward.
  private var lastProgress: NIODeadline

  /// - Parameter tls: the handler before this one; nil on a connection without TLS.
  init(client: S3BackendClient, tls: TLSHandler?) {
    self.client = client
    self.tls = tls
    isSecured = tls == nil
    reader = ResponseReader(limits: client.responseHeadLimits)
    lastProgress = .now()
  }

  // MARK: Opening

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    isWritable = context.channel.isWritable
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    inputDidEnd()
    self.context = nil
    isWritable = false
    if call == nil { client = nil }
  }

  /// This channel won among the addresses that were tried.
  func wasChosen() {
    isChosen = true
    if hasInputEnded || context == nil {
      place = .gone
      client?.connectionFailedToOpen(openingError ?? "closed while connecting")
    } else {
      openIfReady()
    }
  }

  /// The TLS handshake is complete.
  private func openIfReady() {
    guard case .opening = place, isChosen, isSecured, let client else { return }
    client.connectionOpened(self)
  }

  // MARK: Exchanges, as S3Call drives them

  /// The pool keeps it for later.
  func park() { place = .idle }

  func attach(_ call: S3Call, isHead: Bool) {
    place = .leased
    self.call = call
    isPaused = false
    hasProgressed = true
    reader.begin(isHead: isHead)
  }

  private(set) var isWritable = false

  func write(_ bytes: ByteBuffer) {
    context?.write(wrapOutboundOut(bytes), promise: nil)
  }

  func flush() {
    hasProgressed = true
    context?.flush()
  }

  func setReading(_ isReading: Bool) {
    guard isPaused == isReading else { return }
    isPaused = !isReading
    guard isReading else { return }
    hasProgressed = true
    process()
    if isReadHeld, !isPaused {
      isReadHeld = false
      context?.read()
    }
  }

  /// Ends the connection without another word to the call.
  func abandon() {
    call = nil
    leavePool()
    context?.close(promise: nil)
  }

  /// Ends the exchange when the store took too long; gives back the memory that nothing needs for now.
  func expire(now: NIODeadline) {
    if hasProgressed {
      hasProgressed = false
      lastProgress = now
    }
    let isQuietNow = now >= lastProgress + Self.quietTime
    if isQuietNow, !isQuiet { tls?.releaseBuffers() }
    isQuiet = isQuietNow
    guard let call, let failure = call.expired(at: now, lastProgress: lastProgress) else { return }
    fail(failure)
  }

  // MARK: Channel events

  func read(context: ChannelHandlerContext) {
    if isPaused { isReadHeld = true } else { context.read() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
    hasProgressed = true
    process()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    hasProgressed = true
    isWritable = context.channel.isWritable
    call?.connectionWritabilityChanged()
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is TLSHandshakeFacts {
      isSecured = true
      openIfReady()
    } else if let event = event as? ChannelEvent, event == .inputClosed {
      // The store says that it will send no more: a clean end, and the connection serves no further request.
      inputDidEnd()
      context.close(promise: nil)
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let reason = String(describing: error)
    if case .opening = place { openingError = reason }
    if inputFailure == nil { inputFailure = .connectionFailed(reason) }
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
    while let call, !isPaused {
      let event: ResponseReader.Event
      do throws(ResponseFault) {
        event = try reader.next(&input)
      } catch {
        fail(UpstreamFailure(error))
        return
      }
      switch event {
      case .needsMore:
        if input.readableBytes == 0 { input = ByteBuffer() }
        if hasInputEnded { finishAtEndOfInput() }
        return
      case .interim(let status): call.connection(self, didReceiveInterim: status)
      case .head:
        call.connection(self, didReceiveHead: reader.head)
        completeIfDone(call)
      case .body(let bytes):
        call.connection(self, didReceiveBody: bytes)
        completeIfDone(call)
      case .end: complete(call)
      }
    }
    // An answer to nothing. Some stores send 408 before they close an unused connection; that ends it too.
    if call == nil, input.readableBytes > 0, !isGone { abandon() }
  }

  private var isGone: Bool {
    if case .gone = place { return true }
    return false
  }

  private func completeIfDone(_ call: S3Call) {
    if self.call === call, reader.isComplete { complete(call) }
  }

  private func complete(_ call: S3Call) {
    self.call = nil
    isPaused = false
    isReused = true
    if reader.head.keepsAlive, call.isRequestComplete, !hasInputEnded, let client {
      client.release(self)
    } else {
      leavePool()
      context?.close(promise: nil)
    }
    call.connectionDidComplete()
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
      client?.connectionFailedToOpen(openingError ?? "closed while connecting")
    case .idle:
      place = .gone
      client?.idleConnectionClosed(self)
    case .leased: process()
    case .gone: break
    }
  }

  private func finishAtEndOfInput() {
    guard let call else { return }
    // Only a clean end counts: over TLS a missing close_notify arrives as an error first.
    if reader.endsWithConnection, inputFailure == nil {
      complete(call)
    } else {
      fail(inputFailure ?? .connectionClosed)
    }
  }

  private func fail(_ failure: UpstreamFailure) {
    let call = self.call
    abandon()
    call?.connection(self, didFail: failure)
  }

  private func leavePool() {
    switch place {
    case .leased: client?.leasedConnectionClosed(self)
    case .idle: client?.idleConnectionClosed(self)
    case .opening, .gone: break
    }
    place = .gone
    if context == nil { client = nil }
  }
}

@available(*, unavailable)
extension UpstreamConnection: Sendable {}
