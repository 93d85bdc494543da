public import Authorization
import S3Model

/// One entry of `token_webhooks`: a service that is asked whose a token is.
public struct TokenWebhookSettings: Sendable {
  public let name: String
  /// https, or http on loopback.
  public let url: String
  /// Sent along as `Authorization`, as it is in the file.
  public let authorizationFile: FileReference?
  /// Authorities of the service's certificate, PEM; nil for the system's.
  public let caFile: FileReference?
  public let timeout: Duration
  /// Paths of claims in its answers that sessions carry, beside those that `policies` reads.
  public let claims: [String]
  /// What those may do who come without a role.
  public let mapping: FederatedMapping
  public let origin: SettingsOrigin

  init?(_ name: String, _ origin: SettingsOrigin, _ reader: SectionReader) {
    if !IAMName.isValid(name, lengthMax: 64) {
      reader.decoder.report(.malformed(expected: "1 to 64 letters, digits and `+=,.@_-`", found: name), at: origin)
    }
    self.name = name
    self.origin = origin
    let url = reader.value("url", "an `https` URL, or `http` of this machine, without query") { text in
      // Tokens are nobody else's to read.
      HTTPURL.parse(text).flatMap { ($0.scheme == .https || $0.isLoopback) && !text.contains("?") ? text : nil }
    }
    authorizationFile = reader.file("authorization_file")
    caFile = reader.file("ca_file")
    timeout = reader.duration("timeout", default: .seconds(5), in: .milliseconds(100)...(.seconds(60)))
    claims =
      reader.values("claims", countMax: 100, "a claim's path such as `team.name`") { text, _ in
        (1...255).contains(text.utf8.count) ? text : nil
      } ?? []
    mapping = reader.federatedMapping()
    if url == nil && !reader.isSet("url") { reader.report(.missing, "url") }
    guard let url else { return nil }
    self.url = url
  }
}

extension SectionReader {
  func tokenWebhooks() -> [TokenWebhookSettings] {
    named("token_webhooks", countMax: 100) { TokenWebhookSettings($0, $1, $2) }
  }
}
