/// `identity_store`: where identities live that are managed while the gateway runs.
public enum IdentityStoreSettings: Sendable {
  /// A file of this machine.
  case sqlite(path: String)
  case etcd(EtcdSettings)
}

/// `type: etcd`: shared by several nodes.
public struct EtcdSettings: Sendable {
  /// Never empty; all with TLS or all without.
  public let endpoints: [EndpointURL]
  /// Begins and ends with `/`.
  public let prefix: String
  /// Authorities of the members' certificates, PEM; nil for the system's.
  public let caFile: FileReference?
  public let clientCertificate: CertificateSettings?
  public let username: String?
  public let password: SecretSource?
  public let connectTimeout: Duration
  public let requestTimeout: Duration
}

private enum StoreType: String, CaseIterable {
  case sqlite, etcd
}

extension IdentityStoreSettings {
  init(_ reader: SectionReader, data: String) {
    switch reader.choice("type", default: StoreType.sqlite) {
    case .sqlite: self = .sqlite(path: reader.path("path") ?? data + "/identity.db")
    case .etcd: self = .etcd(EtcdSettings(reader))
    }
  }
}

extension EtcdSettings {
  init(_ reader: SectionReader) {
    endpoints =
      reader.values("endpoints", countMax: 20, "`https://host:port` or `http://host:port`") { text, _ in
        EndpointURL(text)
      } ?? []
    if !reader.isSet("endpoints") { reader.report(.missing, "endpoints") }
    prefix =
      reader.value("prefix", "a path such as `/martlet/`") { text in
        let isPath = (2...256).contains(text.utf8.count) && text.hasPrefix("/") && text.hasSuffix("/")
        return isPath && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? text : nil
      } ?? "/martlet/"
    caFile = reader.file("ca_file")
    let certificateFile = reader.file("client_certificate_file")
    let keyFile = reader.file("client_key_file")
    username = reader.value("username", "1 to 256 bytes") { (1...256).contains($0.utf8.count) ? $0 : nil }
    password = reader.secret("password")
    let tenMilliseconds = Duration.milliseconds(10)
    connectTimeout = reader.duration("connect_timeout", default: .seconds(2), in: tenMilliseconds...(.seconds(60)))
    requestTimeout = reader.duration("request_timeout", default: .seconds(5), in: tenMilliseconds...(.seconds(60)))
    if reader.isSet("client_certificate_file") != reader.isSet("client_key_file") {
      reader.report(.missing, reader.isSet("client_key_file") ? "client_certificate_file" : "client_key_file")
    }
    if let certificateFile, let keyFile {
      clientCertificate = CertificateSettings(certificateFile: certificateFile, keyFile: keyFile)
    } else {
      clientCertificate = nil
    }
    if username != nil, password == nil, !reader.isSet("password"), !reader.isSet("password_file") {
      reader.report(.missing, "password_file")
    }
    if password != nil, !reader.isSet("username") { reader.report(.missing, "username") }
    for endpoint in endpoints {
      if !endpoint.isTLS, caFile != nil || certificateFile != nil || !(endpoints[0].isTLS == endpoint.isTLS) {
        reader.report(.malformed(expected: "`https` endpoints", found: "\(endpoint)"), "endpoints")
        break
      }
    }
  }
}
