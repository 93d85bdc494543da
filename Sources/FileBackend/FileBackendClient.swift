import Backend
import NIOCore
import NIOPosix

/// The store as one event loop sees it.
final class FileBackendClient: BackendClient {
  private let store: ObjectStore
  private let pool: NIOThreadPool
  private let eventLoop: any EventLoop

  init(_ store: ObjectStore, _ pool: NIOThreadPool, _ eventLoop: any EventLoop) {
    self.store = store
    self.pool = pool
    self.eventLoop = eventLoop
  }

  func start(_ request: BackendRequest, receiver: any BackendReceiver) -> any BackendCall {
    let call = FileCall(FileOperations.work(for: request, store), pool, eventLoop, receiver)
    call.start()
    return call
  }

  func shutdown() {}
}

@available(*, unavailable)
extension FileBackendClient: Sendable {}
