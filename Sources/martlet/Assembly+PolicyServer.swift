import Authorization
import Cryptography
import Gateway
import HTTPClient
import S3Model
import Settings

extension HTTPEndpoint {
  init(_ url: HTTPURL, _ server: RemoteServerSettings) throws(HTTPClientError) {
    try self.init(
      url,
      trust: Trust(
        certificateAuthorityFile: server.caFile?.path,
        clientCertificateFile: server.clientCertificate?.certificateFile.path,
        clientKeyFile: server.clientCertificate?.keyFile.path))
  }
}

/// The policy server in force, and what it was made from.
struct MadePolicyServer: Sendable {
  let configuration: PolicyServer.Configuration
  private let settings: AuthorizationSettings
  /// Of the token and the certificate files, which can change while their names stay.
  private let files: [[UInt8]]

  /// - Parameter before: what is in force; it stays where nothing has changed.
  /// - Returns: nil where the settings name no policy server.
  static func make(_ settings: AuthorizationSettings, before: MadePolicyServer?) throws -> MadePolicyServer? {
    guard let opa = settings.opa, settings.mode != .off else { return nil }
    let token = try opa.server.loadToken()
    let files = try contents(opa.server) + [token.map { Array($0.utf8) } ?? []]
    if let before, before.settings == settings, before.files == files { return before }
    let path = opa.url.target == "/" ? "/v1/data/" + settings.package.joined(separator: "/") : opa.url.target
    let configuration = try PolicyServer.Configuration(
      endpoint: try HTTPEndpoint(opa.url, opa.server), target: path, token: token, timeout: opa.timeout,
      connectionsMax: opa.connectionsPerLoopMax, readsObjectTags: opa.objectTags, mode: settings.mode,
      shape: settings.input)
    return MadePolicyServer(configuration: configuration, settings: settings, files: files)
  }

  /// Digests: nobody needs the keys twice.
  private static func contents(_ server: RemoteServerSettings) throws -> [[UInt8]] {
    let files = [server.caFile, server.clientCertificate?.certificateFile, server.clientCertificate?.keyFile]
    return try files.map { file in
      guard let file else { return [] }
      return try file.digestible().withUnsafeBytes { Array(SHA256Hasher.hash($0).description.utf8) }
    }
  }
}
