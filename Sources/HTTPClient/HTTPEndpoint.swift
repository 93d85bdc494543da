public import S3Model
public import TLS

/// One server, and how it must prove itself.
public struct HTTPEndpoint: Sendable {
  /// The files behind a connection over TLS.
  public struct Trust: Sendable, Equatable {
    /// PEM file with the certificate authorities to trust; nil means the system's.
    public var certificateAuthorityFile: String?
    /// PEM files with a client certificate chain and its key, both or neither.
    public var clientCertificateFile: String?
    public var clientKeyFile: String?
    /// The name that the server's certificate must be for; nil means the URL's host.
    public var serverName: String?

    public init(
      certificateAuthorityFile: String? = nil, clientCertificateFile: String? = nil, clientKeyFile: String? = nil,
      serverName: String? = nil
    ) {
      self.certificateAuthorityFile = certificateAuthorityFile
      self.clientCertificateFile = clientCertificateFile
      self.clientKeyFile = clientKeyFile
      self.serverName = serverName
    }
  }

  public let scheme: HTTPURL.Scheme
  public let host: String
  public let port: Int
  /// The name that the server's certificate must be for.
  public let serverName: String
  let tls: TLSClientContext?

  /// - Throws: `unusableTLS` when a file cannot be used.
  public init(_ url: HTTPURL, trust: Trust = Trust()) throws(HTTPClientError) {
    var context: TLSClientContext?
    if url.scheme == .https {
      do throws(TLSError) {
        var options = TLSClientContext.Options()
        if let file = trust.certificateAuthorityFile { options.trust = .file(file) }
        switch (trust.clientCertificateFile, trust.clientKeyFile) {
        case (let chain?, let key?): options.identity = try TLSIdentity(chainPath: chain, privateKeyPath: key)
        case (nil, nil): break
        // Half an identity would connect as nobody.
        case (.some, nil): throw .malformedPrivateKey
        case (nil, .some): throw .noCertificate
        }
        context = try TLSClientContext(options: options)
      } catch {
        throw .unusableTLS(error)
      }
    }
    self.init(url, tls: context, serverName: trust.serverName)
  }

  /// - Parameter tls: one's own context, for an https URL; it counts for nothing with http.
  public init(_ url: HTTPURL, tls: TLSClientContext?, serverName: String? = nil) {
    scheme = url.scheme
    host = url.host
    port = url.port
    self.serverName = serverName ?? url.host
    self.tls = url.scheme == .https ? tls : nil
  }

  /// The Host field (RFC 9110 section 7.2).
  var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (scheme == .https ? 443 : 80) ? name : "\(name):\(port)"
  }
}
