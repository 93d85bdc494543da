import Backend
import HTTPWire
import NIOCore
import S3Model
import SigV4

/// One request to the store, from `start` to its end, over as many connections as safe retries need.
final class S3Call: BackendCall {
  /// What the response is for.
  private enum Purpose {
    case answer
    /// HEAD was refused without saying why: the same as GET, only to read the error's code. Holds HEAD's status.
    case diagnosis(headStatus: UInt16)
  }

  private enum Reading {
    case head
    case streaming
    case collecting(Collection)
  }

  private enum Collection {
    case error
    /// A document that may hold an error although its status is 200, and whose Location must name the gateway.
    case document
  }

  let plan: UpstreamRequestPlan
  private let client: S3BackendClient
  private var receiver: (any BackendReceiver)?
  private var connection: UpstreamConnection?

  // The request
  private var hasAsked = false
  private var isHeadWritten = false
  /// Whether the body is announced and held back; a store that knows no expectations is asked without.
  private var announcesBody: Bool
  private var isAwaitingContinue = false
  private var continueDeadline = NIODeadline.uptimeNanoseconds(0)
  private var hasBodyBegun = false
  private var isUploadDropped = false
  private var bytesTaken: UInt64 = 0
  private var bytesWritten: UInt64 = 0
  private var pieces: [ByteBuffer] = []
  private var pieceBytes = 0
  private var wasWritable = true

  // The response
  private var purpose = Purpose.answer
  private var reading = Reading.head
  private var responseHead = ResponseHead()
  private var collected: [UInt8] = []
  private var attempts = 0
  private var isReading = true

  /// Bytes that may wait for a connection or for `100 Continue` before the gateway is asked to pause.
  static let queuedBytesMax = 65_536

  init(plan: UpstreamRequestPlan, client: S3BackendClient, receiver: any BackendReceiver) {
    self.plan = plan
    announcesBody = plan.expectsContinue
    self.client = client
    self.receiver = receiver
  }

  private var hasEnded: Bool { receiver == nil }

  // MARK: BackendCall

  /// Large bodies are announced at once; everything else starts with its first byte, so that both leave together.
  func startIfAnnounced() {
    if announcesBody { ask() }
  }

  func send(_ bytes: ByteBuffer) {
    guard !hasEnded, !isUploadDropped else { return }
    bytesTaken += UInt64(bytes.readableBytes)
    guard bytesTaken <= plan.streamedLength else {
      leaveConnection()
      return fail(.brokeOff(reason: "the body is longer than announced"))
    }
    guard bytes.readableBytes > 0 else { return }
    pieces.append(bytes)
    pieceBytes += bytes.readableBytes
    if isHeadWritten { pump() } else { ask() }
    updateWritability()
  }

  func finish() {
    guard !hasEnded, !isUploadDropped else { return }
    guard bytesTaken == plan.streamedLength else {
      // Nothing becomes visible: the store waits for bytes that the closing connection never brings.
      leaveConnection()
      return fail(.brokeOff(reason: "the body ended before its announced length"))
    }
    ask()
  }

  func cancel() {
    guard !hasEnded else { return }
    end()
    leaveConnection()
  }

  func setReading(_ isReading: Bool) {
    self.isReading = isReading
    if case .streaming = reading { connection?.setReading(isReading) }
  }

  // MARK: The request

  /// Whether every byte of the request has gone out.
  var isRequestComplete: Bool { isHeadWritten && bytesWritten == plan.streamedLength }

  private func ask() {
    // A refused request waits for its refusal, which comes after `start`; the store never hears of it.
    guard !hasAsked, plan.refusal == nil else { return }
    hasAsked = true
    client.lease(self)
  }

  /// The pool's answer to ``ask()``.
  func connectionIsReady(_ connection: UpstreamConnection) {
    self.connection = connection
    attempts += 1
    let isDiagnosis = if case .diagnosis = purpose { true } else { false }
    do throws(SigV4Error) {
      let head = try client.head(of: self, announcesBody: announcesBody, isDiagnosis: isDiagnosis)
      connection.attach(self, isHead: plan.method == .head && !isDiagnosis)
      connection.write(head)
    } catch {
      // Nothing was written, so the connection can serve others.
      self.connection = nil
      client.release(connection)
      return fail(.unavailable(reason: "cannot sign: \(error)"))
    }
    isHeadWritten = true
    if announcesBody {
      isAwaitingContinue = true
      continueDeadline = .now() + client.continueTimeout
      connection.flush()
    } else {
      pump()
    }
    updateWritability()
  }

