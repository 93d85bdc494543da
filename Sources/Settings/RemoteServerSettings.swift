import S3Model

/// How a server that Martlet asks proves itself, and Martlet to it.
public struct RemoteServerSettings: Hashable, Sendable {
  /// Authorities of the server's certificate, PEM; nil for the system's.
  public let caFile: FileReference?
  /// What Martlet shows to a server that asks for a client certificate.
  public let clientCertificate: CertificateSettings?
  /// Holds a bearer token.
  public let tokenFile: FileReference?
  /// Whether answers may come from elsewhere than this machine without TLS, where anyone on the way can write them.
  public let allowsInsecureHTTP: Bool

  init(_ reader: SectionReader) {
    caFile = reader.file("ca_file")
    tokenFile = reader.file("token_file")
    allowsInsecureHTTP = reader.boolean("insecure_http", default: false)
    let certificateFile = reader.file("client_certificate_file")
    let keyFile = reader.file("client_key_file")
    if reader.isSet("client_certificate_file") != reader.isSet("client_key_file") {
      reader.report(.missing, reader.isSet("client_key_file") ? "client_certificate_file" : "client_key_file")
    }
    if let certificateFile, let keyFile {
      clientCertificate = CertificateSettings(certificateFile: certificateFile, keyFile: keyFile)
    } else {
      clientCertificate = nil
    }
  }

  /// Limit on a bearer token, in bytes.
  private static let tokenBytesMax = 16_384

  /// The bearer token, without one line break at its end.
  public func loadToken() throws(SettingsError) -> String? {
    guard let tokenFile else { return nil }
    var bytes = try tokenFile.read(bytesMax: Self.tokenBytesMax + 2, protection: .secret)
    if bytes.last == 0x0A { bytes.removeLast() }
    if bytes.last == 0x0D { bytes.removeLast() }
    guard !bytes.isEmpty, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw SettingsError(
        .file(path: tokenFile.path, fault: .malformed(reason: "holds no bearer token")), at: tokenFile.origin)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What may not be asked over plain HTTP.
  func refuses(_ url: HTTPURL) -> Bool { url.scheme == .http && !url.isLoopback && !allowsInsecureHTTP }
}

extension HTTPURL {
  static func parse(_ text: String) -> HTTPURL? {
    do throws(HTTPURL.Malformed) { return try HTTPURL(text) } catch { return nil }
  }
}
