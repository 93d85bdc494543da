/// `tls`: the gateway listener's certificates and protocol.
public struct TLSSettings: Sendable {
  /// Empty: a certificate is generated into the data folder.
  public let certificates: [CertificateSettings]
  public let minimumVersion: TLSVersion
  /// Whether to refuse to start without OpenSSL's FIPS provider.
  public let fips: Bool
  /// Where the provider is; nil for OpenSSL's own place.
  public let fipsModule: FileReference?
  /// From the first byte to the finished handshake.
  public let handshakeTimeout: Duration
  /// How often certificate files are looked at for changes.
  public let reloadInterval: Duration
  /// Offered protocols, in order of preference.
  public let alpn: [String]
}

/// A certificate chain and its private key, both PEM.
public struct CertificateSettings: Hashable, Sendable {
  public let certificateFile: FileReference
  public let keyFile: FileReference
}

/// The oldest protocol version accepted.
public enum TLSVersion: String, CaseIterable, Hashable, Sendable {
  case tls12 = "1.2"
  case tls13 = "1.3"
}

/// The application protocols that the gateway speaks.
public enum ApplicationProtocol: String, CaseIterable, Hashable, Sendable {
  case http11 = "http/1.1"
}

extension TLSSettings {
  init(_ reader: SectionReader) {
    certificates = reader.items("certificates", countMax: 1000) { item in
      let certificate = item.file("certificate_file")
      let key = item.file("key_file")
      if certificate == nil && !item.isSet("certificate_file") { item.report(.missing, "certificate_file") }
      if key == nil && !item.isSet("key_file") { item.report(.missing, "key_file") }
      guard let certificate, let key else { return nil }
      return CertificateSettings(certificateFile: certificate, keyFile: key)
    }
    minimumVersion = reader.choice("minimum_version", default: .tls12)
    fips = reader.boolean("fips", default: false)
    fipsModule = reader.file("fips_module")
    if fipsModule != nil && !fips { reader.report(.needs(key: "tls.fips"), "fips_module") }
    handshakeTimeout = reader.duration(
      "handshake_timeout", default: .seconds(10), in: .milliseconds(100)...(.seconds(120)))
    reloadInterval = reader.duration("reload_interval", default: .seconds(10), in: .seconds(1)...(.seconds(86_400)))
    let known = ApplicationProtocol.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
    alpn =
      reader.values("alpn", countMax: 8, "one of \(known)") { text, _ in
        ApplicationProtocol(rawValue: text)?.rawValue
      } ?? [ApplicationProtocol.http11.rawValue]
  }
}
