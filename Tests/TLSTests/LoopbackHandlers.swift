import NIOCore
import Synchronization

@testable import TLS

/// Bytes that depend on their place (with a period that fits no buffer size), so that loss, order and change show.
enum Pattern {
  private static let period = 1_000_003
  private static let bytesMax = 131_072
  private static let bytes: ByteBuffer = {
    var buffer = ByteBuffer()
    var state: UInt64 = 88_172_645_463_325_252
    while buffer.readableBytes < period {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      buffer.writeInteger(state)
    }
    // The beginning again, so that every place has a whole slice behind it.
    let start = buffer.getSlice(at: 0, length: bytesMax) ?? ByteBuffer()
    buffer.moveWriterIndex(to: period)
    buffer.writeImmutableBuffer(start)
    return buffer
  }()

  static func buffer(from offset: Int, count: Int) -> ByteBuffer {
    precondition(count <= bytesMax)
    return bytes.getSlice(at: offset % period, length: count) ?? ByteBuffer()
  }

  static func matches(_ buffer: ByteBuffer, from offset: Int) -> Bool {
    buffer == self.buffer(from: offset, count: buffer.readableBytes)
  }
}

/// Sends the pattern as fast as the channel takes it and checks what comes.
final class Exchange: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let total: Int
  private var sent = 0
  private(set) var received = 0
  private var buffers = 0
  private(set) var firstMismatch: Int?
  private(set) var errors: [any Error] = []
  private var isPouring = false
  private var finished: EventLoopPromise<Void>?

  init(total: Int) { self.total = total }

  var buffersPerMegabyte: Int { buffers / max(1, received >> 20) }

  /// Both directions are through, or one has gone wrong.
  func done(on channel: any Channel) async throws {
    try await channel.eventLoop.flatSubmit {
      let promise = channel.eventLoop.makePromise(of: Void.self)
      self.finished = promise
      self.finishIfDone()
      return promise.futureResult
    }.get()
  }

  private func finishIfDone() {
    guard (received >= total && sent >= total) || firstMismatch != nil else { return }
    finished?.succeed()
    finished = nil
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is TLSHandshakeFacts { pour(context) }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) { pour(context) }

  private func pour(_ context: ChannelHandlerContext) {
    // Writing can bring the next change of writability at once.
    guard !isPouring else { return }
    isPouring = true
    defer { isPouring = false }
    let turn = sent + (1 << 20)
    while sent < total, context.channel.isWritable {
      if sent >= turn {
        // Others have their turn, too.
        context.eventLoop.assumeIsolated().execute { self.pour(context) }
        break
      }
      let count = min(total - sent, 1000 + sent % 100_000)
      context.writeAndFlush(wrapOutboundOut(Pattern.buffer(from: sent, count: count)), promise: nil)
      sent += count
    }
    finishIfDone()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    if firstMismatch == nil, !Pattern.matches(bytes, from: received) { firstMismatch = received }
    received += bytes.readableBytes
    buffers += 1
    finishIfDone()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { errors.append(error) }

  func channelInactive(context: ChannelHandlerContext) {
    finished?.fail(ChannelError.eof)
    finished = nil
  }
}

/// Writes without end, while the channel is writable.
final class Pouring: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let count = Atomic(0)
  var written: Int { count.load(ordering: .relaxed) }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is TLSHandshakeFacts { pour(context) }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) { pour(context) }

  private func pour(_ context: ChannelHandlerContext) {
    for _ in 0..<16 {
      guard context.channel.isActive, context.channel.isWritable else { return }
      count.add(65536, ordering: .relaxed)
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(repeating: 9, count: 65536)), promise: nil)
    }
    // Others have their turn, too.
    context.eventLoop.assumeIsolated().execute { self.pour(context) }
  }
}

/// Counts bytes.
final class Counter: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer

  private let bytes = Atomic(0)
  var count: Int { bytes.load(ordering: .relaxed) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    bytes.add(unwrapInboundIn(data).readableBytes, ordering: .relaxed)
  }
}

final class Echo: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.write(data, promise: nil) }
  func channelReadComplete(context: ChannelHandlerContext) { context.flush() }
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .some(.inputClosed) = event as? ChannelEvent { context.close(promise: nil) }
  }
}

/// Answers when the client has ended its output.
final class AnswerAtEnd: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var request = ""

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { request += String(buffer: unwrapInboundIn(data)) }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .some(.inputClosed) = event as? ChannelEvent else { return }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "got: \(request)")), promise: nil)
    context.close(promise: nil)
  }
}

/// Collects text until the server ends its output.
final class Collector: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer

  private var text = ""
  private var hasEnded = false
  private var promise: EventLoopPromise<String>?
  private(set) var errors: [any Error] = []

  func ended(on channel: any Channel) async throws -> String {
    try await channel.eventLoop.flatSubmit {
      let promise = channel.eventLoop.makePromise(of: String.self)
      if self.hasEnded { promise.succeed(self.text) } else { self.promise = promise }
      return promise.futureResult
    }.get()
  }

  private func end() {
    hasEnded = true
    promise?.succeed(text)
    promise = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { text += String(buffer: unwrapInboundIn(data)) }
  func channelInactive(context: ChannelHandlerContext) { end() }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { errors.append(error) }
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .some(.inputClosed) = event as? ChannelEvent { end() }
  }
}

/// Counts bytes, and reads once for each time it is told to.
final class ReadingOnRequest: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer

  private let bytes = Atomic(0)
  private let loopBound: Mutex<NIOLoopBound<ChannelHandlerContext>?> = Mutex(nil)
  var count: Int { bytes.load(ordering: .relaxed) }

  func handlerAdded(context: ChannelHandlerContext) {
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    loopBound.withLock { $0 = bound }
  }

  func read() async throws {
    guard let bound = loopBound.withLock({ $0 }) else { return }
    try await bound.eventLoop.submit { bound.value.read() }.get()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    bytes.add(unwrapInboundIn(data).readableBytes, ordering: .relaxed)
  }
}
