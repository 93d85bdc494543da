public import S3Model

/// All settings, checked. Immutable: a reload makes a new one.
public struct GatewaySettings: Sendable {
  /// The S3 and STS listener. Default `0.0.0.0:9000`.
  public let listen: ListenAddress
  /// Metrics and health. Default `127.0.0.1:9001`.
  public let operations: OperationsSettings
  /// Folder for everything that Martlet makes itself. Default `./data`.
  public let data: String
  /// Event loops; nil for one per processor.
  public let threads: Int?
  /// Twelve digits.
  public let accountID: String
  /// Regions that signatures may be scoped to; the first is the one told to clients. Never empty.
  public let regions: [String]
  /// Domains under which `bucket.domain` names a bucket; lower case.
  public let domains: [String]
  public let tls: TLSSettings
  public let limits: LimitSettings
  /// Peers whose word about the client's address counts.
  public let trustedProxies: [IPNetwork]
  public let proxyProtocol: ProxyProtocolMode
  /// Never empty.
  public let backends: [BackendSettings]
  /// In order; the first whose pattern matches decides.
  public let routes: [RouteSettings]
  /// The backend of buckets that no route names; nil where those are not served.
  public let defaultBackend: String?
  public let sts: STSSettings
  public let audit: AuditSettings
  public let logging: LoggingSettings
  public let identities: IdentitySettings
  public let identityStore: IdentityStoreSettings
  public let authorization: AuthorizationSettings
  public let openID: [OpenIDSettings]
  public let kerberos: [KerberosSettings]
  public let ldap: [LDAPSettings]
  public let certificates: [CertificateProviderSettings]
  public let tokenWebhooks: [TokenWebhookSettings]

  /// The backend that a bucket belongs to, or nil when it belongs to none.
  public func backend(forBucket bucket: some RandomAccessCollection<UInt8>) -> String? {
    routes.first { $0.buckets.matches(bucket) }?.backend ?? defaultBackend
  }
}

/// `operations`: the listener for probes and scrapers.
public struct OperationsSettings: Hashable, Sendable {
  public let listen: ListenAddress
}

/// Whether connections start with a PROXY protocol header.
public enum ProxyProtocolMode: String, CaseIterable, Hashable, Sendable {
  case off
  /// Every connection from a trusted proxy must bring one; none from elsewhere may.
  case required
}

extension GatewaySettings {
  /// Decodes documents that are already joined. Pure: opens no file.
  /// - Returns: what could be decoded, with defaults for the rest, and everything that is wrong. Use the one only
  ///   where the other is empty.
  static func decode(
    _ root: SettingsNode?, errors: [SettingsError], environment: [String: String], overrides: [String: String]
  ) -> (settings: GatewaySettings, errors: [SettingsError]) {
    let decoder = SettingsDecoder(errors: errors, environment: environment, overrides: overrides)
    let settings = SectionReader.read(decoder, path: "", node: root) { GatewaySettings($0) }
    return (settings, decoder.finish())
  }

  init(_ reader: SectionReader) {
    listen = reader.listenAddress("listen", default: ListenAddress(host: "0.0.0.0", port: 9000))
    operations = reader.section("operations") {
      OperationsSettings(listen: $0.listenAddress("listen", default: ListenAddress(host: "127.0.0.1", port: 9001)))
    }
    let data = reader.path("data") ?? "data"
    self.data = data
    threads = reader.optionalNumber("threads", in: 1...1024)
    accountID =
      reader.value("account_id", "twelve digits") { text in
        text.utf8.count == 12 && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? text : nil
      } ?? "000000000000"
    regions = reader.regions()
    domains =
      reader.values("domains", countMax: 100, "a domain in lower case, such as `s3.example.com`") { text, _ in
        HostName.isValid(text[...]) && text == text.lowercased() ? text : nil
      } ?? []
    tls = reader.section("tls") { TLSSettings($0) }
    let kerberos = reader.kerberosProviders()
    self.kerberos = kerberos
    limits = reader.section("limits") { LimitSettings($0, takesTickets: !kerberos.isEmpty) }
    trustedProxies =
      reader.values("trusted_proxies", countMax: 1000, "an address range such as `10.0.0.0/8`") { text, _ in
        IPNetwork(text)
      } ?? []
    proxyProtocol = reader.choice("proxy_protocol", default: .off)
    if proxyProtocol == .required && trustedProxies.isEmpty {
      reader.report(.needs(key: "trusted_proxies"), "proxy_protocol")
    }
    backends = reader.backends(data: data)
    let names = backends.map(\.name)
    routes = reader.routes(backends: names)
    defaultBackend = reader.defaultBackend(names, hasRoutes: !routes.isEmpty)
    sts = reader.section("sts") { STSSettings($0, data: data) }
    audit = reader.section("audit") { AuditSettings($0, data: data) }
    logging = reader.section("logging") { LoggingSettings($0) }
    identities = reader.section("identities") { IdentitySettings($0) }
    identityStore = reader.section("identity_store") { IdentityStoreSettings($0, data: data) }
    openID = reader.openIDProviders()
    ldap = reader.directories()
    for provider in kerberos {
      guard let name = provider.directory, !ldap.contains(where: { $0.name == name }) else { continue }
      reader.decoder.report(.unknownReference(kind: "directory", name: name), at: provider.origin)
    }
    certificates = reader.certificateProviders()
    tokenWebhooks = reader.tokenWebhooks()
    reader.checkProviderNames(
      openID.map { ($0.name, $0.origin) } + kerberos.map { ($0.name, $0.origin) }
        + certificates.map { ($0.name, $0.origin) } + ldap.map { ($0.name, $0.origin) }
        + tokenWebhooks.map { ($0.name, $0.origin) })
    authorization = reader.section("authorization") { AuthorizationSettings($0) }
    if listen.port != 0 && listen.port == operations.listen.port && listen.host == operations.listen.host {
      reader.report(.collision(found: "\(listen)", with: "`operations.listen`"), "listen")
    }
  }
}

extension SectionReader {
  func listenAddress(_ key: String, default defaultValue: ListenAddress) -> ListenAddress {
    value(key, "an address and port such as `127.0.0.1:9000` or `[::]:9000`", { ListenAddress($0) }) ?? defaultValue
  }

  fileprivate func regions() -> [String] {
    let errorsBefore = decoder.errors.count
    let regions = values("regions", countMax: 100, "a region such as `us-east-1`") { text, _ in
      (1...64).contains(text.utf8.count)
        && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D } ? text : nil
    }
    guard let regions else { return ["us-east-1"] }
    if regions.isEmpty && decoder.errors.count == errorsBefore { report(.missing, "regions") }
    return regions
  }

  fileprivate func defaultBackend(_ names: [String], hasRoutes: Bool) -> String? {
    guard let (name, origin) = text("default_backend") else {
      // One backend and no routes: what else could it be for?
      return names.count == 1 && !hasRoutes ? names[0] : nil
    }
    guard names.contains(name) else {
      decoder.report(.unknownReference(kind: "backend", name: name), at: origin)
      return nil
    }
    return name
  }
}
