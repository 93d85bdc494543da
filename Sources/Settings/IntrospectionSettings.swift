import S3Model

/// `introspection` of a provider: it is asked about access tokens (RFC 7662).
public struct IntrospectionSettings: Sendable {
  /// How the gateway proves who it is (RFC 6749 section 2.3.1).
  public enum Authentication: String, CaseIterable, Sendable {
    case basic = "client_secret_basic"
    case post = "client_secret_post"
  }

  /// About which tokens.
  public enum Tokens: String, CaseIterable, Sendable {
    /// Those that are no JSON Web Tokens.
    case opaque
    /// Signed ones as well: revoked ones are refused.
    case all
  }

  /// nil: as discovery says.
  public let url: String?
  public let clientID: String
  public let clientSecretFile: FileReference
  public let authentication: Authentication
  public let tokens: Tokens
  /// How long an answer is kept.
  public let cache: Duration

  /// nil where the section is not there, or unusable.
  init?(_ reader: SectionReader, hasDiscovery: Bool) {
    url = reader.value("url", "an `https` URL") { text in
      HTTPURL.parse(text).flatMap { $0.scheme == .https ? text : nil }
    }
    let clientID = reader.value("client_id", "1 to 255 bytes") { (1...255).contains($0.utf8.count) ? $0 : nil }
    let secret = reader.file("client_secret_file")
    authentication = reader.choice("authentication", default: .basic)
    tokens = reader.choice("tokens", default: .opaque)
    cache = reader.duration("cache", default: .seconds(60), in: .zero...(.seconds(60)))
    let keys = ["url", "client_id", "client_secret_file", "authentication", "tokens", "cache"]
    guard keys.contains(where: reader.isSet) else { return nil }
    for key in ["client_id", "client_secret_file"] where !reader.isSet(key) { reader.report(.missing, key) }
    if url == nil && !hasDiscovery && !reader.isSet("url") { reader.report(.missing, "url") }
    guard let clientID, let secret else { return nil }
    self.clientID = clientID
    clientSecretFile = secret
  }
}