  /// Writes what is queued, and flushes the head with it.
  private func pump() {
    guard let connection, isHeadWritten, !isAwaitingContinue else { return }
    for piece in pieces {
      bytesWritten += UInt64(piece.readableBytes)
      connection.write(piece)
    }
    if !pieces.isEmpty { hasBodyBegun = true }
    pieces.removeAll(keepingCapacity: true)
    pieceBytes = 0
    connection.flush()
  }

  private func updateWritability() {
    guard plan.streamedLength > 0, let receiver else { return }
    let isWritable =
      if let connection, isHeadWritten, !isAwaitingContinue { connection.isWritable } else {
        pieceBytes < Self.queuedBytesMax
      }
    guard isWritable != wasWritable else { return }
    wasWritable = isWritable
    receiver.backendIsWritable(isWritable)
  }

  func connectionWritabilityChanged() { updateWritability() }

  // MARK: The response

  func connection(_ connection: UpstreamConnection, didReceiveInterim status: UInt16) {
    guard status == 100 else { return }
    sendAnnouncedBody()
  }

  private func sendAnnouncedBody() {
    guard isAwaitingContinue else { return }
    isAwaitingContinue = false
    pump()
    updateWritability()
  }

  func connection(_ connection: UpstreamConnection, didReceiveHead head: ResponseHead) {
    if head.status == 417, announcesBody, !hasBodyBegun {
      announcesBody = false
      connection.abandon()
      prepareNextAttempt()
      client.lease(self)
      return
    }
    let isEarly = !isRequestComplete
    isAwaitingContinue = false
    if isEarly {
      // Success for a body that the store has not seen is no success.
      guard head.status >= 300 else {
        connection.abandon()
        return fail(.malformedResponse(reason: "the store answered before the request was complete"))
      }
      isUploadDropped = true
      pieces = []
    }
    if case .diagnosis(let headStatus) = purpose {
      guard head.status >= 400 else {
        connection.abandon()
        return fail(.refused(ErrorResponse.ofHead(status: headStatus, request: plan.request)))
      }
      responseHead = head
      reading = .collecting(.error)
      return
    }
    switch head.status {
    case 200, 201, 202, 204, 206, 304:
      beginAnswer(head, on: connection)
    default:
      responseHead = head
      reading = .collecting(.error)
    }
  }

  private func beginAnswer(_ head: ResponseHead, on connection: UpstreamConnection) {
    if plan.collectsAnswer, head.status == 200 {
      responseHead = head
      reading = .collecting(.document)
      return
    }
    guard head.framing != .untilClose else {
      // Without a length a body cut short looks complete.
      connection.abandon()
      return fail(.malformedResponse(reason: "a response without a length"))
    }
    reading = .streaming
    let length: UInt64? =
      switch head.framing {
      case .contentLength(let length): length
      case .none: plan.method == .head ? head.contentLength : 0
      case .chunked, .untilClose: nil
      }
    let response = BackendResponse(
      status: head.status, fields: ResponseTranslator.fields(of: head, for: plan.request), contentLength: length)
    receiver?.backendDidRespond(response)
    // The receiver may have paused, or ended the call.
    if !isReading { self.connection?.setReading(false) }
  }

  func connection(_ connection: UpstreamConnection, didReceiveBody bytes: ByteBuffer) {
    switch reading {
    case .streaming: receiver?.backendDidReceive(bytes)
    case .collecting(let collection):
      guard collected.count + bytes.readableBytes <= client.documentBytesMax else {
        connection.abandon()
        switch collection {
        case .error: return finishCollected(collection)
        case .document: return fail(.malformedResponse(reason: "a response document above the limit"))
        }
      }
      collected.append(contentsOf: bytes.readableBytesView)
    case .head: break
    }
  }

  func connectionDidComplete() {
    connection = nil
    switch reading {
    case .streaming:
      let receiver = end()
      receiver?.backendDidFinish()
    case .collecting(let collection): finishCollected(collection)
    case .head: break
    }
  }

