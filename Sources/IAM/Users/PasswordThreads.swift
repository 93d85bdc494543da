import NIOPosix
import Synchronization

/// The two threads on which passwords are hashed: each hash takes a core and 32 MiB for a while, by design.
///
/// Who waits is bounded in number, so that a flood of passwords costs nothing else its turn.
final class PasswordThreads: Sendable {
  /// For the whole process.
  static let shared = PasswordThreads()

  private let pool: NIOThreadPool
  private let waitingMax: Int
  private let waiting = Atomic<Int>(0)

  init(threads: Int = 2, waitingMax: Int = 64) {
    pool = NIOThreadPool(numberOfThreads: threads)
    self.waitingMax = waitingMax
    pool.start()
  }

  /// - Throws: `tooBusy` when too many wait, and what `work` throws.
  func run<Value: Sendable>(_ work: @escaping @Sendable () throws(IAMError) -> Value) async throws(IAMError) -> Value {
    guard waiting.add(1, ordering: .relaxed).newValue <= waitingMax else {
      waiting.subtract(1, ordering: .relaxed)
      throw .tooBusy
    }
    let answer = await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, IAMError>, Never>) in
      pool.submit { [self] state in
        waiting.subtract(1, ordering: .relaxed)
        guard state == .active else { return continuation.resume(returning: .failure(.tooBusy)) }
        continuation.resume(returning: Result { () throws(IAMError) in try work() })
      }
    }
    return try answer.get()
  }

  var waitingCount: Int { waiting.load(ordering: .relaxed) }

  func shutdown() async throws { try await pool.shutdownGracefully() }
}
