/// Notices that settings have changed, and gives new ones only when they are valid as a whole.
///
/// It holds no thread and no clock: whoever drives it calls ``poll()`` now and then, and ``reload()`` on SIGHUP.
public struct SettingsWatcher: Sendable {
  private let loader: SettingsLoader
  private var current: GatewaySettings
  private var seen: [String: RegularFile.Fingerprint?]

  public enum Outcome: Sendable {
    case unchanged
    case loaded(GatewaySettings)
    /// The running settings stay.
    case refused(SettingsErrors)
  }

  /// - Parameter current: what `loader` gave at the start.
  public init(loader: SettingsLoader, current: GatewaySettings) {
    self.loader = loader
    self.current = current
    seen = Self.fingerprints(loader, current)
  }

  /// Counts a file as seen that this process has itself just created and read; its later changes are noticed.
  public mutating func created(_ path: String) {
    guard seen[path] != nil else { return }
    seen.updateValue(RegularFile.fingerprint(path), forKey: path)
  }

  /// Loads anew if a settings file, or a file that they name, has changed. A few `stat` calls otherwise.
  public mutating func poll() -> Outcome {
    let now = Self.fingerprints(loader, current)
    return now == seen ? .unchanged : reload()
  }

  /// Loads anew whatever has changed.
  public mutating func reload() -> Outcome {
    // Taken before loading: what is written in between is found the next time.
    let before = Self.fingerprints(loader, current)
    do throws(SettingsErrors) {
      let new = try loader.load()
      let fixed = Self.fixedKeys(from: current, to: new)
      guard fixed.isEmpty else { throw SettingsErrors(fixed) }
      current = new
      // The new settings may name other files than the old.
      seen = Self.fingerprints(loader, new).merging(before) { _, earlier in earlier }
      seen = seen.filter { Self.paths(loader, new).contains($0.key) }
      return .loaded(new)
    } catch {
      seen = before
      return .refused(error)
    }
  }

  /// Keys that sockets, threads, locks or issued names depend on. A reload that changes one is refused whole: half of
  /// a new configuration is one that nobody wrote.
  private static func fixedKeys(from old: GatewaySettings, to new: GatewaySettings) -> [SettingsError] {
    let checks: [(String, Bool)] = [
      ("listen", old.listen == new.listen),
      ("operations.listen", old.operations.listen == new.operations.listen),
      ("data", old.data == new.data),
      ("threads", old.threads == new.threads),
      ("account_id", old.accountID == new.accountID),
      ("tls.fips", old.tls.fips == new.tls.fips),
      ("tls.fips_module", old.tls.fipsModule?.path == new.tls.fipsModule?.path),
      ("sts.key_ring_file", old.sts.keyRingFile == new.sts.keyRingFile),
      ("audit", old.audit == new.audit),
    ]
    return checks.filter { !$0.1 }.map { SettingsError(.fixedWhileRunning, at: SettingsOrigin(keyPath: $0.0)) }
  }

  private static func fingerprints(
    _ loader: SettingsLoader, _ settings: GatewaySettings
  ) -> [String: RegularFile.Fingerprint?] {
    var found: [String: RegularFile.Fingerprint?] = [:]
    for path in paths(loader, settings) { found.updateValue(RegularFile.fingerprint(path), forKey: path) }
    return found
  }

  /// Certificates are not among them: the TLS module watches those itself.
  private static func paths(_ loader: SettingsLoader, _ settings: GatewaySettings) -> Set<String> {
    var paths: Set<String> = []
    if let path = loader.path { paths.insert(path) }
    paths.insert(settings.sts.keyRingFile)
    // A folder that cannot be listed now shows when it is loaded.
    if case .success(let files) = Result(catching: { () throws(SettingsErrors) in try loader.files() }) {
      paths.formUnion(files)
    }
    func insert(_ secret: SecretSource) {
      if case .file(let reference) = secret { paths.insert(reference.path) }
    }
    func insert(_ policy: PolicySource) {
      if case .file(let reference) = policy.content { paths.insert(reference.path) }
    }
    for backend in settings.backends {
      if case .s3(let store) = backend.kind {
        insert(store.secretKey)
        if let file = store.caFile { paths.insert(file.path) }
      }
    }
    func insert(_ server: RemoteServerSettings) {
      if let file = server.caFile { paths.insert(file.path) }
      if let file = server.tokenFile { paths.insert(file.path) }
      if let certificate = server.clientCertificate {
        paths.formUnion([certificate.certificateFile.path, certificate.keyFile.path])
      }
    }
    if let opa = settings.authorization.opa { insert(opa.server) }
    let identities = settings.identities
    for user in identities.users {
      user.accessKeys.forEach { insert($0.secret) }
      user.inlinePolicies.forEach { insert($0.source) }
    }
    for group in identities.groups { group.inlinePolicies.forEach { insert($0.source) } }
    for role in identities.roles {
      insert(role.trustPolicy)
      role.inlinePolicies.forEach { insert($0.source) }
    }
    identities.policies.forEach { insert($0.source) }
    return paths
  }
}
