public import Backend
import Glibc
public import Logging
public import NIOCore
public import TLS

/// An existing S3-compatible store, over HTTP or TLS.
///
/// Requests are rebuilt, never copied, and signed with the backend's own credentials; responses are rebuilt too.
public final class S3Backend: StorageBackend {
  let configuration: S3BackendConfiguration
  let tls: TLSClientContext?
  let health = StoreHealth()
  let logger: Logger
  let now: @Sendable () -> Int64

  /// - Parameters:
  ///   - logger: for what the operator must know; the backend's name is added.
  ///   - now: seconds since 1970, for signatures.
  /// - Throws: `TLSError` when the certificate files cannot be used.
  public init(
    _ configuration: S3BackendConfiguration, logger: Logger, now: @escaping @Sendable () -> Int64 = S3Backend.systemTime
  ) throws(TLSError) {
    self.configuration = configuration
    var logger = logger
    logger[metadataKey: "backend"] = .string(configuration.name)
    self.logger = logger
    self.now = now
    switch configuration.scheme {
    case .http: tls = nil
    case .https:
      var options = TLSClientContext.Options()
      if let file = configuration.certificateAuthorityFile { options.trust = .file(file) }
      if let chain = configuration.clientCertificateFile, let key = configuration.clientKeyFile {
        options.identity = try TLSIdentity(chainPath: chain, privateKeyPath: key)
      }
      tls = try TLSClientContext(options: options)
    }
  }

  /// Seconds since 1970 by the machine's clock.
  public static let systemTime: @Sendable () -> Int64 = { Int64(time(nil)) }

  public var name: String { configuration.name }
  public var isByteExact: Bool { configuration.isByteExact }
  public func isReady() -> Bool { health.isReady }

  public func makeClient(on eventLoop: any EventLoop) -> any BackendClient {
    eventLoop.preconditionInEventLoop()
    let client = S3BackendClient(self, eventLoop: eventLoop)
    client.probe()
    return client
  }
}
