public import Authorization
public import IAMPolicy
public import S3Model

/// What happened in one exchange. Holds no secret: no signature, no token, no query string.
public struct AuditRecord: Sendable {
  public enum Service: Sendable {
    case s3, sts, iam
    /// Health probes and the like, or not known.
    case other
  }

  public enum Outcome: Sendable {
    /// The exchange ended before a decision: the request was malformed, or nobody could be identified.
    case undecided
    case allowed
    case denied
  }

  /// A rule of the policy bundle, or what a policy server was asked.
  public struct Rule: Sendable, Equatable {
    /// Such as `data.martlet.authz.deny`; of a policy server the path that was asked, `/v1/data/martlet/authz`.
    public var path: String
    /// Empty for a policy server.
    public var file: String
    /// From 1.
    public var line: Int
    /// As the policy server names its decision.
    public var decisionID: String?

    public init(path: String, file: String, line: Int) {
      self.path = path
      self.file = file
      self.line = line
    }

    public init(server path: String, decisionID: String?) {
      self.path = path
      file = ""
      line = 0
      self.decisionID = decisionID
    }
  }

  /// When the request's first byte came, in milliseconds since 1970.
  public var timeMilliseconds: Int64
  /// As `x-amz-request-id` shows it: 16 upper-case hexadecimal digits.
  public var requestID: UInt64
  /// The client's address as text, as far as it is trusted.
  public var remoteAddress: String
  /// `1.2` or `1.3`; nil without TLS.
  public var tlsVersion: StaticString?

  /// Who was identified; nil for nobody, which is not the same as anonymous.
  public var principal: Principal?
  /// The access key that signed, or, without a ``principal``, the one that the request claimed.
  public var accessKeyID: ByteString?
  public var sessionName: ByteString?
  /// The stable unique id of who was identified, see `Caller.userID`.
  public var principalID: ByteString?
  /// Who was identified by temporary credentials; nil for long-lived keys.
  public var sessionCaller: Caller?

  public var service: Service
  /// Such as `GetObject`; nil when none was recognized.
  public var operation: StaticString?
  /// Everything that the request needed to be allowed.
  public var accesses: [Access] = []
  /// Those among several that were denied while others were allowed: keys of DeleteObjects.
  public var deniedAccesses: [Access] = []
  public var bucket: String?
  public var key: ByteString?
  public var versionID: ByteString?

  /// What decisions read of the request beside all this; nil without a decision.
  public var facts: AuditFacts?

  public var outcome = Outcome.undecided
  /// The statement that decided; nil when none did.
  public var statement: DecidingStatement?
  /// The rule of the policy bundle that decided; nil when none did.
  public var rule: Rule?
  /// What the bundle obliges to write down.
  public var tags: [(name: String, value: String)] = []
  /// Revision of the snapshot that the exchange was decided on.
  public var snapshotRevision: UInt64

  public var status: UInt16 = 0
  public var errorCode: S3ErrorCode?
  /// The internal reason of a failure, bounded when written.
  public var cause: String?
  /// The backend that served the request.
  public var backend: String?

  /// Body bytes from and to the client.
  public var bytesIn: UInt64 = 0
  public var bytesOut: UInt64 = 0
  /// From the first byte of the request to the last of the response, in microseconds.
  public var totalMicroseconds: UInt64 = 0
  /// From the start of the backend call to the head of its answer, in microseconds.
  public var upstreamMicroseconds: UInt64?

  /// As sent; cut when written.
  public var userAgent: ByteString?
  public var isPresigned = false

  public init(
    timeMilliseconds: Int64, requestID: UInt64, remoteAddress: String, service: Service, snapshotRevision: UInt64
  ) {
    self.timeMilliseconds = timeMilliseconds
    self.requestID = requestID
    self.remoteAddress = remoteAddress
    self.service = service
    self.snapshotRevision = snapshotRevision
  }
}
