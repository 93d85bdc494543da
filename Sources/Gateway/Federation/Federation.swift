import Identity
import JSON
import JWT
public import Kerberos
public import OIDCClient
import S3Model
import STS
public import Settings

/// The identity providers whose word is taken, by issuer. Immutable: settings that change make a new one.
public final class Federation: Sendable {
  struct Provider: Sendable {
    let settings: OpenIDSettings
    let oidc: OIDCProvider
    let id: ByteString
    let mapping: WebIdentityMapping
    /// What names of roles follow in their ARNs.
    let rolePrefix: String
  }

  let providers: [String: Provider]
  let kerberos: [KerberosProvider]
  let webhooks: [TokenWebhook]
  let certificates: [CertificateProvider]
  private let stored: StoredOpenIDProviders?
  /// In the settings' order.
  let directories: [LDAPProvider]
  private let ids: Set<ByteString>

  /// - Parameters:
  ///   - openID: each with the one that verifies its tokens.
  ///   - kerberos: each with the one that verifies its tickets.
  public init(
    _ openID: [(OpenIDSettings, OIDCProvider)], kerberos: [(KerberosSettings, KerberosAcceptor)] = [],
    webhooks: [TokenWebhook] = [], directories: [LDAPProvider] = [],
    certificates: [CertificateProvider] = [],
    stored: StoredOpenIDProviders? = nil, accountID: String
  ) {
    var providers: [String: Provider] = [:]
    var tickets: [KerberosProvider] = []
    if let account = AccountID(accountID) {
      for (settings, oidc) in openID {
        let id = openIDProviderID(issuer: settings.issuer, account: account)
        providers[settings.issuer] = Provider(
          settings: settings, oidc: oidc, id: id,
          mapping: WebIdentityMapping(settings, providerID: id, account: account),
          rolePrefix: "arn:aws:iam::\(account):role/")
      }
    }
    if let account = AccountID(accountID) {
      tickets = kerberos.map { KerberosProvider($0, $1, account: account) }
    }
    self.providers = providers
    self.kerberos = tickets
    self.webhooks = webhooks
    self.directories = directories
    self.certificates = certificates
    self.stored = stored
    ids = Set(
      providers.values.map(\.id) + tickets.map(\.id) + webhooks.map(\.id) + directories.map(\.id)
        + certificates.map(\.id))
  }

  public static let none = Federation([], accountID: "")

  /// Whether sessions that this provider vouched for still count.
  func knows(_ providerID: ByteString) -> Bool { ids.contains(providerID) }

  var isEmpty: Bool {
    providers.isEmpty && kerberos.isEmpty && webhooks.isEmpty && directories.isEmpty
      && certificates.isEmpty
  }

  /// Who a token stands for.
  /// - Parameters:
  ///   - identities: with providers that were made through IAM.
  ///   - now: in milliseconds since 1970.
  func identity(
    of token: ByteString, in identities: IdentityDirectory, atMilliseconds now: Int64
  ) async throws(FederationRefusal) -> FederatedIdentity {
    let provider = try provider(of: token.bytes, identities)
    return try provider.mapping.identity(
      try await Self.examine(token.bytes, provider, now).claims, atMilliseconds: now)
  }

  /// Whose token it would be.
  /// - Parameter identities: with providers that were made through IAM; nil where those do not count.
  func provider(
    of token: [UInt8], _ identities: IdentityDirectory? = nil
  ) throws(FederationRefusal) -> Provider {
    if OIDCProvider.isOpaque(token) {
      // Settings have one such provider at most: a token that says nothing is shown to nobody else.
      guard let provider = providers.values.first(where: { $0.settings.introspection != nil }) else {
        throw .invalidToken
      }
      return provider
    }
    // The issuer is read before anything is verified, and decides only whose keys must fit.
    guard let issuer = Self.claimedIssuer(token) else { throw .invalidToken }
    let provider = providers[issuer] ?? identities.flatMap { stored?.provider(ofIssuer: issuer, in: $0) }
    // By bytes: Swift takes several spellings of one text for equal.
    guard let provider, provider.settings.issuer.utf8.elementsEqual(issuer.utf8) else { throw .invalidToken }
    return provider
  }

  static func examine(
    _ token: [UInt8], _ provider: Provider, _ now: Int64
  ) async throws(FederationRefusal) -> ExaminedToken {
    do throws(OIDCError) {
      return try await provider.oidc.examine(token, now: .milliseconds(now))
    } catch {
      switch error {
      case .token(.expired): throw .expiredToken
      case .token(.wrongAudience), .token(.wrongAuthorizedParty): throw .rejected
      case .token, .inactive, .otherSubject: throw .invalidToken
      case .provider(.tooManyQuestions): throw .busy
      case .provider: throw .providerUnreachable
      }
    }
  }

  private static func claimedIssuer(_ token: [UInt8]) -> String? {
    do throws(JWTError) {
      let parsed = try CompactJWS(parsing: token)
      do throws(JSONError) {
        return try JSONValue(parsing: parsed.payload).object?["iss"]?.string
      } catch {
        return nil
      }
    } catch {
      return nil
    }
  }
}
