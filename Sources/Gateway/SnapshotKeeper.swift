import Authorization
import IAM
import IAMPolicy
import Logging
import NIOCore
import NIOPosix
import S3Model
import S3Wire
import Synchronization

/// Makes new snapshots and puts them in force, one change after the other.
///
/// Changes run on a thread of their own, where files may block; event loops get the finished snapshot.
final class SnapshotKeeper: Sendable {
  private struct State {
    var snapshot: Snapshot
    var rules: BucketRules
    var workers: [NIOLoopBound<Worker>] = []
    var iam: IAMService?
  }

  private let state: Mutex<State>
  private let folders: BucketRuleFolders
  private let thread: NIOThreadPool
  private let log: Logger

  /// - Parameters:
  ///   - snapshot: with `rules` in it.
  ///   - rules: as the folders have them.
  init(snapshot: Snapshot, rules: BucketRules, folders: BucketRuleFolders, log: Logger) {
    state = Mutex(State(snapshot: snapshot, rules: rules))
    self.folders = folders
    self.log = log
    thread = NIOThreadPool(numberOfThreads: 1)
    thread.start()
  }

  var current: Snapshot { state.withLock { $0.snapshot } }

  /// Serves IAM's actions; nil where identities cannot be edited.
  var iam: IAMService? { state.withLock { $0.iam } }

  func serve(_ iam: IAMService?) { state.withLock { $0.iam = iam } }

  func add(workers: [NIOLoopBound<Worker>]) {
    state.withLock { $0.workers += workers }
  }

  /// The policy as it was put, byte by byte; nil when the bucket has none.
  func bucketPolicy(_ bucket: String) -> [UInt8]? { state.withLock { $0.rules.policies[bucket] } }

  /// What the gateway keeps for buckets.
  var rules: BucketRules { state.withLock { $0.rules } }

  enum Change: Sendable {
    case policy([UInt8]?)
    case accessBlock(PublicAccessBlock?)
    /// The bucket is gone, and what was kept for it goes too.
    case removal
  }

  /// The bucket's public access block refuses policies for everyone.
  struct PublicPolicyRefused: Error {}

  /// Changes what is kept for a bucket. Completes when it is on disk and in force on every event loop.
  func change(_ bucket: String, _ change: Change, on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
    thread.runIfActive(eventLoop: eventLoop) { () throws -> Snapshot in
      // Changes come one after the other, all on this thread: nothing else changes the rules meanwhile.
      var rules = self.rules
      switch change {
      case .policy(let document):
        let policy = try document.map { try BucketPolicyDocument($0, bucket: bucket) }
        if policy?.isPublic == true, rules.accessBlocks[bucket]?.refusesPublicPolicies == true {
          throw PublicPolicyRefused()
        }
        try self.folders.policies.set(document, bucket: bucket)
        rules.policies[bucket] = document
      case .accessBlock(let block):
        try self.folders.accessBlocks.set(block?.document, bucket: bucket)
        rules.accessBlocks[bucket] = block
      case .removal:
        // The block goes last: a policy that is left must not be without what limited it.
        try self.folders.policies.remove(bucket: bucket)
        try self.folders.accessBlocks.remove(bucket: bucket)
        rules.policies[bucket] = nil
        rules.accessBlocks[bucket] = nil
      }
      return self.state.withLock { state in
        state.rules = rules
        state.snapshot = state.snapshot.changing { _ = $0.take(rules, of: bucket) }
        return state.snapshot
      }
    }.flatMap { self.publish($0, on: eventLoop) }
  }

  /// A deleted bucket takes its rules along. In the background: the deletion itself has been answered.
  func forgetBucket(_ bucket: String, on eventLoop: any EventLoop) {
    guard rules.contain(bucket) else { return }
    let log = self.log
    change(bucket, .removal, on: eventLoop).whenFailure { error in
      log.error("a deleted bucket's policy stays", metadata: ["bucket": "\(bucket)", "error": "\(error)"])
    }
  }

  /// Puts a reloaded snapshot in force, with the bucket rules of now.
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
