import NIOCore
import NIOPosix
import Synchronization
import TLS

/// A server that speaks raw HTTP/1.1 as scripted: it behaves as well or as badly as a test wants.
final class ScriptedServer: Sendable {
  struct Request: Sendable {
    /// From 0, in the order accepted.
    var connection: Int
    /// From 0 on its connection.
    var index: Int
    /// Request line and headers.
    var head: String
    var body: [UInt8]
    var isComplete: Bool

    var line: String { String(head.prefix { $0 != "\r\n" }) }
    /// The value of a header, nil when absent.
    func header(_ name: String) -> String? {
      for line in head.split(separator: "\r\n").dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        if parts[0].lowercased() == name {
          return String(parts.count > 1 ? parts[1].drop { $0 == " " } : "")
        }
      }
      return nil
    }
  }

  enum Action: Sendable {
    case write(String)
    case writeBytes([UInt8])
    case pause(TimeAmount)
    case close
  }

  /// Called for each head, and once more when the body is complete (only that once when there is no body).
  typealias Script = @Sendable (Request) -> [Action]

  let port: Int
  private let channel: any Channel
  private let log = Mutex<(requests: [Request], connections: Int, bytes: Int, closed: Int)>(([], 0, 0, 0))

  init(
    group: any EventLoopGroup, port: Int = 0, tls: TLSServerContext? = nil, script: @escaping Script
  ) async throws {
    let box = Box()
    channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.autoRead, value: true)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls { try channel.pipeline.syncOperations.addHandler(TLSServerHandler(context: tls)) }
          try channel.pipeline.syncOperations.addHandler(ScriptedHandler(server: box, script: script))
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    self.port = channel.localAddress?.port ?? 0
    box.server.withLock { $0 = self }
  }

  final class Box: Sendable {
    let server = Mutex<ScriptedServer?>(nil)
  }

  /// Complete requests.
  var requests: [Request] { log.withLock { $0.requests } }
  var connections: Int { log.withLock { $0.connections } }
  var bytesRead: Int { log.withLock { $0.bytes } }
  /// Connections that ended.
  var closed: Int { log.withLock { $0.closed } }

  func stop() async throws { try await channel.close() }

  fileprivate func accept() -> Int {
    log.withLock {
      $0.connections += 1
      return $0.connections - 1
    }
  }
  fileprivate func note(_ request: Request) { log.withLock { $0.requests.append(request) } }
  fileprivate func note(bytes: Int) { log.withLock { $0.bytes += bytes } }
  fileprivate func noteClosed() { log.withLock { $0.closed += 1 } }
}

private final class ScriptedHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let box: ScriptedServer.Box
  private let script: ScriptedServer.Script
  private var server: ScriptedServer?
  private var input = ByteBuffer()
  private var connection = 0
  private var index = 0
  private var head: String?
  private var missing = 0
  private var body: [UInt8] = []
  private var pending: [ScriptedServer.Action] = []
  private var isBusy = false

  init(server: ScriptedServer.Box, script: @escaping ScriptedServer.Script) {
    box = server
    self.script = script
  }

  func channelActive(context: ChannelHandlerContext) {
    server = box.server.withLock { $0 }
    connection = server?.accept() ?? 0
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    server?.noteClosed()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    server?.note(bytes: bytes.readableBytes)
    input.writeBuffer(&bytes)
    while step(context) {}
  }

  private func step(_ context: ChannelHandlerContext) -> Bool {
    guard let head else {
      let view = Array(input.readableBytesView)
      guard let end = view.indices.first(where: { view[$0...].starts(with: Array("\r\n\r\n".utf8)) }) else {
        return false
      }
      self.head = input.readString(length: end + 4)
      let request = request(isComplete: false)
      missing = request.header("content-length").flatMap(Int.init) ?? 0
      body = []
      if missing > 0 { run(script(request), context) }
      return true
    }
    _ = head
    let taken = min(missing, input.readableBytes)
    body.append(contentsOf: input.readBytes(length: taken) ?? [])
    missing -= taken
    guard missing == 0 else { return false }
    let request = request(isComplete: true)
    server?.note(request)
    self.head = nil
    index += 1
    run(script(request), context)
    return input.readableBytes > 0
  }

  private func request(isComplete: Bool) -> ScriptedServer.Request {
    ScriptedServer.Request(connection: connection, index: index, head: head ?? "", body: body, isComplete: isComplete)
  }

  private func run(_ actions: [ScriptedServer.Action], _ context: ChannelHandlerContext) {
    pending.append(contentsOf: actions)
    next(context)
  }

  private func next(_ context: ChannelHandlerContext) {
    while !isBusy, !pending.isEmpty {
      switch pending.removeFirst() {
      case .write(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
      case .writeBytes(let bytes): context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
      case .close: context.close(promise: nil)
      case .pause(let time):
        isBusy = true
        context.eventLoop.assumeIsolated().scheduleTask(in: time) {
          self.isBusy = false
          self.next(context)
        }
      }
    }
  }
}
