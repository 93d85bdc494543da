import Authorization
import Backend
import HTTPWire
import IAMPolicy
import Logging
import NIOCore
import S3Model
import STS
import SigV4

/// One request from its head to its audit record.
///
/// ``perform(_:)`` is the product in one switch: each stage is one function that takes what the one before has proved.
/// Where a stage must wait (for a body, for a store), it returns ``Stage/wait`` and the callback goes on with the next.
final class Exchange {
  enum Stage {
    /// Head to ``S3Request``, or to an STS or IAM query.
    case parse
    /// Who signed it, and is the signature good.
    case identify
    /// May they.
    case authorize
    /// The last of ``authorize``, once more when something it waited for is there.
    case decide
    /// To the store, or to the part of the gateway that answers by itself.
    case forward
    /// To the store, the last of ``forward``.
    case pass
    /// STS: the form is here; verify, decide and answer.
    case query
    case wait
  }

  let worker: Worker
  let snapshot: Snapshot
  let head: RequestHead
  let requestID: RequestID
  let start: NIODeadline
  /// Wall clock at the start: what signatures and policies are compared with.
  let now: UnixTime
  let facts: ConnectionFacts
  /// The client's address. Found once: every statement that asks for it would search the whole of X-Forwarded-For.
  private(set) lazy var sourceAddress = findSourceAddress()

  var connection: HTTPConnectionHandler?
  var service = Service.s3
  var claim: SignatureClaim?
  var verified: VerifiedSignature?
  /// The request brings `Authorization: Negotiate`.
  var negotiates = false
  /// Proved by the ticket that came with this very request.
  var ticket: TicketIdentity?
  var isIdentifiedByTicket = false
  /// The request brings `Authorization: Bearer`.
  var bringsBearer = false
  /// Of the token that came with this very request; not yet anybody.
  var bearerEntry: BearerCache.Entry?
  /// Who that is.
  var bearer: BearerProof?
  var isIdentifiedByBearer = false
  /// What policy asks of whoever takes the role of a ticket or bearer token.
  var ticketObligations = Obligations.none
  var session: OpenedSession?
  var caller = Caller.anonymous
  /// Whom a token that was traded stands for.
  var webIdentity: FederatedIdentity?
  var request: S3Request?
  var queryAction: STSAction?
  var iamAction: IAMAction?
  /// When the code that came with the request was found good.
  var secondFactor: UnixTime?
  /// How often an IAM request was authorized.
  var iamAttempts = 0
  var expectation: PayloadExpectation?
  var authorized: AuthorizedRequest?
  var decision: Decision?
  var failure: ExchangeFailure?

  /// What conditions read beside the head; set once known.
  var bodyTags: [ObjectTag]?
  var locationConstraint: ByteString?
  /// Of the object; for a copy, of its source.
  var storedTags = RequestConditions.StoredTags.notFetched
  /// Of the object that a copy replaces.
  var replacedTags = RequestConditions.StoredTags.notFetched
  /// ``statedLength`` as decisions saw it.
  var decidedLength: UInt64?
  /// Accesses that were decided about beside those of ``request``.
  var furtherAccesses: [Access] = []
  /// The request was allowed, the key is missing, and the caller may not know.
  var hasHiddenMissingKey = false
  var deletions = Deletions()
  /// What policy asks of a request that it lets through.
  var obligations = Obligations.none
  var corsRules: CORSLookup = .notFetched
  var inquiries = PolicyInquiries()

  /// The settings' limit, or less where policy obliges.
  lazy var bodyBytesMax = snapshot.bodyBytesMax
  var body = RequestBody()
  var response = ResponseState()
  var call: (any BackendCall)?
  var backendName: String?
  var upstreamStart = NIODeadline.uptimeNanoseconds(0)
  var upstreamFirstByte: TimeAmount?

  init(connection: HTTPConnectionHandler, worker: Worker, head: RequestHead, start: NIODeadline) {
    self.connection = connection
    self.facts = connection.facts
    self.worker = worker
    self.snapshot = worker.snapshot
    self.head = head
    self.start = start
    self.now = worker.now()
    self.requestID = worker.nextRequestID()
  }

  /// - Parameter failure: why the request is refused before it is looked at.
  func begin(failure: ExchangeFailure?) {
    if let failure { fail(failure) } else { perform(.parse) }
  }

  func perform(_ first: Stage) {
    var stage = first
    do throws(ExchangeFailure) {
      while true {
        switch stage {
        case .parse: stage = try parse()
        case .identify: stage = try identify()
        case .authorize: stage = try authorize()
        case .decide: stage = try decide()
        case .forward: stage = try forward()
        case .pass: stage = try passOn()
        case .query: stage = try query()
        case .wait: return
        }
      }
    } catch {
      fail(error)
    }
  }
}

@available(*, unavailable)
extension Exchange: Sendable {}
