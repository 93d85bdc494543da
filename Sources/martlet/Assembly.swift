import Audit
import Authorization
import Backend
import Cryptography
import FileBackend
import Gateway
import Glibc
import Identity
import Logging
import NIOCore
import NIOPosix
import S3Backend
import S3Model
import Settings
import SigV4
import Synchronization
import TLS

/// The parts of one process, put together from settings: keys, certificates, stores, audit log.
final class Assembly: Sendable {
  let log: Logger
  let audit: AuditSink
  let certificates: CertificateReloader
  let root: RootCredentials
  let parts: GatewayRuntime.Parts
  private let policies: PolicyLoader
  private let federation: FederationLoader
  private let settings: Mutex<SettingsWatcher>
  private let authority: SelfSignedAuthority?

  /// What clients trust, where the certificate is a generated one.
  var certificateAuthority: String? { authority?.certificatePath }

  /// The backends in force with what they were made from, so that a reload keeps those that stay as they are.
  private let backends: Mutex<[String: MadeBackend]>
  private let policyServer: Mutex<MadePolicyServer?>

  private struct MadeBackend: Sendable {
    let description: String
    let backend: any StorageBackend
  }

  /// Loads and makes everything that a start needs; blocks.
  init(loader: SettingsLoader, environment: [String: String]) throws {
    let settings = try loader.load()
    var watcher = SettingsWatcher(loader: loader, current: settings)
    let logging = settings.logging
    LoggingSystem.bootstrap { label in LineLogHandler(label: label, settings: logging) }
    log = Logger(label: "martlet")
    if settings.tls.fips {
      do {
        try TLSProvider.enableFIPS(modulePath: settings.tls.fipsModule?.path ?? Self.fipsModulePath)
      } catch {
        throw AssemblyError.fipsUnavailable("\(error)")
      }
    }
    try Self.makeFolder(settings.data)
    var authority: SelfSignedAuthority?
    var files = settings.tls.certificates.map {
      CertificateReloader.Files(chainPath: $0.certificateFile.path, privateKeyPath: $0.keyFile.path)
    }
    if files.isEmpty {
      let made = try SelfSignedAuthority(
        folder: settings.data + "/tls", names: settings.domains.flatMap { [$0, "*.\($0)"] })
      try Self.checkKeys(made)
      files = [.init(chainPath: made.serverCertificatePath, privateKeyPath: made.serverKeyPath)]
      authority = made
    }
    self.authority = authority
    certificates = try CertificateReloader(files: files, options: Self.options(settings.tls, settings.certificates))
    root = try RootCredentials.loadOrCreate(dataDirectory: settings.data, environment: environment)
    let keyRing = try KeyRing.loadOrCreate(path: settings.sts.keyRingFile, now: Int64(time(nil)))
    // A ring that was missing has just been made: that is no change of settings.
    watcher.created(settings.sts.keyRingFile)
    self.settings = Mutex(watcher)
    let identities = try Self.identities(settings, root, keyRing, log)
    var made: [String: MadeBackend] = [:]
    for backend in settings.backends {
      made[backend.name] = MadeBackend(
        description: Self.describe(backend), backend: try Self.make(backend, settings, log: log))
    }
    policies = try PolicyLoader(settings.authorization, folder: settings.data + "/bundles", log: log)
    let policyServer = try MadePolicyServer.make(settings.authorization, before: nil)
    if policyServer != nil, let opa = settings.authorization.opa {
      log.notice(
        "a policy server decides",
        metadata: ["url": "\(opa.url)", "mode": "\(settings.authorization.mode.rawValue)"])
    }
    self.policyServer = Mutex(policyServer)
    audit = try AuditSink(settings.audit, log: log)
    federation = FederationLoader(log: log)
    parts = GatewayRuntime.Parts(
      settings: settings, identities: identities, keyRing: keyRing,
      backends: settings.backends.compactMap { made[$0.name]?.backend },
      store: try IdentityStores.open(settings.identityStore, log: log),
      rego: policies.authority, policyServer: policyServer?.configuration, federation: federation.federation(settings))
    backends = Mutex(made)
  }

  /// Debian's place for OpenSSL's modules.
  private static var fipsModulePath: String {
    #if arch(arm64)
    "/usr/lib/aarch64-linux-gnu/ossl-modules/fips.so"
    #else
    "/usr/lib/x86_64-linux-gnu/ossl-modules/fips.so"
    #endif
  }

