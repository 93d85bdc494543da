public import NIOCore
import Synchronization

/// A streamed answer's body for tasks: one consumer. Reading from the server stops while the consumer is behind.
///
/// Ends with an error where the answer does not end as it should; dropping it, or cancelling the task, closes the
/// connection.
public final class HTTPAnswerStream: AsyncSequence, AsyncIteratorProtocol, Sendable {
  public typealias Element = ByteBuffer
  public typealias Failure = HTTPClientError

  private struct State {
    var pieces = CircularBuffer<ByteBuffer>()
    var bytes = 0
    var isReading = true
    var head: Result<HTTPAnswerHead, HTTPClientError>?
    var end: Result<Void, HTTPClientError>?
    var headWaiter: CheckedContinuation<Result<HTTPAnswerHead, HTTPClientError>, Never>?
    var waiter: CheckedContinuation<Result<ByteBuffer?, HTTPClientError>, Never>?
    var call: HTTPCall?
  }

  /// What may lie here before reading stops, and until when it does not resume.
  private static let bytesMax = 65_536
  private static let bytesMin = 16_384

  private let state = Mutex(State())

  init() {}

  deinit { state.withLock { $0.call }?.cancel() }

  /// - Returns: once the answer's head is there.
  fileprivate func start(_ begin: (@escaping @Sendable (HTTPStreamEvent) -> Void) -> HTTPCall) -> HTTPCall {
    let call = begin { [weak self] in self?.receive($0) }
    state.withLock { $0.call = call }
    return call
  }

  private func receive(_ event: HTTPStreamEvent) {
    switch event {
    case .head(let head):
      let waiter = state.withLock { state in
        state.head = .success(head)
        defer { state.headWaiter = nil }
        return state.headWaiter
      }
      waiter?.resume(returning: .success(head))
    case .body(let bytes):
      let (waiter, pause) = state.withLock { state in
        if let waiter = state.waiter {
          state.waiter = nil
          return (Optional(waiter), HTTPCall?.none)
        }
        state.pieces.append(bytes)
        state.bytes += bytes.readableBytes
        guard state.isReading, state.bytes >= Self.bytesMax else { return (nil, nil) }
        state.isReading = false
        return (nil, state.call)
      }
      pause?.setReading(false)
      waiter?.resume(returning: .success(bytes))
    case .ended(let result):
      let (headWaiter, waiter) = state.withLock { state in
        state.end = result
        defer { (state.headWaiter, state.waiter) = (nil, nil) }
        return (state.headWaiter, state.waiter)
      }
      headWaiter?.resume(returning: Self.headless(result))
      waiter?.resume(returning: result.map { nil })
    }
  }

  private static func headless(_ result: Result<Void, HTTPClientError>) -> Result<HTTPAnswerHead, HTTPClientError> {
    switch result {
    case .success: .failure(.connectionClosed)
    case .failure(let error): .failure(error)
    }
  }

  fileprivate func head() async -> Result<HTTPAnswerHead, HTTPClientError> {
    await withCheckedContinuation { continuation in
      let known = state.withLock { state -> Result<HTTPAnswerHead, HTTPClientError>? in
        if let known = state.head ?? state.end.map(Self.headless) { return known }
        state.headWaiter = continuation
        return nil
      }
      if let known { continuation.resume(returning: known) }
    }
  }

  public func makeAsyncIterator() -> HTTPAnswerStream { self }

  public func next() async throws -> ByteBuffer? { try await next(isolation: nil) }

  public func next(isolation actor: isolated (any Actor)?) async throws(HTTPClientError) -> ByteBuffer? {
    let call = state.withLock { $0.call }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let (known, resume) = state.withLock { state -> (Result<ByteBuffer?, HTTPClientError>?, HTTPCall?) in
          if let piece = state.pieces.popFirst() {
            state.bytes -= piece.readableBytes
            guard !state.isReading, state.bytes <= Self.bytesMin else { return (.success(piece), nil) }
            state.isReading = true
            return (.success(piece), state.call)
          }
          if let end = state.end { return (end.map { nil }, nil) }
          precondition(state.waiter == nil, "a stream has one consumer")
          state.waiter = continuation
          return (nil, nil)
        }
        resume?.setReading(true)
        if let known { continuation.resume(returning: known) }
      }
    } onCancel: {
      call?.cancel()
    }
    return try result.get()
  }
}

extension HTTPRequester {
  /// ``stream(_:on:headTimeout:idleTimeout:onEvent:)`` for tasks, with back-pressure.
  /// - Returns: the head, and the body as it comes.
  public func stream(
    _ request: HTTPClientRequest, headTimeout: Duration = .seconds(10), idleTimeout: Duration? = nil
  ) async throws(HTTPClientError) -> (head: HTTPAnswerHead, body: HTTPAnswerStream) {
    let body = HTTPAnswerStream()
    let call = body.start { stream(request, headTimeout: headTimeout, idleTimeout: idleTimeout, onEvent: $0) }
    let head = await withTaskCancellationHandler {
      await body.head()
    } onCancel: {
      call.cancel()
    }
    return (try head.get(), body)
  }
}
