import NIOPosix
import Synchronization

/// The few threads on which a directory is asked: the library blocks on the network.
///
/// Who waits is bounded in number and time. A call that hangs keeps its thread, never more than these.
public final class LDAPThreads: Sendable {
  private let pool: NIOThreadPool
  private let waitingMax: Int
  private let timeout: Duration
  private let waiting = Atomic<Int>(0)

  /// - Parameters:
  ///   - waitingMax: calls that run or wait at one time; more are refused.
  ///   - timeout: how long a caller waits.
  public init(threads: Int = 4, waitingMax: Int = 256, timeout: Duration = .seconds(5)) {
    pool = NIOThreadPool(numberOfThreads: threads)
    self.waitingMax = waitingMax
    self.timeout = timeout
    pool.start()
  }

  func run<Value: Sendable>(
    _ work: @escaping @Sendable () throws(LDAPError) -> Value
  ) async throws(LDAPError) -> Value {
    guard waiting.add(1, ordering: .relaxed).newValue <= waitingMax else {
      waiting.subtract(1, ordering: .relaxed)
      throw .busy
    }
    let answer = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<Value, LDAPError>, Never>) in
      let waiter = Waiter(continuation)
      let timer = Task { [timeout] in
        do { try await Task.sleep(for: timeout) } catch { return }
        waiter.resume(.failure(.timedOut))
      }
      pool.submit { [self] state in
        // Counted until the work is done, whoever still waits for it: that is what fills the queue when calls hang.
        defer {
          waiting.subtract(1, ordering: .relaxed)
          timer.cancel()
        }
        // Nobody waits any more: no token is remembered for nothing.
        guard state == .active, !waiter.isOver else {
          waiter.resume(.failure(.busy))
          return
        }
        do throws(LDAPError) {
          waiter.resume(.success(try work()))
        } catch {
          waiter.resume(.failure(error))
        }
      }
    }
    return try answer.get()
  }

  /// Takes no more work. Does not wait for calls that hang.
  public func shutdown() {
    pool.shutdownGracefully { _ in }
  }
}

/// Resumed once, by whoever is first.
private final class Waiter<Value: Sendable>: Sendable {
  private let continuation: Mutex<CheckedContinuation<Result<Value, LDAPError>, Never>?>

  init(_ continuation: CheckedContinuation<Result<Value, LDAPError>, Never>) {
    self.continuation = Mutex(continuation)
  }

  var isOver: Bool { continuation.withLock { $0 == nil } }

  func resume(_ result: sending Result<Value, LDAPError>) {
    let taken = continuation.withLock { continuation in
      defer { continuation = nil }
      return continuation
    }
    taken?.resume(returning: result)
  }
}
