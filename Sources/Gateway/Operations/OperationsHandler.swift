import HTTPWire
import NIOCore

/// A small HTTP server for probes and scrapes: GET and HEAD, one request at a time, no bodies.
final class OperationsHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  struct Answer: Sendable {
    var status: UInt16
    var contentType: StaticString
    var body: ByteBuffer
  }

  /// Heads of probes are small; a connection that sends nothing for a minute is closed.
  private static let limits = HeadLimits(headBytesMax: 8192, fieldCountMax: 64)
  private static let idle = TimeAmount.seconds(60)

  private let answer: @Sendable (_ path: String, _ eventLoop: any EventLoop) -> EventLoopFuture<Answer>
  private var parser = RequestHeadParser(limits: OperationsHandler.limits)
  private var head = RequestHead()
  private var input = ByteBuffer()
  private var isAnswering = false
  private var timeout: Scheduled<Void>?

  init(answer: @escaping @Sendable (_ path: String, _ eventLoop: any EventLoop) -> EventLoopFuture<Answer>) {
    self.answer = answer
  }

  func channelActive(context: ChannelHandlerContext) {
    expectMore(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    timeout?.cancel()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    input.writeBuffer(&bytes)
    guard input.readableBytes <= 2 * Self.limits.headBytesMax else {
      context.close(promise: nil)
      return
    }
    process(context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func expectMore(_ context: ChannelHandlerContext) {
    timeout?.cancel()
    timeout = context.eventLoop.assumeIsolated().scheduleTask(in: Self.idle) { context.close(promise: nil) }
  }

  private func process(_ context: ChannelHandlerContext) {
    guard !isAnswering, input.readableBytes > 0 else { return }
    let parsed = input.withUnsafeReadableBytes { bytes -> Result<Int?, HTTPParseError> in
      do throws(HTTPParseError) {
        return .success(try parser.parse(bytes, into: &head))
      } catch {
        return .failure(error)
      }
    }
    switch parsed {
    case .failure:
      write(context, Answer(status: 400, contentType: "text/plain", body: ByteBuffer()), keepsAlive: false)
    case .success(nil):
      return
    case .success(.some(let count)):
      input.moveReaderIndex(forwardBy: count)
      guard head.method == .get || head.method == .head, head.framing == .none else {
        write(context, Answer(status: 405, contentType: "text/plain", body: ByteBuffer()), keepsAlive: false)
        return
      }
      isAnswering = true
      answer(head.fields.string(head.path), context.eventLoop).assumeIsolated().whenComplete { result in
        self.isAnswering = false
        switch result {
        case .success(let answer):
          self.write(context, answer, keepsAlive: self.head.keepsAlive)
          self.process(context)
        case .failure:
          self.write(
            context, Answer(status: 500, contentType: "text/plain", body: ByteBuffer()), keepsAlive: false)
        }
      }
    }
  }

  private func write(_ context: ChannelHandlerContext, _ answer: Answer, keepsAlive: Bool) {
    guard context.channel.isActive else { return }
    var buffer = context.channel.allocator.buffer(capacity: 256 + answer.body.readableBytes)
    buffer.writeString("HTTP/1.1 \(answer.status) \(HTTPStatus.reason(answer.status))\r\n")
    buffer.writeString("Content-Type: \(answer.contentType)\r\nContent-Length: \(answer.body.readableBytes)\r\n")
    buffer.writeString("Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n")
    buffer.writeString(keepsAlive ? "\r\n" : "Connection: close\r\n\r\n")
    if head.method != .head { buffer.writeImmutableBuffer(answer.body) }
    if keepsAlive {
      context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
      // Who does not read the answers gets no more of them.
      if !context.channel.isWritable { context.close(promise: nil) }
      expectMore(context)
    } else {
      context.writeAndFlush(wrapOutboundOut(buffer)).assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }
  }
}

@available(*, unavailable)
extension OperationsHandler: Sendable {}
