import HTTPWire
import NIOCore

/// One request from its start to its end, over one connection, or two where the first was stale. Belongs to its loop.
final class HTTPExchange {
  struct Timeouts: Sendable {
    /// From the start to the end.
    var whole: TimeAmount?
    /// From the start to the answer's head.
    var head: TimeAmount?
    /// Between two pieces of body.
    var idle: TimeAmount?
  }

  enum Sink {
    case whole(EventLoopPromise<HTTPClientAnswer>, bytesMax: Int)
    case pieces(@Sendable (HTTPStreamEvent) -> Void)
  }

  private let request: HTTPClientRequest
  private let timeouts: Timeouts
  private let connections: LoopConnections
  private var sink: Sink?
  private var connection: HTTPConnection?
  private var timer: Scheduled<Void>?
  private var phase = HTTPClientError.Phase.connection
  private var isReading = true
  private var hasRepeated = false
  private var answerHead: HTTPAnswerHead?
  private var collected = ByteBuffer()

  init(_ request: HTTPClientRequest, timeouts: Timeouts, sink: Sink, connections: LoopConnections) {
    self.request = request
    self.timeouts = timeouts
    self.sink = sink
    self.connections = connections
  }

  func start() {
    setTimer(timeouts.whole ?? timeouts.head)
    connections.lease(self)
  }

  func cancel() { end(.failure(.cancelled)) }

  func setReading(_ isReading: Bool) {
    guard self.isReading != isReading, sink != nil else { return }
    self.isReading = isReading
    connection?.setReading(isReading)
    if answerHead != nil, timeouts.whole == nil { setTimer(isReading ? timeouts.idle : nil) }
  }

  // MARK: From the pool

  func connectionIsReady(_ connection: HTTPConnection) {
    let head: ByteBuffer
    do throws(HTTPClientError) {
      head = try request.head(authority: connections.authority)
    } catch {
      connections.release(connection)
      return end(.failure(error))
    }
    self.connection = connection
    phase = .head
    connection.begin(self, head: head, body: request.body, isHead: request.method == .head)
  }

  func connectionUnavailable(_ error: HTTPClientError) { end(.failure(error)) }

  // MARK: From the connection

  func didReceive(_ head: ResponseHead) {
    // Where the length is not known, an answer cut short looks complete.
    guard head.framing != .untilClose else { return end(.failure(.answerWithoutLength)) }
    if case .whole(_, let bytesMax) = sink, case .contentLength(let length) = head.framing, length > UInt64(bytesMax) {
      return end(.failure(.answerTooLarge(bytesMax: bytesMax)))
    }
    phase = .body
    let answerHead = HTTPAnswerHead(head)
    self.answerHead = answerHead
    guard case .pieces(let onEvent) = sink else { return }
    setTimer(isReading ? timeouts.idle : nil)
    onEvent(.head(answerHead))
    if !isReading { connection?.setReading(false) }
  }

  func didReceive(_ bytes: ByteBuffer) {
    switch sink {
    case .whole(_, let bytesMax):
      guard collected.readableBytes + bytes.readableBytes <= bytesMax else {
        return end(.failure(.answerTooLarge(bytesMax: bytesMax)))
      }
      var bytes = bytes
      if collected.readableBytes == 0 { collected = bytes } else { collected.writeBuffer(&bytes) }
    case .pieces(let onEvent):
      if timeouts.idle != nil, isReading { setTimer(timeouts.idle) }
      onEvent(.body(bytes))
    case nil: break
    }
  }

  func didComplete() {
    connection = nil
    end(.success(()))
  }

  /// The connection has left the pool.
  func didFail(_ error: HTTPClientError, wasReused: Bool, hadAnswerBytes: Bool) {
    connection = nil
    let isStale =
      switch error {
      case .connectionClosed, .connectionFailed: wasReused && !hadAnswerBytes
      default: false
      }
    guard isStale, request.isRepeatable, !hasRepeated, sink != nil else { return end(.failure(error)) }
    hasRepeated = true
    phase = .connection
    connections.dropIdle()
    connections.lease(self)
  }

  // MARK: The end

  private func end(_ result: Result<Void, HTTPClientError>) {
    guard let sink else { return }
    self.sink = nil
    timer?.cancel()
    timer = nil
    if let connection {
      self.connection = nil
      connection.abandon()
    } else {
      connections.cancelLease(self)
    }
    switch sink {
    case .pieces(let onEvent): onEvent(.ended(result))
    case .whole(let promise, _):
      switch result {
      case .failure(let error): promise.fail(error)
      case .success:
        guard let answerHead else { preconditionFailure("an answer ends after its head") }
        promise.succeed(HTTPClientAnswer(head: answerHead, body: collected))
      }
    }
  }

  private func setTimer(_ time: TimeAmount?) {
    timer?.cancel()
    timer = time.map { time in
      connections.eventLoop.assumeIsolated().scheduleTask(in: time) { self.end(.failure(.timedOut(self.phase))) }
    }
  }
}

@available(*, unavailable)
extension HTTPExchange: Sendable {}
