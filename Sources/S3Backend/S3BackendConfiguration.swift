public import SigV4

/// How to reach one S3-compatible store. Validated by `Settings`.
public struct S3BackendConfiguration: Sendable {
  public enum Scheme: String, Sendable {
    case http, https
  }

  /// Where the bucket's name goes.
  public enum Addressing: String, Sendable {
    /// `https://host/bucket/key`
    case path
    /// `https://bucket.host/key`; buckets whose names are no DNS labels still go into the path.
    case virtualHost
  }

  /// The name in settings, logs, metrics and audit records.
  public var name: String
  public var scheme: Scheme
  /// A DNS name or an IP address, without brackets.
  public var host: String
  public var port: Int
  /// The region that requests are signed for.
  public var region: String
  /// The backend's own access key.
  public var secret: SigningSecret
  /// Beside temporary credentials.
  public var sessionToken: StoreSessionToken?
  public var addressing = Addressing.path
  /// Whether the store keeps `.`, `..` and empty segments in keys as they are.
  public var isByteExact = false

  /// PEM file with the certificate authorities to trust; nil means the system's.
  public var certificateAuthorityFile: String?
  /// PEM files with a client certificate chain and its key.
  public var clientCertificateFile: String?
  public var clientKeyFile: String?

  public var limits = Limits()

  public init(
    name: String, scheme: Scheme, host: String, port: Int, region: String = "us-east-1", secret: SigningSecret
  ) {
    self.name = name
    self.scheme = scheme
    self.host = host
    self.port = port
    self.region = region
    self.secret = secret
  }

  public struct Limits: Sendable {
    /// TCP and TLS together, for one address.
    public var connectTimeout: Duration = .seconds(5)
    /// From the last byte of the request to the response head.
    public var responseTimeout: Duration = .seconds(60)
    /// Between two pieces of body, either way, while the store is the slow side.
    public var idleTimeout: Duration = .seconds(30)
    /// How long an unused connection stays open; shorter than the store's own limit, so that it rarely closes first.
    public var unusedConnectionLimit: Duration = .seconds(20)
    /// How long a request waits for a free connection.
    public var queueTimeout: Duration = .seconds(10)
    /// How long to wait for `100 Continue` before the body is sent anyway.
    public var continueTimeout: Duration = .seconds(1)
    /// Per event loop.
    public var connectionsMax = 128
    /// Requests that wait for a connection, per event loop.
    public var waitingRequestsMax = 1024
    /// Further attempts for requests that are safe to repeat.
    public var retriesMax = 2
    /// Status line and headers of a response.
    public var responseHeadBytesMax = 32_768
    /// Header lines of a response.
    public var responseFieldCountMax = 200
    /// A response document that is read whole: an error, or one whose Location is rewritten.
    public var documentBytesMax = 1_048_576
    /// Bodies above this are announced with `Expect: 100-continue`, so that refusals come before the bytes.
    public var expectContinueBytes: UInt64 = 1_048_576

    public init() {}
  }
}
