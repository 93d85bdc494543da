import Audit
import HTTPWire
import Logging
import NIOCore
import TLS
import Telemetry

/// One client connection: finds requests in its bytes, runs them one after the other, bounds their time and size.
///
/// Everything about HTTP/1.1 framing and persistence is decided here; what a request means is the ``Exchange``'s.
final class HTTPConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Phase {
    /// Between requests; no byte of the next has come.
    case idle
    /// Part of a head has come.
    case head
    /// The exchange runs and its request body has not ended.
    case body
    /// The exchange runs; the next request, if its bytes are here already, waits.
    case awaiting
    /// The response is complete, the rest of the request body is thrown away, then the next request is read.
    case draining
    /// The response is complete and the connection will close; the client's bytes are thrown away for a while, so
    /// that it reads the response and not a reset (RFC 9112 section 9.6).
    case lingering
    case closed
  }

  private static let looksBeforeRelease: UInt8 = 2
  /// Received bytes that wait behind a running exchange; above this the connection is not read.
  private static let pipelineBytesMax = 65_536

  let worker: Worker
  let facts: ConnectionFacts
  private let tls: TLSHandler?
  private let release: () -> Void

  /// Where the worker's list of connections holds this one.
  var workerIndex = -1

  private var context: ChannelHandlerContext?
  private var phase = Phase.idle
  private var input = ByteBuffer()
  private var parser: RequestHeadParser
  private var head = RequestHead()
  private var body = RequestBodyDecoder(.none)
  private var exchange: Exchange?
  private var wantsBody = false
  private var sentContinue = false
  private var keepsAlive = true
  private var isProcessing = false
  private var isReadPending = false
  private var drained: UInt64 = 0
  private var deadline = NIODeadline.distantFuture
  /// Of the body; nil until it was first wanted.
  private var pace: BodyPace?
  private var hasUnflushed = false
  /// What ``context`` says, kept: asking the channel each time costs reference counting.
  private(set) var isWritable = false
  private(set) var allocator = ByteBufferAllocator()
  /// Looks at the deadline, without a byte passing, until the memory of a connection in use is given back; 0 when it is.
  private var looksUntilRelease = HTTPConnectionHandler.looksBeforeRelease
  /// Requests wait because the client does not read the answers to those before.
  private var isHeldBack = false

  /// - Parameters:
  ///   - tls: the handler before this one.
  ///   - release: called once, when the connection has closed.
  init(worker: Worker, facts: ConnectionFacts, tls: TLSHandler? = nil, release: @escaping () -> Void) {
    self.worker = worker
    self.facts = facts
    self.tls = tls
    self.release = release
    self.parser = RequestHeadParser(limits: worker.snapshot.headLimits)
  }

  // MARK: Channel events

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    isWritable = context.channel.isWritable
    allocator = context.channel.allocator
    worker.add(self)
    deadline = .now() + worker.snapshot.idleTimeout
    if context.channel.isActive { read() }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    ended()
  }

  func channelActive(context: ChannelHandlerContext) {
    read()
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    ended()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    looksUntilRelease = Self.looksBeforeRelease
    switch phase {
    case .closed: return
    case .lingering:
      drained += UInt64(bytes.readableBytes)
      return
    default: break
    }
    if input.readableBytes == 0 {
      input = bytes
    } else {
      input.writeBuffer(&bytes)
    }
    process()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReadPending = false
    if phase == .lingering, drained > max(Self.lingeringBytesMax, worker.snapshot.drainBytesMax) {
      close()
      return
    }
    read()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    isWritable = context.channel.isWritable
    exchange?.clientIsWritable(isWritable)
    guard isWritable, exchange == nil else { return }
    process()
    read()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let handshake = event as? TLSHandshakeFacts {
      facts.clientChain = handshake.peer?.chain ?? []
      facts.tlsVersion = handshake.version == .tls13 ? "1.3" : "1.2"
      worker.metrics.handshakeSucceeded()
    } else if let event = event as? ChannelEvent, event == .inputClosed {
      // The client will send nothing more. A request that is complete may still get its answer.
      switch phase {
      case .awaiting: break
      case .body: exchange?.fail(.requestBodyBrokeOff)
      default: close()
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if facts.isSecure, facts.tlsVersion == nil { worker.metrics.handshakeFailed() }
    worker.log.debug("connection failed", metadata: ["error": "\(error)", "remote": "\(facts.remoteText)"])
    close()
  }

  private func ended() {
    guard phase != .closed || context != nil else { return }
    phase = .closed
    context = nil
    isWritable = false
    if let exchange {
      self.exchange = nil
      exchange.clientIsGone()
      worker.limiter.endRequest()
    }
    worker.remove(self)
    release()
  }

  func close() {
    guard let context else { return }
    phase = .closed
    context.close(promise: nil)
  }

  // MARK: Reading

  /// Asks for more bytes unless something here must happen first: back-pressure toward the client.
  private func read() {
    guard let context, !isReadPending else { return }
    let wanted =
      switch phase {
      case .idle, .head: isWritable
      case .draining, .lingering: true
      case .body: wantsBody
      // A client that hangs up is noticed while its request runs.
      case .awaiting: input.readableBytes < Self.pipelineBytesMax
      case .closed: false
      }
    if wanted {
      isReadPending = true
      context.read()
    }
  }

  private func process() {
    if isProcessing { return }
    isProcessing = true
    defer { isProcessing = false }
    repeat {
      var progress = true
      while progress {
        switch phase {
        case .idle, .head: progress = parseHead()
        case .body: progress = feedBody()
        case .draining: progress = drainBody()
        case .awaiting, .lingering, .closed: progress = false
        }
      }
      // An empty slice would keep the whole receive buffer alive for as long as the connection idles.
      if input.readableBytes == 0 { input = ByteBuffer() }
      isHeldBack = phase == .idle && input.readableBytes > 0
      flush()
      // Flushing may have made room for the answer to what waits.
    } while isHeldBack && isWritable
  }

  private func parseHead() -> Bool {
    if input.readableBytes == 0 {
      phase = .idle
      return false
    }
    // Whoever sends requests and reads no answers gets no more of either: the answers would pile up here.
    guard isWritable else { return false }
    let now = NIODeadline.now()
    if phase == .idle {
      phase = .head
      deadline = now + worker.snapshot.headTimeout
    }
    let result = input.withUnsafeReadableBytes { bytes -> Result<Int?, HTTPParseError> in
      do throws(HTTPParseError) {
        return .success(try parser.parse(bytes, into: &head))
      } catch {
        return .failure(error)
      }
    }
    switch result {
    case .success(nil):
      return false
    case .success(.some(let consumed)):
      input.moveReaderIndex(forwardBy: consumed)
      begin(now, failure: nil)
      return true
    case .failure(let error):
      begin(now, failure: .malformedHTTP(error))
      return true
    }
  }

  private func begin(_ now: NIODeadline, failure: ExchangeFailure?) {
    body = RequestBodyDecoder(failure == nil ? head.framing : .none)
    phase = failure == nil && head.framing != .none ? .body : .awaiting
    wantsBody = false
    pace = nil
    sentContinue = false
    keepsAlive = failure == nil && head.keepsAlive
    deadline = phase == .body ? now + worker.snapshot.bodyTimeout : .distantFuture
    let admitted = worker.limiter.beginRequest(requestsInFlightMax: worker.snapshot.requestsInFlightMax)
    worker.metrics.requestStarted()
    let exchange = Exchange(connection: self, worker: worker, head: head, start: now)
    self.exchange = exchange
    let refusal: ExchangeFailure? =
      if !admitted { .tooManyRequests } else if !worker.audit.isAccepting { .auditIsFull } else { nil }
    exchange.begin(failure: failure ?? refusal)
  }

  private func feedBody() -> Bool {
    guard wantsBody, let exchange else { return false }
    do throws(HTTPParseError) {
      switch try body.next(&input) {
      case .piece(let piece):
        pace?.receive(
          piece.readableBytes, at: .now(), timeout: worker.snapshot.bodyTimeout,
          bytesPerSecondMin: worker.snapshot.bodyRateMin)
        deadline = pace?.deadline ?? deadline
        exchange.receiveBody(piece)
        return true
      case .needsMore:
        return false
      case .end:
        phase = .awaiting
        deadline = .distantFuture
        exchange.receiveBodyEnd()
        return true
      }
    } catch {
      keepsAlive = false
      phase = .awaiting
      exchange.fail(.malformedHTTP(error))
      return true
    }
  }

  private func drainBody() -> Bool {
    do throws(HTTPParseError) {
      switch try body.next(&input) {
      case .piece(let piece):
        drained += UInt64(piece.readableBytes)
        if drained > worker.snapshot.drainBytesMax {
          linger()
          return false
        }
        return true
      case .needsMore:
        return false
      case .end:
        becomeIdle(at: .now())
        return true
      }
    } catch {
      linger()
      return false
    }
  }

  // MARK: For the exchange

  /// What tickets that are bound to this connection are bound to; nil where that cannot be.
  func certificateDigest() -> [UInt8]? { tls?.certificateDigest() }

  /// Whether the request's body may come now. Sends `100 Continue` when the client waits for it: callers have
  /// authorized the request.
  func setBodyReading(_ isReading: Bool) {
    guard phase == .body, wantsBody != isReading else { return }
    wantsBody = isReading
    let now = NIODeadline.now()
    guard isReading else {
      // The store's turn: it has as long, and the client does not pay for it.
      pace?.pause(at: now)
      deadline = now + worker.snapshot.bodyTimeout
      return
    }
    var pace = self.pace ?? BodyPace(at: now, timeout: worker.snapshot.bodyTimeout)
    pace.resume(at: now)
    self.pace = pace
    deadline = pace.deadline
    if head.expectsContinue, !sentContinue {
      sentContinue = true
      if input.readableBytes == 0, let context {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
      }
    }
    process()
    read()
  }

  /// Decides whether the connection outlives the response that is about to be written.
  func beginResponse() -> Bool {
    if keepsAlive {
      keepsAlive = !worker.isShuttingDown
      if phase == .body, keepsAlive {
        // What the client has not sent of its body must be read before the next request can be found.
        let waitsForContinue = head.expectsContinue && !sentContinue
        let remaining = body.remaining ?? .max
        keepsAlive = !waitsForContinue && remaining <= worker.snapshot.drainBytesMax
      }
    }
    return keepsAlive
  }

  /// The response will be delimited by the connection's end.
  func closeAfterResponse() { keepsAlive = false }

  func write(_ bytes: ByteBuffer) {
    guard let context else { return }
    hasUnflushed = true
    context.write(wrapOutboundOut(bytes), promise: nil)
  }

  func flush() {
    guard hasUnflushed, let context else { return }
    hasUnflushed = false
    looksUntilRelease = Self.looksBeforeRelease
    context.flush()
  }

  /// The response is written to its end; the exchange is over.
  func endResponse(at now: NIODeadline) {
    guard exchange != nil else { return }
    exchange = nil
    worker.limiter.endRequest()
    if !isProcessing { flush() }
    guard context != nil, phase != .closed else { return }
    switch (phase, keepsAlive) {
    case (.body, true):
      phase = .draining
      drained = 0
      deadline = now + worker.snapshot.drainTimeout
    case (_, true):
      becomeIdle(at: now)
    case (.body, false):
      flush()
      linger()
    case (_, false):
      flush()
      close()
    }
    if !isProcessing {
      process()
      read()
    }
  }

  /// Ends the connection in the middle of a response: the client must not take what it got for the whole.
  func abort() {
    guard exchange != nil else { return }
    exchange = nil
    worker.limiter.endRequest()
    close()
  }

  private func becomeIdle(at now: NIODeadline) {
    phase = .idle
    drained = 0
    deadline = now + worker.snapshot.idleTimeout
    if worker.isShuttingDown, input.readableBytes == 0 { close() }
  }

  /// Closing while the client still sends resets the connection, and the client may lose the answer that told it why.
  /// What it has on the way is bounded by its socket buffers, which are larger than what keeps a connection alive.
  private static let lingeringBytesMax: UInt64 = 16 << 20

  private func linger() {
    phase = .lingering
    drained = UInt64(input.readableBytes)
    input = ByteBuffer()
    deadline = .now() + worker.snapshot.drainTimeout
    read()
  }

  // MARK: Time

  /// The client took bytes of the response: it is alive.
  func noteProgress() {
    if phase == .awaiting { deadline = .distantFuture }
  }

  /// The client reads nothing although there is something to read.
  func noteStalled() {
    if phase == .awaiting { deadline = .now() + worker.snapshot.bodyTimeout }
  }

  /// Called by the worker, four times a second.
  func checkDeadline(_ now: NIODeadline) {
    if looksUntilRelease > 0 {
      looksUntilRelease -= 1
      if looksUntilRelease == 0 { tls?.releaseBuffers() }
    }
    guard now >= deadline else { return }
    deadline = .distantFuture
    switch phase {
    case .idle, .draining, .lingering: close()
    case .head:
      // The head in hand is that of the request before.
      head = RequestHead()
      begin(now, failure: .requestTimedOut)
      flush()
    case .body:
      keepsAlive = false
      exchange?.fail(.requestTimedOut)
      flush()
    case .awaiting:
      exchange?.clientStalled()
    case .closed: break
    }
  }

  /// No new request is taken; a running one may end.
  func beginShutdown() {
    keepsAlive = false
    if phase == .idle { close() }
  }
}

@available(*, unavailable)
extension HTTPConnectionHandler: Sendable {}
