import NIOCore

/// One request under way, from any thread.
public final class HTTPCall: Sendable {
  private struct State {
    var exchange: HTTPExchange?
    var isCancelled = false
  }

  private let eventLoop: any EventLoop
  private let state: NIOLoopBoundBox<State>

  init(eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    state = .makeBoxSendingValue(State(), eventLoop: eventLoop)
  }

  /// - Returns: false when it was cancelled before it began.
  func begin(_ exchange: HTTPExchange) -> Bool {
    guard !state.value.isCancelled else { return false }
    state.value.exchange = exchange
    return true
  }

  /// Ends it with `cancelled`, unless it ended already, and closes its connection.
  public func cancel() {
    onLoop { state in
      let exchange = state.value.exchange
      state.value = State(exchange: nil, isCancelled: true)
      // What it ends may look at this call again.
      exchange?.cancel()
    }
  }

  /// Stops and resumes a stream: while stopped, nothing is read from the server.
  public func setReading(_ isReading: Bool) {
    onLoop { state in state.value.exchange?.setReading(isReading) }
  }

  private func onLoop(_ body: @escaping @Sendable (NIOLoopBoundBox<State>) -> Void) {
    let state = self.state
    if eventLoop.inEventLoop {
      body(state)
    } else {
      eventLoop.execute { body(state) }
    }
  }
}
