import NIOCore
import NIOEmbedded

@testable import TLS

/// A client and a server without sockets: what one writes, `pump` brings to the other.
final class EmbeddedPair {
  let client: EmbeddedChannel
  let server: EmbeddedChannel
  let clientWatch = Watch()
  let serverWatch = Watch()

  /// Sits above TLS and notes what comes up.
  final class Watch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    var received = ByteBuffer()
    var buffers = 0
    var readCompletes = 0
    var errors: [TLSError] = []
    var facts: TLSHandshakeFacts?
    var isInputClosed = false
    var isInactive = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      buffers += 1
      received.writeImmutableBuffer(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) { readCompletes += 1 }

    func channelInactive(context: ChannelHandlerContext) { isInactive = true }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if let facts = event as? TLSHandshakeFacts { self.facts = facts }
      if case .some(.inputClosed) = event as? ChannelEvent { isInputClosed = true }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      if let error = error as? TLSError { errors.append(error) }
    }

    func text() -> String { received.readString(length: received.readableBytes) ?? "" }
  }

  private let clientHandler: TLSClientHandler
  private let serverHandler: TLSServerHandler

  init(
    _ clientContext: TLSClientContext, _ serverContext: TLSServerContext, name: String = "localhost",
    buffers: TLSBuffers = TLSBuffers()
  ) throws {
    client = EmbeddedChannel()
    server = EmbeddedChannel()
    clientHandler = try TLSClientHandler(context: clientContext, serverName: name, buffers: buffers)
    serverHandler = try TLSServerHandler(context: serverContext, buffers: buffers)
    try client.pipeline.syncOperations.addHandlers([clientHandler, clientWatch])
    try server.pipeline.syncOperations.addHandlers([serverHandler, serverWatch])
  }

  func releaseBuffers() {
    clientHandler.releaseBuffers()
    serverHandler.releaseBuffers()
  }

  /// Connects, asks for reads on both sides and brings the handshake to its end.
  func connect() throws {
    let address = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
    try server.connect(to: address).wait()
    try client.connect(to: address).wait()
    client.read()
    server.read()
    try pump()
  }

  /// Carries ciphertext back and forth until neither side has any.
  func pump() throws {
    var isMoving = true
    while isMoving {
      isMoving = try carry(from: client, to: server)
      if try carry(from: server, to: client) { isMoving = true }
    }
  }

  private func carry(from source: EmbeddedChannel, to target: EmbeddedChannel) throws -> Bool {
    var hasMoved = false
    while let bytes = try source.readOutbound(as: ByteBuffer.self) {
      hasMoved = true
      if target.isActive { try target.writeInbound(bytes) }
    }
    return hasMoved
  }
}

/// The sizes in the headers of the TLS records in `bytes`.
func recordSizes(_ bytes: ByteBuffer) -> [Int] {
  var bytes = bytes
  var sizes: [Int] = []
  while let head = bytes.readBytes(length: 5) {
    let size = Int(head[3]) << 8 | Int(head[4])
    sizes.append(size)
    bytes.moveReaderIndex(forwardBy: min(size, bytes.readableBytes))
  }
  return sizes
}
