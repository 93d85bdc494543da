/// One entry of `backends`: a store by name.
public struct BackendSettings: Sendable {
  public let name: String
  public let kind: Kind
  public let origin: SettingsOrigin

  public enum Kind: Sendable {
    case file(FileBackendSettings)
    case s3(S3BackendSettings)
  }
}

/// `type: file`: the embedded store.
public struct FileBackendSettings: Hashable, Sendable {
  /// Folder of the store; created when missing.
  public let path: String
  /// Whether writes wait until they are on the disk. Off, a power failure can lose what was confirmed.
  public let fsync: Bool
}

/// `type: s3`: a store that is already there.
public struct S3BackendSettings: Sendable {
  public let endpoint: EndpointURL
  public let region: String
  public let accessKey: String
  public let secretKey: SecretSource
  /// `endpoint/bucket/key` rather than `bucket.endpoint/key`.
  public let pathStyle: Bool
  /// Authorities of the store's certificate, PEM; nil for the system's.
  public let caFile: FileReference?
  /// What the gateway shows to a store that asks for a client certificate.
  public let clientCertificate: CertificateSettings?
  /// Whether the store keeps `.`, `..` and empty segments of keys as they are.
  public let byteExact: Bool
  public let connectTimeout: Duration
  /// From the end of the request to the head of the response.
  public let responseTimeout: Duration
  /// How long a connection without a request is kept.
  public let idleTimeout: Duration
  public let connectionsPerLoopMax: Int
}

/// One entry of `routes`.
public struct RouteSettings: Hashable, Sendable {
  public let buckets: BucketPattern
  /// The name of a declared backend.
  public let backend: String
}

private enum BackendType: String, CaseIterable {
  case file, s3
}

extension SectionReader {
  func backends(data: String) -> [BackendSettings] {
    let declared = named("backends", countMax: 1000) { name, origin, reader in
      if !isBackendName(name) {
        decoder.report(.malformed(expected: "1 to 64 letters, digits, `-` and `_`", found: name), at: origin)
      }
      return reader.backend(name, origin)
    }
    if !declared.isEmpty { return declared }
    let store = FileBackendSettings(path: data + "/objects", fsync: true)
    return [BackendSettings(name: "default", kind: .file(store), origin: SettingsOrigin(keyPath: "backends.default"))]
  }

  /// Backend names become metric labels and parts of variables.
  private func isBackendName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        switch byte {
        case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x2D, 0x5F: true
        default: false
        }
      }
  }

  private func backend(_ name: String, _ origin: SettingsOrigin) -> BackendSettings? {
    guard isSet("type") else {
      report(.missing, "type")
      skipRest()
      return nil
    }
    let errorsBefore = decoder.errors.count
    let type = choice("type", default: BackendType.file)
    guard decoder.errors.count == errorsBefore else {
      skipRest()
      return nil
    }
    switch type {
    case .file:
      let path = path("path")
      let fsync = boolean("fsync", default: true)
      if path == nil && !isSet("path") { report(.missing, "path") }
      guard let path else { return nil }
      return BackendSettings(name: name, kind: .file(FileBackendSettings(path: path, fsync: fsync)), origin: origin)
    case .s3:
      return s3Backend().map { BackendSettings(name: name, kind: .s3($0), origin: origin) }
    }
  }

  private func s3Backend() -> S3BackendSettings? {
    let endpoint = value("endpoint", "`https://host[:port]` or `http://host[:port]`") { EndpointURL($0) }
    let region = value("region", "a region such as `us-east-1`") { (1...64).contains($0.utf8.count) ? $0 : nil }
    let accessKey = value("access_key", "an access key id") { AccessKeySettings.isIdentifier($0) ? $0 : nil }
    let secretKey = secret("secret_key")
    let pathStyle = boolean("path_style", default: true)
    let caFile = file("ca_file")
    let certificateFile = file("client_certificate_file")
    let keyFile = file("client_key_file")
    let byteExact = boolean("byte_exact", default: false)
    let tenMilliseconds = Duration.milliseconds(10)
    let connect = duration("connect_timeout", default: .seconds(5), in: tenMilliseconds...(.seconds(300)))
    let response = duration("response_timeout", default: .seconds(60), in: tenMilliseconds...(.seconds(3600)))
    let idle = duration("idle_timeout", default: .seconds(30), in: tenMilliseconds...(.seconds(3600)))
    let connectionsMax = number("connections_per_loop_max", default: 256, in: 1...100_000)
    if endpoint == nil && !isSet("endpoint") { report(.missing, "endpoint") }
    if accessKey == nil && !isSet("access_key") { report(.missing, "access_key") }
    if secretKey == nil && !isSet("secret_key") && !isSet("secret_key_file") { report(.missing, "secret_key_file") }
    if caFile != nil, let endpoint, !endpoint.isTLS {
      report(.malformed(expected: "an `https` endpoint beside `ca_file`", found: "\(endpoint)"), "endpoint")
    }
    if isSet("client_certificate_file") != isSet("client_key_file") {
      report(.missing, isSet("client_key_file") ? "client_certificate_file" : "client_key_file")
    }
    if certificateFile != nil, let endpoint, !endpoint.isTLS {
      report(
        .malformed(expected: "an `https` endpoint beside `client_certificate_file`", found: "\(endpoint)"), "endpoint")
    }
    var clientCertificate: CertificateSettings?
    if let certificateFile, let keyFile {
      clientCertificate = CertificateSettings(certificateFile: certificateFile, keyFile: keyFile)
    }
    guard let endpoint, let accessKey, let secretKey else { return nil }
    return S3BackendSettings(
      endpoint: endpoint, region: region ?? "us-east-1", accessKey: accessKey, secretKey: secretKey,
      pathStyle: pathStyle, caFile: caFile, clientCertificate: clientCertificate, byteExact: byteExact,
      connectTimeout: connect, responseTimeout: response, idleTimeout: idle, connectionsPerLoopMax: connectionsMax)
  }

  func routes(backends: [String]) -> [RouteSettings] {
    var patterns: Set<String> = []
    return items("routes", countMax: 10_000) { item in
      let pattern = item.value("buckets", "a bucket name, in which `*` and `?` are wildcards") { BucketPattern($0) }
      let backend = item.text("backend")
      if pattern == nil && !item.isSet("buckets") { item.report(.missing, "buckets") }
      if backend == nil && !item.isSet("backend") { item.report(.missing, "backend") }
      if let pattern, !patterns.insert(pattern.text).inserted {
        item.report(.collision(found: pattern.text, with: "the pattern of an earlier route"), "buckets")
      }
      guard let pattern, let backend else { return nil }
      guard backends.contains(backend.text) else {
        decoder.report(.unknownReference(kind: "backend", name: backend.text), at: backend.origin)
        return nil
      }
      return RouteSettings(buckets: pattern, backend: backend.text)
    }
  }
}
