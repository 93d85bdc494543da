public import NIOCore
public import NIOPosix
import Synchronization

/// Keeps a server context that follows its files. New connections take `current`; those that live keep theirs.
public final class CertificateReloader: Sendable {
  public struct Files: Sendable, Hashable {
    /// PEM, leaf first.
    public let chainPath: String
    public let privateKeyPath: String

    public init(chainPath: String, privateKeyPath: String) {
      self.chainPath = chainPath
      self.privateKeyPath = privateKeyPath
    }
  }

  public enum Outcome: Sendable, Equatable {
    case unchanged
    case reloaded
    /// The files are new, but not usable: the old certificates stay. Reported once for the same files.
    case refused(TLSError)
  }

  private struct State {
    var options: TLSServerContext.Options
    var context: TLSServerContext
    var loaded: [FileFingerprint?]
    var refused: [FileFingerprint?]?
  }

  private let files: [Files]
  private let ticketKeys: TLSTicketKeys
  private let state: Mutex<State>

  /// Loads the files; blocks.
  /// - Parameter files: at least one pair; the first is the default.
  public init(files: [Files], options: TLSServerContext.Options = .init()) throws(TLSError) {
    let ticketKeys = try TLSTicketKeys()
    let fingerprints = Self.fingerprints(files, options)
    let context = try Self.load(files, options, ticketKeys)
    self.files = files
    self.ticketKeys = ticketKeys
    state = Mutex(State(options: options, context: context, loaded: fingerprints))
  }

  /// The context for a new connection.
  public var current: TLSServerContext { state.withLock { $0.context } }

  /// What new connections are offered from now on. Takes effect when `reloadIfChanged` runs next.
  public func use(_ options: TLSServerContext.Options) {
    state.withLock { state in
      guard state.options != options else { return }
      state.options = options
      state.loaded = []
      state.refused = nil
    }
  }

  /// Looks at the files and loads them if they have changed; blocks. Call it from one place at a time.
  public func reloadIfChanged() -> Outcome {
    // Taken before reading: a file that changes meanwhile differs from this next time.
    let (options, loaded, refused) = state.withLock { ($0.options, $0.loaded, $0.refused) }
    let fingerprints = Self.fingerprints(files, options)
    guard fingerprints != loaded else { return .unchanged }
    do {
      let context = try Self.load(files, options, ticketKeys)
      state.withLock { state in
        // Other options may have come meanwhile; then the next look loads with them.
        guard state.options == options else { return }
        state = State(options: options, context: context, loaded: fingerprints)
      }
      return .reloaded
    } catch {
      // Tried again each time, since the cause may pass (a file half copied, no descriptors left), but told once.
      guard fingerprints != refused else { return .unchanged }
      state.withLock { $0.refused = fingerprints }
      return .refused(error)
    }
  }

  /// Calls `reloadIfChanged` again and again on a thread of the pool, never twice at once, until the task is cancelled.
  /// - Parameter report: what came of it, on the event loop; not called when nothing has changed.
  public func watch(
    every interval: Duration, on eventLoop: any EventLoop, threads: NIOThreadPool,
    report: @escaping @Sendable (Outcome) -> Void
  ) -> RepeatedTask {
    let delay = TimeAmount(interval)
    return eventLoop.scheduleRepeatedAsyncTask(initialDelay: delay, delay: delay) { _ in
      threads.runIfActive(eventLoop: eventLoop) { self.reloadIfChanged() }.map { outcome in
        if outcome != .unchanged { report(outcome) }
      }
    }
  }

  private static func load(
    _ files: [Files], _ options: TLSServerContext.Options, _ ticketKeys: TLSTicketKeys
  ) throws(TLSError) -> TLSServerContext {
    var identities: [TLSIdentity] = []
    for pair in files {
      identities.append(try TLSIdentity(chainPath: pair.chainPath, privateKeyPath: pair.privateKeyPath))
    }
    return try TLSServerContext(identities: identities, options: options, ticketKeys: ticketKeys)
  }

  private static func fingerprints(_ files: [Files], _ options: TLSServerContext.Options) -> [FileFingerprint?] {
    var paths = files.flatMap { [$0.chainPath, $0.privateKeyPath] }
    switch options.clientCertificates {
    case .requested(trust: .file(let path)): paths.append(path)
    case .recorded(let authorities): paths += authorities
    case .ignored, .requested: break
    }
    return paths.map { FileFingerprint($0) }
  }
}