  private static func makeFolder(_ path: String) throws(AssemblyError) {
    if mkdir(path, 0o700) != 0, errno != EEXIST {
      throw .folder(path: path, reason: String(cString: strerror(errno)))
    }
  }

  /// Keys that Martlet has made are its own alone, like its root keys; the settings' check does the same for others.
  private static func checkKeys(_ authority: SelfSignedAuthority) throws(AssemblyError) {
    for path in [authority.serverKeyPath, authority.keyPath] {
      do throws(FileFault) {
        try RegularFile.checkSecret(path)
      } catch {
        throw .privateKey(path: path, error)
      }
    }
  }

  private static func options(
    _ settings: TLSSettings, _ certificates: [CertificateProviderSettings]
  ) -> TLSServerContext.Options {
    var options = TLSServerContext.Options()
    options.minimumVersion = settings.minimumVersion == .tls13 ? .tls13 : .tls12
    options.applicationProtocols = settings.alpn
    // Asked for, never demanded, and verified where they are traded.
    if !certificates.isEmpty { options.clientCertificates = .recorded(authorities: certificates.map(\.caFile.path)) }
    return options
  }

  /// A path that stays the same whatever the working directory becomes.
  static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return String(cString: folder) + "/" + path
  }

  private static func identities(
    _ settings: GatewaySettings, _ root: RootCredentials, _ keyRing: KeyRing, _ log: Logger
  ) throws(IdentityError) -> IdentityDirectory {
    try IdentityDirectory(settings, root: root, sealer: keyRing.sealer) { fault in
      log.error("an identity is refused", metadata: ["error": "\(fault)"])
    }
  }

  // MARK: Backends

  private static func make(
    _ backend: BackendSettings, _ settings: GatewaySettings, log: Logger
  ) throws -> any StorageBackend {
    switch backend.kind {
    case .file(let file):
      var options = FileBackend.Options(folder: absolute(file.path))
      options.name = backend.name
      options.accountID = settings.accountID
      options.region = settings.regions[0]
      options.syncs = file.fsync
      return try FileBackend(options)
    case .s3(let store):
      let secret = try store.secretKey.load()
      let key = SigningSecret(
        accessKeyID: ByteString(store.accessKey), secretAccessKey: secret.withBytes { Array($0) }, revision: 0)
      var configuration = S3BackendConfiguration(
        name: backend.name, scheme: store.endpoint.isTLS ? .https : .http, host: store.endpoint.host,
        port: Int(store.endpoint.port), region: store.region, secret: key)
      configuration.addressing = store.pathStyle ? .path : .virtualHost
      configuration.isByteExact = store.byteExact
      configuration.certificateAuthorityFile = store.caFile?.path
      configuration.clientCertificateFile = store.clientCertificate?.certificateFile.path
      configuration.clientKeyFile = store.clientCertificate?.keyFile.path
      configuration.limits.connectTimeout = store.connectTimeout
      configuration.limits.responseTimeout = store.responseTimeout
      configuration.limits.unusedConnectionLimit = store.idleTimeout
      configuration.limits.connectionsMax = store.connectionsPerLoopMax
      return try S3Backend(configuration, logger: log)
    }
  }

  /// What a backend was made from, in words that differ when it must be made anew. Secrets go in as digests.
  private static func describe(_ backend: BackendSettings) -> String {
    switch backend.kind {
    case .file(let file): return "file \(file)"
    case .s3(let store):
      var secret = "unreadable"
      do throws(SettingsError) {
        secret = try store.secretKey.load().withBytes { SHA256Hasher.hash(UnsafeRawBufferPointer($0)).description }
      } catch {
        secret = "\(error)"
      }
      return "s3 \(store.endpoint) \(store.region) \(store.accessKey) \(secret) \(store.pathStyle) "
        + "\(store.caFile?.path ?? "") \(store.clientCertificate?.certificateFile.path ?? "") "
        + "\(store.clientCertificate?.keyFile.path ?? "") \(store.byteExact) \(store.connectTimeout) \(store.responseTimeout) "
        + "\(store.idleTimeout) \(store.connectionsPerLoopMax)"
    }
  }

  // MARK: Reload

  /// Reads the settings again and puts them in force whole, or reports what is wrong and changes nothing.
  func reload(_ runtime: GatewayRuntime) async {
    await take(settings.withLock { $0.reload() }, runtime)
  }

  private func take(_ outcome: SettingsWatcher.Outcome, _ runtime: GatewayRuntime) async {
    switch outcome {
    case .unchanged: break
    case .refused(let errors):
      for error in errors.errors { log.error("settings stay as they were", metadata: ["error": "\(error)"]) }
    case .loaded(let settings):
      do {
        let server = try MadePolicyServer.make(settings.authorization, before: policyServer.withLock { $0 })
        try await policies.take(settings.authorization)
        let keyRing = try KeyRing.load(path: settings.sts.keyRingFile)
        let parts = GatewayRuntime.Parts(
          settings: settings, identities: try Self.identities(settings, root, keyRing, log), keyRing: keyRing,
          backends: try remake(settings), rego: policies.authority, policyServer: server?.configuration,
          federation: federation.federation(settings))
        try await runtime.reload(parts)
        policyServer.withLock { $0 = server }
        log.notice("settings reloaded")
      } catch {
        log.error("settings stay as they were", metadata: ["error": "\(error)"])
      }
    }
  }

  private func remake(_ settings: GatewaySettings) throws -> [any StorageBackend] {
    var old = backends.withLock { $0 }
    var made: [String: MadeBackend] = [:]
    for backend in settings.backends {
      let description = Self.describe(backend)
      if let known = old.removeValue(forKey: backend.name), known.description == description {
        made[backend.name] = known
      } else {
        made[backend.name] = MadeBackend(
          description: description, backend: try Self.make(backend, settings, log: log))
      }
    }
    backends.withLock { $0 = made }
    return settings.backends.compactMap { made[$0.name]?.backend }
  }

  /// Watches certificates and settings files for changes.
  func watch(_ runtime: GatewayRuntime) -> Task<Void, Never> {
    let interval = parts.settings.tls.reloadInterval
    return Task.detached { [self] in
      while !Task.isCancelled {
        do { try await Task.sleep(for: interval) } catch { return }
        if let authority { renew(authority) }
        switch certificates.reloadIfChanged() {
        case .unchanged: break
        case .reloaded: log.notice("certificates reloaded")
        case .refused(let error):
          log.error("certificates stay as they were", metadata: ["error": "\(error)"])
        }
        await take(settings.withLock { $0.poll() }, runtime)
        await pollPolicies(runtime)
      }
    }
  }

  /// A changed bundle is put in force whole, or refused whole with all of its mistakes.
  private func pollPolicies(_ runtime: GatewayRuntime) async {
    do {
      if policies.pollServers() {
        try await runtime.replace(rego: policies.authority)
        log.notice("policy bundle reloaded")
      }
      guard try await policies.poll() else { return }
      try await runtime.replace(rego: policies.authority)
      log.notice("policy bundle reloaded")
    } catch {
      log.error("the policy bundle stays as it was", metadata: ["error": "\(error)"])
    }
  }

  /// The generated certificate is made anew before it ends.
  private func renew(_ authority: SelfSignedAuthority) {
    do {
      _ = try SelfSignedAuthority(
        folder: parts.settings.data + "/tls", names: parts.settings.domains.flatMap { [$0, "*.\($0)"] })
    } catch {
      log.error("the generated certificate cannot be renewed", metadata: ["error": "\(error)"])
    }
  }

  func shutdown() async {
    federation.shutdown()
    for made in backends.withLock({ Array($0.values) }) {
      guard let file = made.backend as? FileBackend else { continue }
      do {
        try await file.shutdown()
      } catch {
        log.warning("a store did not shut down", metadata: ["error": "\(error)"])
      }
    }
  }
}

/// Why the program cannot start.
enum AssemblyError: Error, CustomStringConvertible {
  case folder(path: String, reason: String)
  case fipsUnavailable(String)
  case privateKey(path: String, FileFault)
  case noPolicies(mode: String)
  case policiesChanging
  case noBundle(url: String, reason: String)
  case unwritable(path: String, reason: String)

  var description: String {
    switch self {
    case .folder(let path, let reason): "cannot make the folder `\(path)`: \(reason)"
    case .privateKey(let path, let fault): "`\(path)`: \(fault)"
    case .noPolicies(let mode):
      "`authorization.rego` is `\(mode)` and there is no bundle: set `authorization.policies`"
    case .noBundle(let url, let reason):
      "the bundle `\(url)` cannot be fetched, and none is kept from before: \(reason)"
    case .unwritable(let path, let reason): "cannot write `\(path)`: \(reason)"
    case .policiesChanging: "the files of `authorization.policies` keep changing while they are read"
    case .fipsUnavailable(let reason): "`tls.fips` is set and the FIPS provider cannot be loaded: \(reason)"
    }
  }
}
