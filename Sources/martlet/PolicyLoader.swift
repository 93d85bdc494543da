import Authorization
import Bundles
import Glibc
import JWT
import Logging
import Rego
import S3Model
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

  private struct Loaded {
    /// Nil where there is no bundle and none is needed.
    var authority: RegoAuthority?
  }

  /// Enough to tell that a file is another.
  private struct FileStamp: Equatable {
    var name: String
    var inode: UInt64
    var size: Int64
    var seconds: Int
    var nanoseconds: Int
    /// Of the last change of anything about the file; times of modification can be copied along.
    var changedSeconds: Int
    var changedNanoseconds: Int
  }

  /// How long all files must stay as they are before they are taken: a bundle that is being copied may well compile
  /// halfway.
  private static let settling = Duration.milliseconds(500)
  /// Looks at a bundle that keeps changing before a start gives up.
  private static let looksMax = 20

  private let state: Mutex<State>
  private let zones: ZoneDatabase
  private let downloads: BundleDownloads
  private let log: Logger

  /// - Throws: `BundleError`, so that nothing starts without the policy it is told to have.
  /// - Parameter folder: for archives that came from servers.
  init(_ settings: AuthorizationSettings, folder: String, log: Logger) throws {
    zones = ZoneFiles.load()
    downloads = BundleDownloads(folder: folder)
    self.log = log
    try Self.download(settings, downloads, zones, log)
    var seen = Self.stamps(settings, downloads)
    var looks = 1
    var authority: RegoAuthority?
    while true {
      // Files that have been as they are for long enough need no second look.
      if !Self.isQuiet(seen) { usleep(UInt32(Self.settling.components.attoseconds / 1_000_000_000_000)) }
      let result = Result { [zones, downloads] in try Self.load(settings, downloads, zones) }
      let now = Self.stamps(settings, downloads)
      if now == seen {
        authority = try result.get()
        break
      }
      seen = now
      looks += 1
      guard looks <= Self.looksMax else { throw AssemblyError.policiesChanging }
    }
    state = Mutex(State(authority: authority, settings: settings, seen: seen))
    if authority != nil {
      log.notice(
        "policy bundle loaded",
        metadata: [
          "from": "\((settings.policies.isEmpty ? Self.paths(settings) : settings.policies).joined(separator: ", "))",
          "mode": "\(settings.mode.rawValue)",
        ])
    } else if settings.mode != .off, settings.opa == nil {
      log.notice("no policy bundle: IAM decides alone")
    }
  }

  var authority: RegoAuthority? { state.withLock { $0.authority } }

  /// Loads what new settings name. The loader stays as it was when that fails.
  func take(_ settings: AuthorizationSettings) async throws {
    // Other keys or another server may make good what was refused before.
    if !settings.bundleURLs.isEmpty, state.withLock({ $0.settings != settings }) {
      try Self.download(settings, downloads, zones, log)
    }
    let seen = Self.stamps(settings, downloads)
    if state.withLock({ $0.settings == settings && $0.seen == seen }) { return }
    guard let loaded = try await settled(settings, seen) else { throw AssemblyError.policiesChanging }
    state.withLock { $0 = State(authority: loaded.authority, settings: settings, seen: seen) }
  }

  /// What the files hold that have been seen; nil when they have changed since, and are to be looked at again.
  private func settled(
    _ settings: AuthorizationSettings, _ seen: [FileStamp]
  ) async throws -> Loaded? {
    if !Self.isQuiet(seen) { try await Task.sleep(for: Self.settling) }
    let result = Result { try reload(settings) }
    // Also after reading: half of it could have been another bundle.
    guard Self.stamps(settings, downloads) == seen else { return nil }
    return Loaded(authority: try result.get())
  }

  /// Whether nothing has changed for as long as files must stay as they are.
  private static func isQuiet(_ seen: [FileStamp]) -> Bool {
    var now = timespec()
    guard clock_gettime(CLOCK_REALTIME, &now) == 0 else { return false }
    return seen.allSatisfy { stamp in
      let age =
        Duration.seconds(now.tv_sec - stamp.changedSeconds)
        + .nanoseconds(now.tv_nsec - stamp.changedNanoseconds)
      return age > settling
    }
  }

  /// A bundle that was in force and is gone, as in the middle of a deployment, does not leave everything to IAM: only
  /// `authorization.rego: off` does.
  private func reload(_ settings: AuthorizationSettings) throws -> RegoAuthority? {
    let authority = try Self.load(settings, downloads, zones)
    if authority == nil, settings.mode != .off, settings.opa == nil, state.withLock({ $0.authority != nil }) {
      throw AssemblyError.noPolicies(mode: settings.mode.rawValue)
    }
    return authority
  }

  /// Loads anew when a file of the bundle has changed, has come or gone, and all have stayed as they are for a while.
  /// - Returns: whether there is another policy now.
  func poll() async throws -> Bool {
    let (settings, known) = state.withLock { ($0.settings, $0.seen) }
    let seen = Self.stamps(settings, downloads)
    guard seen != known else { return false }
    downloads.forget()
    do {
      guard let loaded = try await settled(settings, seen) else { return false }
      state.withLock {
        $0.seen = seen
        $0.authority = loaded.authority
      }
      return true
    } catch {
      // A bundle that is refused is not read again and again until it changes.
      state.withLock { $0.seen = seen }
      throw error
    }
  }

  /// Loads what settings name, for `martlet check`.
  static func check(_ settings: AuthorizationSettings) throws {
    // What is on servers is not asked for: a check changes nothing and needs nobody.
    guard settings.bundleURLs.isEmpty else {
      _ = try keys(settings)
      return
    }
    _ = try load(settings, BundleDownloads(folder: ""), ZoneFiles.load())
  }

  // MARK: Servers

  /// Fetches what settings name by URL before it is loaded: what is good is kept. What cannot be had, or is not good,
  /// leaves the archive that was kept before; without one there is an error.
  private static func download(
    _ settings: AuthorizationSettings, _ downloads: BundleDownloads, _ zones: ZoneDatabase, _ log: Logger
  ) throws {
    guard settings.mode != .off, settings.opa == nil else { return }
    var fresh: [HTTPURL: String] = [:]
    for url in settings.bundleURLs {
      let outcome = downloads.fetch(url, settings.bundleServer)
      _ = downloads.note(url, outcome, settings.bundleServer)
      switch outcome {
      case .archive(let bytes, _): fresh[url] = try downloads.write(bytes, url)
      case .unchanged: try require(url, downloads, "status 304")
      case .failed(let reason):
        try require(url, downloads, reason)
        log.error(
          "a policy bundle cannot be fetched; the one kept from before is used",
          metadata: ["url": "\(url)", "reason": "\(reason)"])
      }
    }
    guard !fresh.isEmpty else { return }
    do {
      _ = try load(settings, downloads, zones, instead: fresh)
    } catch {
      for url in fresh.keys { downloads.drop(url) }
      guard fresh.keys.allSatisfy({ downloads.isKept($0) }) else { throw error }
      log.error(
        "a policy bundle from its server is refused; the one kept from before is used", metadata: ["error": "\(error)"])
      return
    }
    for url in fresh.keys { try downloads.keep(url) }
  }

  private static func require(_ url: HTTPURL, _ downloads: BundleDownloads, _ reason: String) throws(AssemblyError) {
    guard downloads.isKept(url) else { throw .noBundle(url: "\(url)", reason: reason) }
  }

  /// Looks at servers whose time has come, and puts in force what has come from them since.
  /// - Returns: whether there is another policy now.
  func pollServers() -> Bool {
    let settings = state.withLock { $0.settings }
    guard settings.mode != .off, settings.opa == nil else { return false }
    var isChanged = false
    for (url, outcome) in downloads.takeArrived() where settings.bundleURLs.contains(url) {
      let isNew = downloads.note(url, outcome, settings.bundleServer)
      switch outcome {
      case .unchanged: break
      case .failed(let reason):
        log.error(
          "a policy bundle cannot be fetched and stays as it was", metadata: ["url": "\(url)", "reason": "\(reason)"])
      case .archive(let bytes, _):
        // One that was refused is not refused again and again.
        guard isNew else { continue }
        do {
          let fresh = try downloads.write(bytes, url)
          let authority = try Self.load(settings, downloads, zones, instead: [url: fresh])
          try downloads.keep(url)
          let seen = Self.stamps(settings, downloads)
          state.withLock {
            $0.authority = authority
            $0.seen = seen
          }
          isChanged = true
        } catch {
          downloads.drop(url)
          log.error(
            "a policy bundle from its server is refused and stays as it was",
            metadata: ["url": "\(url)", "error": "\(error)"])
        }
      }
    }
    downloads.startDue(settings)
    return isChanged
  }

  /// The folders and archives of bundles, empty for none.
  private static func paths(_ settings: AuthorizationSettings) -> [String] {
    if !settings.policies.isEmpty { return settings.policies }
    var status = stat()
    let isThere = stat(AuthorizationSettings.policiesDefault, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    return isThere ? [AuthorizationSettings.policiesDefault] : []
  }

  /// - Parameter fresh: archives to be read in the place of those that are kept.
  private static func load(
    _ settings: AuthorizationSettings, _ downloads: BundleDownloads, _ zones: ZoneDatabase,
    instead fresh: [HTTPURL: String] = [:]
  ) throws -> RegoAuthority? {
    try bundle(settings, downloads, zones, fresh: fresh)?.authority
  }

  /// The bundle in force and the rules that it was planned from; nil where IAM decides alone.
  /// - Parameters:
  ///   - other: folders and archives to take instead of those of the settings, unsigned ones too.
  ///   - fresh: archives to be read in the place of those that are kept.
  static func bundle(
    _ settings: AuthorizationSettings, _ downloads: BundleDownloads, _ zones: ZoneDatabase,
    instead other: [String] = [], fresh: [HTTPURL: String] = [:]
  ) throws -> (authority: RegoAuthority, rules: [ResolvedRule])? {
    // A policy server stands in for the bundle, unless another is asked for.
    guard settings.mode != .off, settings.opa == nil || !other.isEmpty else { return nil }
    let named = other.isEmpty ? paths(settings) : other
    let paths = named.map { path in
      AuthorizationSettings.url(path).map { fresh[$0] ?? downloads.path($0) } ?? path
    }
    guard !paths.isEmpty else {
      // Where Rego is to allow, its absence must not go unnoticed; nor where the bundle is to be signed.
      guard settings.mode == .restrict, settings.bundleKeys.isEmpty else {
        throw AssemblyError.noPolicies(mode: settings.mode.rawValue)
      }
      return nil
    }
    let content: BundleContent
    if other.isEmpty {
      let verification = BundleVerification.keys(try keys(settings), scope: settings.bundleScope)
      content = try BundleSource.load(paths.map { BundleSource($0, verification: verification) }).withoutTests
    } else {
      content = try BundleSource.load(paths.map { BundleSource($0) }).withoutTests
    }
    // IAM documents alone are no bundle.
    if content.modules.isEmpty, settings.policies.isEmpty, other.isEmpty, settings.mode == .restrict { return nil }
    var options = CompiledBundle.Options()
    options.isV0Compatible = settings.isV0Compatible
    options.isClosed = true
    let bundle = try CompiledBundle(content, options: options)
    try bundle.require(entry(settings), data: content.data)
    let rules = bundle.resolved.rules
    let authority = RegoAuthority(
      bundle.policy, rules: rules, package: settings.package.map { Text($0) }, mode: settings.mode,
      shape: settings.input, revision: bundle.revision,
      settings: EvaluationSettings(
        instructionsMax: settings.instructionsMax, memoryBytesMax: settings.memoryBytesMax, zones: zones))
    return (authority, rules)
  }

  /// What the mode evaluates and would deny or allow by.
  private static func entry(_ settings: AuthorizationSettings) -> BundleEntry {
    BundleEntry(package: settings.package.map { Text($0) }, mode: settings.mode)
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
  private static func stamps(_ settings: AuthorizationSettings, _ downloads: BundleDownloads) -> [FileStamp] {
    guard settings.mode != .off, settings.opa == nil else { return [] }
    var files = settings.bundleKeys.map(\.file.path)
    for path in paths(settings).map({ path in AuthorizationSettings.url(path).map { downloads.path($0) } ?? path }) {
      do throws(BundleError) { files += try BundleSource(path).files() } catch { continue }
    }
    return files.compactMap { name in
      var status = stat()
      guard stat(name, &status) == 0 else { return nil }
      return FileStamp(
        name: name, inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: status.st_mtim.tv_sec,
        nanoseconds: status.st_mtim.tv_nsec, changedSeconds: status.st_ctim.tv_sec,
        changedNanoseconds: status.st_ctim.tv_nsec)
    }
  }
}