  private func finishCollected(_ collection: Collection) {
    connection = nil
    if case .diagnosis(let headStatus) = purpose {
      let refused = ErrorResponse.ofHead(status: headStatus, request: plan.request)
      switch ErrorResponse.failure(head: responseHead, document: collected, request: plan.request) {
      case .credentialsRefused(let code): return fail(.credentialsRefused(storeCode: code))
      default: return fail(.refused(refused))
      }
    }
    switch collection {
    case .error:
      if plan.method == .head, responseHead.status == 403 || responseHead.status == 400 { return diagnose() }
      fail(ErrorResponse.failure(head: responseHead, document: collected, request: plan.request))
    case .document:
      switch ResponseTranslator.document(collected, head: responseHead, for: plan.request) {
      case .failure(let failure): fail(failure)
      case .success(let document):
        let response = BackendResponse(
          status: responseHead.status, fields: ResponseTranslator.fields(of: responseHead, for: plan.request),
          contentLength: UInt64(document.count))
        deliver(response, document)
      }
    }
  }

  private func deliver(_ response: BackendResponse, _ document: [UInt8]) {
    receiver?.backendDidRespond(response)
    guard let receiver else { return }
    if !document.isEmpty { receiver.backendDidReceive(ByteBuffer(bytes: document)) }
    end()?.backendDidFinish()
  }

  /// HEAD's answers have no document, so they do not tell whether the client's access or Martlet's own credentials
  /// were refused; GET's do.
  private func diagnose() {
    purpose = .diagnosis(headStatus: responseHead.status)
    prepareNextAttempt()
    client.lease(self)
  }

  // MARK: Failure and retries

  func connection(_ connection: UpstreamConnection, didFail failure: UpstreamFailure) {
    self.connection = nil
    switch reading {
    case .streaming: fail(.brokeOff(reason: failure.reason))
    case .collecting(.error): finishCollected(.error)
    case .collecting(.document): fail(failure.asBackendFailure)
    case .head:
      if canRepeat(after: failure) {
        prepareNextAttempt()
        client.lease(self)
      } else {
        fail(failure.asBackendFailure)
      }
    }
  }

  /// The request cannot be put to this store at all.
  func refuse(_ failure: BackendFailure) {
    guard !hasEnded else { return }
    fail(failure)
  }

  /// The pool gave up on finding a connection.
  func connectionUnavailable(_ failure: UpstreamFailure) {
    guard !hasEnded else { return }
    fail(failure.asBackendFailure)
  }

  /// Only requests whose repetition cannot do anything twice, and only when the store cannot have begun to answer.
  private func canRepeat(after failure: UpstreamFailure) -> Bool {
    guard !hasEnded, attempts <= client.retriesMax, !hasBodyBegun, plan.isRepeatable else { return false }
    switch failure {
    case .connectionClosed, .connectionFailed: return true
    case .connectFailed, .timedOut, .queueFull, .malformed, .unexpectedBytes: return false
    }
  }

  private func prepareNextAttempt() {
    connection = nil
    isHeadWritten = false
    isAwaitingContinue = false
    reading = .head
    collected = []
  }

  // MARK: Time

  /// - Returns: what timed out, after which the caller ends the call.
  func expired(at now: NIODeadline, lastProgress: NIODeadline) -> UpstreamFailure? {
    if isAwaitingContinue {
      if now >= continueDeadline { sendAnnouncedBody() }
      return nil
    }
    if !isRequestComplete, !isUploadDropped {
      // A writable connection means that the client is the slow side, and that is the gateway's to watch.
      guard let connection, !connection.isWritable else { return nil }
      return now >= lastProgress + client.idleTimeout ? .timedOut(.idle) : nil
    }
    switch reading {
    case .head: return now >= lastProgress + client.responseTimeout ? .timedOut(.response) : nil
    case .streaming where !isReading: return nil
    case .streaming, .collecting:
      return now >= lastProgress + client.idleTimeout ? .timedOut(.idle) : nil
    }
  }

  // MARK: The end

  private func leaveConnection() {
    if let connection {
      self.connection = nil
      connection.abandon()
    } else {
      client.cancelLease(self)
    }
  }

  private func fail(_ failure: BackendFailure) {
    client.note(failure)
    end()?.backendDidFail(failure)
  }

  @discardableResult
  private func end() -> (any BackendReceiver)? {
    defer { receiver = nil }
    pieces = []
    return receiver
  }
}

@available(*, unavailable)
extension S3Call: Sendable {}
