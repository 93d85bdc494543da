import Authorization
import Bundles
import Glibc
import JWT
import Logging
import Rego
import Settings
import Synchronization

/// Loads the policy bundle that settings name, and again when its files change. A bundle that does not compile is
/// refused whole, and the one before stays in force.
final class PolicyLoader: Sendable {
  private struct State {
    var authority: RegoAuthority?
    var settings: AuthorizationSettings
    var seen: [FileStamp]
  }

  /// Enough to tell that a file is another.
  private struct FileStamp: Equatable {
    var name: String
    var inode: UInt64
    var size: Int64
    var seconds: Int
    var nanoseconds: Int
  }

  private let state: Mutex<State>
  private let zones: ZoneDatabase

  /// - Throws: `BundleError`, so that nothing starts without the policy it is told to have.
  init(_ settings: AuthorizationSettings, log: Logger) throws {
    zones = ZoneFiles.load()
    let seen = Self.stamps(settings)
    let authority = try Self.load(settings, zones)
    state = Mutex(State(authority: authority, settings: settings, seen: seen))
    if authority != nil {
      log.notice(
        "policy bundle loaded",
        metadata: ["from": "\(Self.paths(settings).joined(separator: ", "))", "mode": "\(settings.mode.rawValue)"])
    } else if settings.mode != .off {
      log.notice("no policy bundle: IAM decides alone")
    }
  }

  var authority: RegoAuthority? { state.withLock { $0.authority } }

  /// Loads what new settings name. The loader stays as it was when that fails.
  func take(_ settings: AuthorizationSettings) throws {
    let seen = Self.stamps(settings)
    if state.withLock({ $0.settings == settings && $0.seen == seen }) { return }
    let authority = try reload(settings)
    state.withLock { $0 = State(authority: authority, settings: settings, seen: seen) }
  }

  /// A bundle that was in force and is gone, as in the middle of a deployment, does not leave everything to IAM: only
  /// `authorization.rego: off` does.
  private func reload(_ settings: AuthorizationSettings) throws -> RegoAuthority? {
    let authority = try Self.load(settings, zones)
    if authority == nil, settings.mode != .off, state.withLock({ $0.authority != nil }) {
      throw AssemblyError.noPolicies(mode: settings.mode.rawValue)
    }
    return authority
  }

  /// Loads anew when a file of the bundle has changed, has come or gone.
  /// - Returns: whether there is another policy now.
  func poll() throws -> Bool {
    let (settings, known) = state.withLock { ($0.settings, $0.seen) }
    let seen = Self.stamps(settings)
    guard seen != known else { return false }
    // Before loading: a bundle that is refused is not read again and again until it changes.
    state.withLock { $0.seen = seen }
    let authority = try reload(settings)
    state.withLock { $0.authority = authority }
    return true
  }

  /// The folders and archives of bundles, empty for none.
  private static func paths(_ settings: AuthorizationSettings) -> [String] {
    if !settings.policies.isEmpty { return settings.policies }
    var status = stat()
    let isThere = stat(AuthorizationSettings.policiesDefault, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    return isThere ? [AuthorizationSettings.policiesDefault] : []
  }

  private static func load(_ settings: AuthorizationSettings, _ zones: ZoneDatabase) throws -> RegoAuthority? {
    guard settings.mode != .off else { return nil }
    let paths = paths(settings)
    guard !paths.isEmpty else {
      // Where Rego is to allow, its absence must not go unnoticed; nor where the bundle is to be signed.
      guard settings.mode == .restrict, settings.bundleKeys.isEmpty else {
        throw AssemblyError.noPolicies(mode: settings.mode.rawValue)
      }
      return nil
    }
    let verification = BundleVerification.keys(try keys(settings), scope: settings.bundleScope)
    let content = try BundleSource.load(paths.map { BundleSource($0, verification: verification) }).withoutTests
    // IAM documents alone are no bundle.
    if content.modules.isEmpty, settings.policies.isEmpty, settings.mode == .restrict { return nil }
    var options = CompiledBundle.Options()
    options.isV0Compatible = settings.isV0Compatible
    options.isClosed = true
    let bundle = try CompiledBundle(content, options: options)
    return RegoAuthority(
      bundle.policy, rules: bundle.resolved.rules, package: settings.package.map { Text($0) }, mode: settings.mode,
      shape: settings.input, revision: bundle.revision,
      settings: EvaluationSettings(
        instructionsMax: settings.instructionsMax, memoryBytesMax: settings.memoryBytesMax, zones: zones))
  }

  private static func keys(_ settings: AuthorizationSettings) throws -> [BundleKey] {
    try settings.bundleKeys.map { key in
      guard let algorithm = JWSAlgorithm(name: key.algorithm.rawValue) else {
        throw BundleError.key(id: key.id, reason: "unknown algorithm")
      }
      return try BundleKey(id: key.id, algorithm: algorithm, bytes: try key.load())
    }
  }

  /// Of all bundles and the keys that they are verified with. A bundle that cannot be read has none.
  private static func stamps(_ settings: AuthorizationSettings) -> [FileStamp] {
    guard settings.mode != .off else { return [] }
    var files = settings.bundleKeys.map(\.file.path)
    for path in paths(settings) {
      do throws(BundleError) { files += try BundleSource(path).files() } catch { continue }
    }
    return files.compactMap { name in
      var status = stat()
      guard stat(name, &status) == 0 else { return nil }
      return FileStamp(
        name: name, inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: status.st_mtim.tv_sec,
        nanoseconds: status.st_mtim.tv_nsec)
    }
  }
}
