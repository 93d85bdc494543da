import Authorization
import IAMPolicy
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Makes new snapshots and puts them in force, one change after the other.
///
/// Changes run on a thread of their own, where files may block; event loops get the finished snapshot.
final class SnapshotKeeper: Sendable {
  private struct State {
    var snapshot: Snapshot
    var documents: [String: [UInt8]]
    var workers: [NIOLoopBound<Worker>] = []
  }

  private let state: Mutex<State>
  private let folder: BucketPolicyFolder
  private let thread: NIOThreadPool
  private let log: Logger

  /// - Parameters:
  ///   - snapshot: with the policies of `documents` in it.
  ///   - documents: bucket policies by bucket, as the folder has them.
  init(snapshot: Snapshot, documents: [String: [UInt8]], folder: BucketPolicyFolder, log: Logger) {
    state = Mutex(State(snapshot: snapshot, documents: documents))
    self.folder = folder
    self.log = log
    thread = NIOThreadPool(numberOfThreads: 1)
    thread.start()
  }

  var current: Snapshot { state.withLock { $0.snapshot } }

  func add(workers: [NIOLoopBound<Worker>]) {
    state.withLock { $0.workers += workers }
  }

  /// The policy as it was put, byte by byte; nil when the bucket has none.
  func bucketPolicy(_ bucket: String) -> [UInt8]? { state.withLock { $0.documents[bucket] } }

  /// All bucket policies, as they were put.
  var bucketPolicies: [String: [UInt8]] { state.withLock { $0.documents } }

  /// Writes or removes a bucket's policy. Completes when it is on disk and in force on every event loop.
  func changeBucketPolicy(
    _ bucket: String, to document: [UInt8]?, on eventLoop: any EventLoop
  ) -> EventLoopFuture<Void> {
    thread.runIfActive(eventLoop: eventLoop) { () throws -> Snapshot in
      var policy: AuthorizationSnapshot.BucketPolicy?
      if let document {
        policy = .policy(try BucketPolicyDocument(document, bucket: bucket).policy)
        try self.folder.write(document, bucket: bucket)
      } else {
        try self.folder.remove(bucket: bucket)
      }
      return self.state.withLock { state in
        state.documents[bucket] = document
        state.snapshot = state.snapshot.changing { $0.bucketPolicies[bucket] = policy }
        return state.snapshot
      }
    }.flatMap { self.publish($0, on: eventLoop) }
  }

  /// A deleted bucket takes its policy along. In the background: the deletion itself has been answered.
  func forgetBucketPolicy(_ bucket: String, on eventLoop: any EventLoop) {
    guard bucketPolicy(bucket) != nil else { return }
    let log = self.log
    changeBucketPolicy(bucket, to: nil, on: eventLoop).whenFailure { error in
      log.error("a deleted bucket's policy stays", metadata: ["bucket": "\(bucket)", "error": "\(error)"])
    }
  }

  /// Puts a reloaded snapshot in force, with the bucket policies of now.
  /// - Parameter build: makes it from the one in force; runs on the change thread and may block.
  func replace(
    on eventLoop: any EventLoop, build: @escaping @Sendable (Snapshot) throws -> Snapshot
  ) -> EventLoopFuture<Void> {
    thread.runIfActive(eventLoop: eventLoop) { () throws -> Snapshot in
      let built = try build(self.current)
      self.state.withLock { $0.snapshot = built }
      return built
    }.flatMap { self.publish($0, on: eventLoop) }
  }

  private func publish(_ snapshot: Snapshot, on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
    let workers = state.withLock { $0.workers }
    return EventLoopFuture.andAllSucceed(
      workers.map { worker in worker.eventLoop.submit { worker.value.take(snapshot) } }, on: eventLoop)
  }

  func shutdown() async {
    do {
      try await thread.shutdownGracefully()
    } catch {
      log.debug("the change thread did not end", metadata: ["error": "\(error)"])
    }
  }
}
