import HTTPWire
public import NIOCore

/// Asks one server, over kept connections of each event loop's own.
///
/// Every wait, buffer and answer is bounded. A request is repeated once, on a fresh connection, and only when a kept
/// connection closed before the first byte of its answer and the request is repeatable.
public final class HTTPRequester: Sendable {
  public let endpoint: HTTPEndpoint
  public let limits: HTTPClientLimits
  private let group: any EventLoopGroup
  private let loops: [ObjectIdentifier: NIOLoopBoundBox<LoopConnections?>]

  /// - Parameter group: an event loop, or a group of them; requests run on these only.
  public init(_ endpoint: HTTPEndpoint, limits: HTTPClientLimits = HTTPClientLimits(), group: any EventLoopGroup) {
    self.endpoint = endpoint
    self.limits = limits
    self.group = group
    var loops: [ObjectIdentifier: NIOLoopBoundBox<LoopConnections?>] = [:]
    for loop in group.makeIterator() {
      loops[ObjectIdentifier(loop)] = .makeEmptyBox(valueType: LoopConnections.self, eventLoop: loop)
    }
    self.loops = loops
  }

  // MARK: Whole answers

  /// - Parameters:
  ///   - loop: one of the group's, on which the request runs and the future succeeds; nil takes any.
  ///   - timeout: from now to the answer's last byte, waiting for a connection included.
  ///   - answerBytesMax: for the answer's body.
  /// - Returns: fails with `HTTPClientError`, nothing else.
  public func send(
    _ request: HTTPClientRequest, on loop: (any EventLoop)? = nil, timeout: Duration = .seconds(10),
    answerBytesMax: Int = 1_048_576
  ) -> EventLoopFuture<HTTPClientAnswer> {
    start(request, on: loop, timeout: timeout, answerBytesMax: answerBytesMax).answer
  }

  /// The same, with a handle to call it off.
  public func start(
    _ request: HTTPClientRequest, on loop: (any EventLoop)? = nil, timeout: Duration = .seconds(10),
    answerBytesMax: Int = 1_048_576
  ) -> (answer: EventLoopFuture<HTTPClientAnswer>, call: HTTPCall) {
    let loop = checked(loop)
    let promise = loop.makePromise(of: HTTPClientAnswer.self)
    let timeouts = HTTPExchange.Timeouts(whole: TimeAmount(timeout), head: nil, idle: nil)
    let call = run(request, on: loop, timeouts) { .whole(promise, bytesMax: answerBytesMax) }
    return (promise.futureResult, call)
  }

  /// The same for tasks; cancelling the task calls the request off.
  public func answer(
    to request: HTTPClientRequest, timeout: Duration = .seconds(10), answerBytesMax: Int = 1_048_576
  ) async throws(HTTPClientError) -> HTTPClientAnswer {
    let (answer, call) = start(request, timeout: timeout, answerBytesMax: answerBytesMax)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        answer.whenComplete { continuation.resume(returning: $0) }
      }
    } onCancel: {
      call.cancel()
    }
    switch result {
    case .success(let answer): return answer
    case .failure(let error as HTTPClientError): throw error
    case .failure(let error): throw .connectionFailed(reason: String(describing: error))
    }
  }

  // MARK: Streams

  /// Gives the answer piece by piece as it comes, without bound on its length.
  ///
  /// The connection is occupied until the stream ends; a stream that is cancelled closes it.
  /// - Parameters:
  ///   - loop: one of the group's, on which `onEvent` is called; nil takes any.
  ///   - headTimeout: from now to the answer's head.
  ///   - idleTimeout: between two pieces, while they are asked for; nil waits for ever, as a watch does.
  ///   - onEvent: never called before this returns.
  public func stream(
    _ request: HTTPClientRequest, on loop: (any EventLoop)? = nil, headTimeout: Duration = .seconds(10),
    idleTimeout: Duration? = nil, onEvent: @escaping @Sendable (HTTPStreamEvent) -> Void
  ) -> HTTPCall {
    let timeouts = HTTPExchange.Timeouts(
      whole: nil, head: TimeAmount(headTimeout), idle: idleTimeout.map { TimeAmount($0) })
    return run(request, on: checked(loop), timeouts) { .pieces(onEvent) }
  }

  /// Closes the connections: unused ones now, others when their requests end. What waits fails, and so does what starts
  /// from now on.
  public func shutDown() {
    for loop in group.makeIterator() {
      guard let box = loops[ObjectIdentifier(loop)] else { continue }
      loop.execute {
        if box.value == nil { box.value = LoopConnections(self, eventLoop: loop) }
        box.value?.shutDown()
      }
    }
  }

  // MARK: On the loop

  private func checked(_ loop: (any EventLoop)?) -> any EventLoop {
    guard let loop else { return group.any() }
    precondition(loops[ObjectIdentifier(loop)] != nil, "an event loop of the client's own group")
    return loop
  }

  private func run(
    _ request: HTTPClientRequest, on loop: any EventLoop, _ timeouts: HTTPExchange.Timeouts,
    _ sink: @escaping @Sendable () -> HTTPExchange.Sink
  ) -> HTTPCall {
    let call = HTTPCall(eventLoop: loop)
    guard let box = loops[ObjectIdentifier(loop)] else { preconditionFailure("checked by the caller") }
    // Later also where this is the loop already: callers get their call before the first event.
    loop.execute {
      let connections: LoopConnections
      if let known = box.value {
        connections = known
      } else {
        connections = LoopConnections(self, eventLoop: loop)
        box.value = connections
      }
      let exchange = HTTPExchange(request, timeouts: timeouts, sink: sink(), connections: connections)
      if call.begin(exchange) { exchange.start() } else { exchange.cancel() }
    }
    return call
  }
}

extension HTTPRequester {
  /// A request that gets no further than this is a mistake in settings, found before the first one.
  public static func validate(target: String, fields: [(name: String, value: String)]) throws(HTTPClientError) {
    _ = try HTTPClientRequest(.get, target, fields: fields).head(authority: "")
  }
}
