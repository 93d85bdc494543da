public import NIOCore

/// What both sides' handlers share: ciphertext below, plaintext above, `ByteBuffer`s on both sides.
///
/// - Before any plaintext it fires a `TLSHandshakeFacts` as user event. Writes before that wait for it.
/// - Everything flushed at once leaves as one buffer (several of 256 KiB when there is more); small writes share records.
/// - It reads from the channel only when the handlers above do, except for the handshake's own needs.
/// - The peer's close_notify arrives above as `ChannelEvent.inputClosed`; whoever is there finishes its output and
///   closes. A connection that ends without close_notify fires `TLSError.truncated` first; on a server that is common
///   and harmless between requests.
/// - `close(mode: .output)` sends close_notify and ends the TCP output; reading goes on.
/// - After any other error the connection closes.
public class TLSHandler: ChannelDuplexHandler {
  public typealias InboundIn = ByteBuffer
  public typealias InboundOut = ByteBuffer
  public typealias OutboundIn = ByteBuffer
  public typealias OutboundOut = ByteBuffer

  private enum Phase {
    case idle
    case handshaking
    case established
    /// Closing or closed; nothing passes any more.
    case closed
  }

  private struct PendingWrite {
    var bytes: ByteBuffer
    let promise: EventLoopPromise<Void>?
  }

  /// Plaintext per buffer handed up.
  private static let plaintextBytesMax = 65536
  /// Plaintext per buffer handed down, so that the sealed buffer is at most 256 KiB.
  private static let flushBytesMax = 262_144 - 2048
  /// Writes smaller than this are copied together into one record: cheaper than sealing two.
  private static let gatheredBytesMax = 4096
  /// How long close_notify may wait for a peer that does not read.
  private static let closeTimeout = TimeAmount.seconds(5)

  private let connection: TLSConnection
  private let handshakeTimeout: TimeAmount
  private let buffers: TLSBuffers
  /// The channel's: asking the channel each time costs reference counting.
  private var allocator = ByteBufferAllocator()
  private var timer: Scheduled<Void>?
  private var phase = Phase.idle

  /// Ciphertext that waits for a `read()` from above.
  private var ciphertext = ByteBuffer()
  private var pending: MarkedCircularBuffer<PendingWrite>
  private var flushedBytes = 0
  private var unflushedBytes = 0

  private var readRequested = false
  private var isOpening = false
  private var hasDelivered = false
  private var isInputClosed = false
  private var isOutputClosed = false

  init(connection: TLSConnection, handshakeTimeout: Duration, buffers: TLSBuffers) {
    self.connection = connection
    self.buffers = buffers
    self.handshakeTimeout = TimeAmount(handshakeTimeout)
    pending = MarkedCircularBuffer(initialCapacity: 4)
  }

  /// Gives back the memory that only a connection in use needs, about 34 KiB. Call it when nothing has passed for a
  /// while; a connection that goes on takes it anew.
  public func releaseBuffers() {
    guard phase == .handshaking || phase == .established else { return }
    connection.releaseBuffers()
  }

  /// The digest of this side's certificate as channel bindings of RFC 5929 section 4.1 have it: by the hash of the
  /// certificate's signature algorithm, SHA-256 in place of MD5 and SHA-1. Computed anew for each call; nil where that
  /// algorithm has no single hash.
  public func certificateDigest() -> [UInt8]? {
    phase == .established ? connection.certificateDigest() : nil
  }

  // MARK: - Life

