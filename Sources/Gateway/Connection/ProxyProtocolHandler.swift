import NIOCore
import S3Model

/// Takes the PROXY protocol header off a connection from a trusted proxy and notes the client it names.
///
/// Added only for peers in `trusted_proxies`: from anyone else the bytes go to TLS as they are, which refuses them.
final class ProxyProtocolHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let facts: ConnectionFacts
  private let trustedProxies: [IPNetwork]
  private var input: ByteBuffer?
  private var isDone = false

  init(facts: ConnectionFacts, trustedProxies: [IPNetwork]) {
    self.facts = facts
    self.trustedProxies = trustedProxies
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isDone {
      context.fireChannelRead(data)
      return
    }
    var bytes = unwrapInboundIn(data)
    if var input {
      input.writeBuffer(&bytes)
      bytes = input
    }
    switch bytes.withUnsafeReadableBytes({ ProxyProtocolParser.parse($0) }) {
    case .needsMore:
      input = bytes
    case .malformed:
      isDone = true
      context.close(promise: nil)
    case .header(let count, let source, _):
      bytes.moveReaderIndex(forwardBy: count)
      let address = source.flatMap { IPAddress($0) }
      facts.trustsForwardedFor = address.map { address in trustedProxies.contains { $0.contains(address) } } ?? false
      if let source, let address {
        facts.remoteAddress = address
        facts.remoteText = source
      }
      isDone = true
      input = nil
      if bytes.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(bytes)) }
      context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.fireChannelReadComplete()
    // Nothing behind this handler has asked for bytes it could not see.
    if !isDone { context.read() }
  }
}

@available(*, unavailable)
extension ProxyProtocolHandler: Sendable {}
