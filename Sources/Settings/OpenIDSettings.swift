public import Authorization

/// One entry of `openid`: a provider whose tokens are taken.
public struct OpenIDSettings: Sendable {
  public enum KeySource: Sendable {
    /// `ISSUER/.well-known/openid-configuration`
    case discovery
    /// A URL of a key set.
    case url(String)
    /// A file with a key set.
    case file(FileReference)
  }

  public let name: String
  /// `iss`, exactly as tokens have it.
  public let issuer: String
  public let keys: KeySource
  /// `aud` must contain one. Never empty.
  public let audiences: [String]
  /// `azp` must be one where a token has it; nil: any.
  public let authorizedParties: [String]?
  /// `typ` must be one; nil: any.
  public let tokenTypes: [String]?
  /// As RFC 7518 names them; nil: all asymmetric ones.
  public let algorithms: [String]?
  /// How far the provider's clock may be off.
  public let skew: Duration
  /// Paths of claims that sessions carry, beside `sub`, `aud` and the like.
  public let claims: [String]
  /// Values of `amr` and `acr` that mean a second factor was used.
  public let secondFactors: [String]
  /// Authorities of the provider's certificate, PEM; nil for the system's.
  public let caFile: FileReference?
  /// Sent along as `Authorization: Bearer` when keys are fetched.
  public let bearerTokenFile: FileReference?
  /// Whether tokens are taken on S3 requests, in place of signatures.
  public let takesBearer: Bool
  /// Names or ARNs of the roles that are tried, in order, for whoever brings one there.
  public let bearerRoles: [String]
  /// What those may do who come without a role.
  public let mapping: FederatedMapping
  /// How the provider is asked about access tokens; nil: not at all.
  public let introspection: IntrospectionSettings?
  /// Whether claims of its userinfo endpoint are added to those of tokens.
  public let usesUserinfo: Bool
  public let refreshInterval: Duration
  public let timeout: Duration
  public let origin: SettingsOrigin

  /// The issuer as ARNs and condition keys have it.
  public var host: String {
    issuer.hasPrefix("https://") ? String(issuer.dropFirst("https://".count)) : issuer
  }
}

extension OpenIDSettings {
  /// A provider that was made through IAM: with what AWS lets one say, and defaults for the rest.
  public init(issuer: String, audiences: [String]) {
    name = "iam"
    self.issuer = issuer
    self.audiences = audiences
    keys = .discovery
    authorizedParties = nil
    tokenTypes = nil
    algorithms = nil
    skew = .seconds(30)
    claims = []
    secondFactors = ["mfa"]
    caFile = nil
    bearerTokenFile = nil
    takesBearer = false
    bearerRoles = []
    mapping = .none
    introspection = nil
    usesUserinfo = false
    refreshInterval = .seconds(600)
    timeout = .seconds(5)
    origin = SettingsOrigin(keyPath: "openid")
  }

  static let algorithmNames = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
  ]

  init?(_ name: String, _ origin: SettingsOrigin, _ reader: SectionReader) {
    if !IAMName.isValid(name, lengthMax: 64) {
      reader.decoder.report(.malformed(expected: "1 to 64 letters, digits and `+=,.@_-`", found: name), at: origin)
    }
    self.name = name
    self.origin = origin
    let issuer = reader.value("issuer", "the provider's `iss`: an `https` URL without query and fragment") { text in
      (1...1024).contains(text.utf8.count) && text.hasPrefix("https://") && text.utf8.count > 8
        && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x23 && $0 != 0x3F && $0 != 0x22 } ? text : nil
    }
    let url = reader.value("jwks_url", "an `https` URL") { $0.hasPrefix("https://") ? $0 : nil }
    let file = reader.file("jwks_file")
    if url != nil && file != nil {
      reader.report(.excludes(key: reader.keyPath("jwks_file")), "jwks_url")
    }
    keys = file.map { .file($0) } ?? url.map { .url($0) } ?? .discovery
    audiences = reader.texts("audiences", "a client id") ?? []
    if audiences.isEmpty && !reader.isSet("audiences") { reader.report(.missing, "audiences") }
    authorizedParties = reader.texts("authorized_parties", "a client id")
    tokenTypes = reader.texts("token_types", "a type such as `at+jwt`")
    algorithms = reader.values("algorithms", countMax: 20, Self.algorithmNames.joined(separator: ", ")) { text, _ in
      Self.algorithmNames.contains(text) ? text : nil
    }
    skew = reader.duration("clock_skew", default: .seconds(30), in: .zero...(.seconds(300)))
    claims = reader.texts("claims", "a claim's path such as `realm_access.roles`") ?? []
    secondFactors = reader.texts("second_factors", "a value of `amr` or `acr`") ?? ["mfa"]
    caFile = reader.file("ca_file")
    bearerTokenFile = reader.file("bearer_token_file")
    takesBearer = reader.boolean("bearer", default: false)
    bearerRoles =
      reader.values("bearer_roles", countMax: 20, "a role's name or ARN") { text, _ in
        IAMName.isValid(text, lengthMax: 64) || text.hasPrefix("arn:aws:iam::") ? text : nil
      } ?? []
    mapping = reader.federatedMapping()
    if takesBearer && bearerRoles.isEmpty && mapping.isEmpty {
      reader.report(.needs(key: reader.keyPath("bearer_roles")), "bearer")
    }
    introspection = reader.section("introspection") {
      IntrospectionSettings($0, hasDiscovery: file == nil && url == nil)
    }
    usesUserinfo = reader.boolean("userinfo", default: false)
    if usesUserinfo && (file != nil || url != nil) {
      reader.report(.excludes(key: reader.keyPath("userinfo")), file != nil ? "jwks_file" : "jwks_url")
    }
    refreshInterval = reader.duration("refresh_interval", default: .seconds(600), in: .seconds(10)...(.seconds(86_400)))
    timeout = reader.duration("timeout", default: .seconds(5), in: .milliseconds(100)...(.seconds(60)))
    if issuer == nil && !reader.isSet("issuer") { reader.report(.missing, "issuer") }
    guard let issuer else { return nil }
    self.issuer = issuer
  }
}

extension SectionReader {
  func openIDProviders() -> [OpenIDSettings] {
    let providers = named("openid", countMax: 100) { OpenIDSettings($0, $1, $2) }
    var seen: [String: String] = [:]
    for provider in providers {
      // Two providers of one issuer would be one principal under two rules.
      // Case does not count in ids that follow from issuers.
      if let other = seen[provider.issuer.lowercased()] {
        decoder.report(.collision(found: provider.issuer, with: "the issuer of `\(other)`"), at: provider.origin)
      }
      seen[provider.issuer.lowercased()] = provider.name
    }
    // An opaque token does not say whose it is, and must not be shown to anybody else.
    let asked = providers.filter { $0.introspection != nil }
    for provider in asked.dropFirst() {
      decoder.report(
        .collision(found: "\(provider.origin.keyPath).introspection", with: "that of `\(asked[0].name)`"),
        at: provider.origin)
    }
    return providers
  }

  fileprivate func texts(_ key: String, _ expected: String) -> [String]? {
    values(key, countMax: 100, expected) { text, _ in (1...255).contains(text.utf8.count) ? text : nil }
  }
}
