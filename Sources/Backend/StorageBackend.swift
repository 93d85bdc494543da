public import NIOCore

/// A store that requests are served from. One instance per backend named in the settings.
///
/// Life cycle: constructed from validated settings; ``makeClient(on:)`` once per event loop that serves connections;
/// ``isReady()`` polled for `/healthz/ready`; when a reload drops the backend, each loop calls
/// ``BackendClient/shutdown()`` once its exchanges have ended.
public protocol StorageBackend: AnyObject, Sendable {
  /// The name in settings, logs, metrics and audit records.
  var name: String { get }

  /// Whether keys keep every byte on their way to the store: `.`, `..` and empty segments included. Where false, such
  /// keys are refused before the store could fold them into another key than the one that was authorized.
  var isByteExact: Bool { get }

  /// The part of the backend that belongs to one event loop: its connections, caches, scratch space. Called on it.
  func makeClient(on eventLoop: any EventLoop) -> any BackendClient

  /// Whether the store answers now, from what is already known; never blocks.
  func isReady() -> Bool
}

/// A backend as one event loop sees it. All calls come from, and go to, that event loop.
public protocol BackendClient: AnyObject {
  /// Starts a request. The answer comes through `receiver`, never before this call has returned.
  ///
  /// The receiver is held until it got ``BackendReceiver/backendDidFinish()`` or
  /// ``BackendReceiver/backendDidFail(_:)``, or the call was cancelled; exactly one of the three ends a call.
  func start(_ request: BackendRequest, receiver: any BackendReceiver) -> any BackendCall

  /// No request will start any more; connections close when idle.
  func shutdown()
}

/// One running request, as the gateway drives it.
public protocol BackendCall: AnyObject {
  /// Body bytes, in order; together exactly ``BackendRequest/contentLength``. Bytes sent while the backend has said
  /// ``BackendReceiver/backendIsWritable(_:)`` false are queued: stop reading from the client meanwhile.
  func send(_ bytes: ByteBuffer)

  /// The body is complete and verified: commit. Called for requests without a body too, right after `start`.
  ///
  /// The gateway withholds the last piece of every body until all digests, signatures and trailers are verified, so
  /// that a store that counts bytes can never commit what this call has not confirmed.
  func finish()

  /// Ends the call at once: nothing that was sent becomes visible. No receiver call follows. Harmless after the end.
  func cancel()

  /// Whether response body pieces may come. True at the start; false while the client reads slowly.
  func setReading(_ isReading: Bool)
}

/// The gateway's side of one running request.
public protocol BackendReceiver: AnyObject {
  /// Whether more request body is wanted. True at the start.
  func backendIsWritable(_ isWritable: Bool)
  /// The response head; at most once, before any body. A response with an error status comes as a failure instead.
  func backendDidRespond(_ response: BackendResponse)
  /// Response body bytes, in order.
  func backendDidReceive(_ bytes: ByteBuffer)
  /// The response is complete.
  func backendDidFinish()
  /// The request failed. After ``backendDidRespond(_:)`` this means that the body broke off.
  func backendDidFail(_ failure: BackendFailure)
}
