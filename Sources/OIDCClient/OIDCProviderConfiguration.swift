public import JWT

/// One OpenID Connect provider, or OAuth 2.0 server with JWT access tokens, as the settings describe it.
public struct OIDCProviderConfiguration: Sendable {
  /// Where the keys come from.
  public enum KeySource: Sendable, Equatable {
    /// The issuer's discovery document (OpenID Connect Discovery section 4).
    case discovery
    /// A URL of a key set, for issuers without discovery.
    case url(String)
    /// A file with a key set, read again when it changes.
    case file(String)
  }

  /// Names the provider in settings, logs and metrics.
  public var name: String
  /// `iss`, exactly as tokens have it. An https URL; with ``KeySource/file(_:)`` any text.
  public var issuer: String
  public var keys: KeySource
  /// Client ids; `aud` must contain one of them.
  public var audiences: [String]
  /// `azp` must be one of these where a token has it; nil: any.
  public var authorizedParties: [String]?
  /// `typ` must be one of these; nil: any.
  public var types: [String]?
  public var algorithms: Set<JWSAlgorithm>
  /// How far the issuer's clock may be off.
  public var skew: Duration
  /// `iat` at most so long ago; nil: any time.
  public var ageMax: Duration?
  /// PEM file with the authorities of the provider's certificate; nil: the system's.
  public var certificateAuthorityFile: String?
  /// A file whose content goes along as `Authorization: Bearer`, read anew each time: Kubernetes asks for it.
  public var bearerTokenFile: String?
  /// How the provider is asked about access tokens; nil: not at all.
  public var introspection: Introspection?
  /// Whether claims of the userinfo endpoint are added. Tokens must be access tokens then.
  public var usesUserinfo: Bool
  /// How long an answer about one token is kept; never past its `exp`.
  public var answerAgeMax: Duration
  /// How often keys are fetched when nothing asks for it.
  public var refreshInterval: Duration
  /// The least time between two fetches because of a key id that nobody knows.
  public var refreshIntervalMin: Duration
  /// For one document, connecting included.
  public var timeout: Duration

  public init(name: String, issuer: String, audiences: [String], keys: KeySource = .discovery) {
    self.name = name
    self.issuer = issuer
    self.audiences = audiences
    self.keys = keys
    algorithms = JWSAlgorithm.asymmetric
    skew = .seconds(30)
    usesUserinfo = false
    answerAgeMax = .seconds(60)
    refreshInterval = .seconds(600)
    refreshIntervalMin = .seconds(10)
    timeout = .seconds(5)
  }

  /// RFC 7662.
  public struct Introspection: Sendable {
    /// How the gateway proves who it is (RFC 6749 section 2.3.1).
    public enum Authentication: Sendable {
      case basic
      case post
    }

    /// nil: as discovery says.
    public var url: String?
    public var clientID: String
    /// Read anew for each question.
    public var secretFile: String
    public var authentication: Authentication
    /// Whether tokens that can be verified here are asked about as well: what the provider has revoked counts no more.
    public var isForAll: Bool

    public init(
      url: String? = nil, clientID: String, secretFile: String, authentication: Authentication = .basic,
      isForAll: Bool = false
    ) {
      self.url = url
      self.clientID = clientID
      self.secretFile = secretFile
      self.authentication = authentication
      self.isForAll = isForAll
    }
  }

  /// A document longer than this is not read.
  static let documentBytesMax = 512 << 10
}