  public func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { begin(context) }
  }

  public func channelActive(context: ChannelHandlerContext) {
    begin(context)
    context.fireChannelActive()
  }

  private func begin(_ context: ChannelHandlerContext) {
    guard phase == .idle else { return }
    phase = .handshaking
    allocator = context.channel.allocator
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: handshakeTimeout) {
      let (handler, context) = bound.value
      handler.fail(context, .handshakeTimedOut)
    }
    handshake(context)
    if phase == .handshaking { context.read() }
  }

  public func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    phase = .closed
    failPending(ChannelError.ioOnClosedChannel)
  }

  public func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    // What came before the end belongs above, asked for or not: there is no later.
    if phase == .established { open(context) }
    if hasDelivered {
      hasDelivered = false
      context.fireChannelReadComplete()
    }
    let last = phase
    phase = .closed
    failPending(ChannelError.eof)
    switch last {
    case .handshaking: context.fireErrorCaught(TLSError.handshakeInterrupted)
    case .established where !isInputClosed: context.fireErrorCaught(TLSError.truncated)
    case .idle, .established, .closed: break
    }
    context.fireChannelInactive()
  }

  public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .some(.inputClosed) = event as? ChannelEvent else {
      context.fireUserInboundEventTriggered(event)
      return
    }
    // The TCP input ended, with the output still open.
    switch phase {
    case .established:
      open(context)
      guard phase == .established, !isInputClosed else { return }
      fail(context, .truncated)
    case .handshaking: fail(context, .handshakeInterrupted)
    case .idle, .closed: break
    }
  }

  private func fail(_ context: ChannelHandlerContext, _ error: TLSError) {
    guard phase != .closed else { return }
    phase = .closed
    timer?.cancel()
    timer = nil
    sendOutput(context)
    failPending(error)
    context.fireErrorCaught(error)
    context.close(promise: nil)
  }

  private func failPending(_ error: any Error) {
    (flushedBytes, unflushedBytes) = (0, 0)
    while let write = pending.popFirst() { write.promise?.fail(error) }
  }

  // MARK: - Handshake

  private func handshake(_ context: ChannelHandlerContext) {
    let outcome = connection.handshake(from: &ciphertext)
    // The channel's buffer goes back to it: many connections idle after their handshake.
    if ciphertext.readableBytes == 0 { ciphertext = ByteBuffer() }
    switch outcome {
    case .needsMore:
      sendOutput(context)
    case .complete:
      timer?.cancel()
      timer = nil
      phase = .established
      // The reads of the handshake were the handler's own, and kept the channel from sending any through here. Where it
      // always reads, what is behind the handshake need not wait for one.
      if case .some(true) = try? context.channel.syncOptions?.getOption(.autoRead) { readRequested = true }
      sendOutput(context)
      context.fireUserInboundEventTriggered(connection.facts())
      if phase == .established { sealFlushed(context) }
    case .failed(let error):
      fail(context, error)
    }
  }

  /// Sends what the handshake or reading made: its flights, alerts, tickets, key updates.
  private func sendOutput(_ context: ChannelHandlerContext) {
    guard connection.hasOutput else { return }
    var output = allocator.buffer(capacity: 0)
    connection.takeOutput(into: &output)
    context.writeAndFlush(wrapOutboundOut(output), promise: nil)
  }

  // MARK: - Reading

  public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    if ciphertext.readableBytes == 0 { ciphertext = bytes } else { ciphertext.writeBuffer(&bytes) }
    if phase == .handshaking { handshake(context) }
    if phase == .established, readRequested || hasDelivered { open(context) }
    if phase == .closed { ciphertext = ByteBuffer() }
  }

  public func channelReadComplete(context: ChannelHandlerContext) {
    if hasDelivered {
      hasDelivered = false
      context.fireChannelReadComplete()
    } else if phase == .handshaking || (phase == .established && readRequested) {
      // The read that was asked for above gave nothing to hand up: it is still owed.
      context.read()
    }
  }

  public func read(context: ChannelHandlerContext) {
    readRequested = true
    if phase == .established, ciphertext.readableBytes > 0, !isOpening {
      open(context)
      if hasDelivered {
        hasDelivered = false
        context.fireChannelReadComplete()
      }
    }
    // Even when that was enough for now: with `autoRead`, nobody asks again before the channel has read. What it brings
    // waits here for the next `read()`, so it is at most one turn ahead.
    context.read()
  }

  /// Opens all complete records and hands their plaintext up.
  private func open(_ context: ChannelHandlerContext) {
    guard !isOpening else { return }
    isOpening = true
    defer { isOpening = false }
    var isFull = false
    while phase == .established, !isInputClosed, isFull || ciphertext.readableBytes > 0 {
      let bytesMax = connection.plaintextBytesMax(ciphertextCount: ciphertext.readableBytes)
      var plaintext = allocator.buffer(capacity: min(max(bytesMax, 64), Self.plaintextBytesMax))
      let outcome = connection.read(from: &ciphertext, into: &plaintext)
      // The storage must be free again before the handlers above run: they may take long.
      if ciphertext.readableBytes == 0 { ciphertext = ByteBuffer() }
      sendOutput(context)
      if plaintext.readableBytes > 0 {
        readRequested = false
        hasDelivered = true
        context.fireChannelRead(wrapInboundOut(plaintext))
      }
      switch outcome {
      case .drained: isFull = false
      case .bufferFull: isFull = true
      case .closeNotify:
        isInputClosed = true
        if phase == .established { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
      case .failed(let error): fail(context, error)
      }
    }
    // Bytes behind close_notify mean nothing (RFC 8446 section 6.1).
    if isInputClosed { ciphertext = ByteBuffer() }
  }

  // MARK: - Writing

  public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard phase != .closed, !isOutputClosed else {
      promise?.fail(isOutputClosed ? TLSError.outputClosed : ChannelError.ioOnClosedChannel)
      return
    }
    let bytes = unwrapOutboundIn(data)
    unflushedBytes += bytes.readableBytes
    pending.append(PendingWrite(bytes: bytes, promise: promise))
  }

  public func flush(context: ChannelHandlerContext) {
    pending.mark()
    flushedBytes += unflushedBytes
    unflushedBytes = 0
    if phase == .established { sealFlushed(context) }
  }

  /// Seals at once whatever is flushed, whether the channel is writable or not: sealed bytes count against the channel's
  /// water marks, so the writers above see the back-pressure; plaintext kept here would not.
  private func sealFlushed(_ context: ChannelHandlerContext) {
    guard pending.hasMark else { return }
    while pending.hasMark {
      var output = buffers.take(
        TLSConnection.sealedBytesMax(plaintextCount: min(flushedBytes, Self.flushBytesMax)), allocator)
      var promise: EventLoopPromise<Void>?
      if let error = seal(into: &output, promise: &promise) {
        promise?.fail(error)
        fail(context, error)
        return
      }
      context.write(wrapOutboundOut(output), promise: promise)
      buffers.keep(output)
    }
    context.flush()
  }

  /// Seals flushed writes into `output` until there are no more or it has its share.
  private func seal(into output: inout ByteBuffer, promise: inout EventLoopPromise<Void>?) -> TLSError? {
    var room = Self.flushBytesMax
    while room > 0, pending.hasMark {
      var count = min(pending[pending.startIndex].bytes.readableBytes, room)
      let outcome: TLSConnection.WriteOutcome
      if count < Self.gatheredBytesMax, pending.count > 1, count < flushedBytes, room >= 16384 {
        (outcome, count) = sealGathered(into: &output, promise: &promise)
      } else {
        outcome = pending[pending.startIndex].bytes.readWithUnsafeReadableBytes { bytes in
          (count, connection.write(UnsafeRawBufferPointer(rebasing: bytes[..<count]), to: &output))
        }
        if pending[pending.startIndex].bytes.readableBytes == 0 { finishFirst(&promise) }
      }
      if case .failed(let error) = outcome { return error }
      flushedBytes -= count
      room -= count
    }
    return nil
  }

  /// Seals as many whole small writes as fit into one record.
  private func sealGathered(
    into output: inout ByteBuffer, promise: inout EventLoopPromise<Void>?
  ) -> (TLSConnection.WriteOutcome, Int) {
    withUnsafeTemporaryAllocation(byteCount: 16384, alignment: 1) { record in
      var count = 0
      while pending.hasMark {
        let size = pending[pending.startIndex].bytes.readableBytes
        guard size < Self.gatheredBytesMax, count + size <= record.count else { break }
        pending[pending.startIndex].bytes.withUnsafeReadableBytes { bytes in
          UnsafeMutableRawBufferPointer(rebasing: record[count...]).copyMemory(from: bytes)
        }
        count += size
        finishFirst(&promise)
      }
      return (connection.write(UnsafeRawBufferPointer(rebasing: record[..<count]), to: &output), count)
    }
  }

  /// The first write is sealed to its end: its promise goes with the buffer that holds that end.
  private func finishFirst(_ promise: inout EventLoopPromise<Void>?) {
    let write = pending.removeFirst()
    guard let added = write.promise else { return }
    if let promise { promise.futureResult.cascade(to: added) } else { promise = added }
  }

  // MARK: - Closing

  public func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard phase == .established else {
      if mode == .all { phase = .closed }
      context.close(mode: mode, promise: promise)
      return
    }
    switch mode {
    case .input:
      context.close(mode: .input, promise: promise)
    case .output:
      if isOutputClosed {
        promise?.fail(ChannelError.outputClosed)
      } else {
        closeOutput(context) { context.close(mode: .output, promise: promise) }
      }
    case .all:
      phase = .closed
      ciphertext = ByteBuffer()
      if isOutputClosed {
        context.close(promise: promise)
        return
      }
      var isDone = false
      let finish = {
        if isDone { return }
        isDone = true
        context.close(promise: promise)
      }
      timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.closeTimeout, finish)
      closeOutput(context, then: finish)
    }
  }

  /// Sends close_notify and then does `then`, when the channel has taken it. What was not flushed is lost, as in a
  /// channel without TLS.
  private func closeOutput(_ context: ChannelHandlerContext, then: @escaping () -> Void) {
    isOutputClosed = true
    failPending(ChannelError.ioOnClosedChannel)
    connection.shutdown()
    var output = allocator.buffer(capacity: 64)
    connection.takeOutput(into: &output)
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenComplete { _ in then() }
    context.writeAndFlush(wrapOutboundOut(output), promise: written)
  }
}

@available(*, unavailable)
extension TLSHandler: Sendable {}
