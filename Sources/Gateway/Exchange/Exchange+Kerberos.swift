import Authorization
import Backend
import Cryptography
import HTTPWire
import IAMPolicy
import Identity
import Kerberos
import Logging
import NIOCore
import S3Model
import S3Wire
import STS
import SigV4

/// `Authorization: Negotiate`: each request brings a ticket of its own and waits while it is verified; a connection is
/// never anybody's. Source: RFC 4559.
extension Exchange {
  // MARK: The token

  /// What the client sent behind `Negotiate`.
  private func negotiateToken() throws(KerberosError) -> NegotiateToken {
    guard let value = head.fields.first(.authorization) else { throw .notKerberos }
    let decoded = head.fields.withBytes(value) { bytes -> [UInt8]? in
      let start = bytes.firstIndex(of: 0x20) ?? bytes.endIndex
      let text = bytes[start...].drop { $0 == 0x20 }
      return Array(text).withUnsafeBufferPointer { Base64.decode($0, .standard) }
    }
    guard let decoded else { throw .notKerberos }
    return try NegotiateToken(decoded)
  }

  /// Has the ticket verified off this loop; the exchange goes on with it, or ends.
  private func verifyTicket(then: @escaping (Exchange) -> Void) throws(ExchangeFailure) {
    let isForS3 = service == .s3
    let token: NegotiateToken
    do throws(KerberosError) {
      token = try negotiateToken()
    } catch {
      throw ticketFailure(.invalidToken)
    }
    let federation = snapshot.federation
    let binding = connection?.certificateDigest().map { ChannelBinding(certificateDigest: $0) }
    let seconds = worker.now().seconds
    var log = worker.log
    log[metadataKey: "request_id"] = .string(requestID.text)
    let promise = worker.eventLoop.makePromise(of: Result<TicketIdentity, FederationRefusal>.self)
    promise.completeWithTask { [log] in
      do throws(FederationRefusal) {
        return .success(
          try await federation.identity(of: token, binding: binding, forS3: isForS3, atSeconds: seconds, log: log))
      } catch {
        return .failure(error)
      }
    }
    let bound = NIOLoopBound((exchange: self, then: then), eventLoop: worker.eventLoop)
    promise.futureResult.whenComplete { result in
      let (exchange, then) = bound.value
      guard !exchange.response.isOver, exchange.failure == nil else { return }
      switch result {
      case .success(.success(let identity)):
        // Verifying may have taken its time, and the provider may be gone.
        guard exchange.worker.snapshot.federation.knows(identity.identity.providerID) else {
          return exchange.fail(exchange.ticketFailure(.invalidToken))
        }
        exchange.ticket = identity
        if !identity.ticket.answer.isEmpty {
          var fields = ResponseFields()
          fields.append(.wwwAuthenticate, "Negotiate " + Base64.encode(identity.ticket.answer))
          exchange.response.extraFields += fields.bytes
        }
        then(exchange)
      case .success(.failure(let refusal)): exchange.fail(exchange.ticketFailure(refusal))
      case .failure: exchange.fail(exchange.ticketFailure(.providerUnreachable))
      }
    }
  }

  private func ticketFailure(_ refusal: FederationRefusal) -> ExchangeFailure {
    service == .s3 ? .ticketRefused(refusal) : .sts(.federation(refusal))
  }

  // MARK: STS

  func beginKerberos(_ input: AssumeRoleWithKerberosInput) throws(ExchangeFailure) {
    guard snapshot.federation.takesTickets else { throw .unsupportedAuthorization }
    guard negotiates else { throw .ticketRequired }
    // Browsers bring tickets without being asked by anybody who sits before them.
    guard !isFromForeignPage else { throw .foreignPage }
    try verifyTicket { $0.finishKerberos(input) }
  }

  private func finishKerberos(_ input: AssumeRoleWithKerberosInput) {
    do throws(ExchangeFailure) {
      guard let ticket else { throw .sts(.internalFailure) }
      var decisions = STSDecisions()
      let answer: STSResponse
      do throws(STSError) {
        defer { decision = decisions.decision }
        answer = try snapshot.sts.assumeRole(
          input, ticket.identity, roles: ticket.roles, context: baseConditions,
          atMilliseconds: worker.now().milliseconds, seed: try worker.sessionSeed(), decisions: &decisions)
      } catch {
        if case .needsAnswer(let question) = error {
          decision = nil
          ask(question) { $0.finishKerberos(input) }
          return
        }
        throw .sts(error)
      }
      try take(decisions.obligations)
      if let issued = decisions.issued { note(issued) }
      respond(status: 200, contentType: "text/xml", body: answer.xml(requestID: ByteString(requestID.text)))
    } catch {
      fail(error)
    }
  }

  // MARK: S3

  /// Ticket to caller: the first of the provider's roles that trusts the principal.
  /// - Returns: the stage to wait in; nil when the caller is known.
  func identifyByTicket() throws(ExchangeFailure) -> Stage? {
    guard negotiates, !isIdentifiedByTicket else { return nil }
    guard let ticket else {
      // A signature beside the ticket would be a second caller.
      guard request?.operation != .postObject, !head.fields.contains(.xAmzSecurityToken) else {
        throw .signature(.severalMechanisms)
      }
      let isForeign = isFromForeignPage
      // Pages without a name are allowed by no rule.
      if isForeign, !head.fields.contains(.origin) || request?.bucket == nil { throw .foreignPage }
      try verifyTicket { exchange in
        if isForeign { exchange.askRulesAboutPage() } else { exchange.perform(.identify) }
      }
      return .wait
    }
    var decisions = STSDecisions()
    let now = worker.now()
    let issued: IssuedSession
    do throws(STSError) {
      defer { decision = decisions.decision }
      let wanted = FederatedRole(
        roleARN: "", sessionName: ticket.identity.sessionName, action: .assumeRoleWithKerberos)
      issued = try snapshot.sts.firstSession(
        of: ticket.roles, wanted, ticket.identity, context: baseConditions, atMilliseconds: now.milliseconds,
        accessKeyID: "", decisions: &decisions)
    } catch {
      switch error {
      case .needsAnswer(let question):
        decision = nil
        ask(question) { $0.perform(.identify) }
        return .wait
      case .federatedAccessDenied: throw .ticketRefused(.rejected)
      case .federation(let refusal): throw .ticketRefused(refusal)
      default: throw .sts(error)
      }
    }
    ticketObligations = decisions.obligations
    do throws(SessionRefusal) {
      caller = try issued.token.caller(
        snapshot.authorization, snapshot.identities.revocations, atMilliseconds: now.milliseconds)
    } catch {
      worker.log.info("a ticket's role is refused", metadata: ["reason": "\(error)"])
      throw .revokedToken
    }
    decision = nil
    isIdentifiedByTicket = true
    return nil
  }

  /// A page of another origin: only where the bucket's rules name that origin. `*` does not: it is for requests that
  /// are nobody's (Fetch, "CORS protocol and credentials").
  private func askRulesAboutPage() {
    do throws(ExchangeFailure) {
      try lookUpCORSRules { exchange in
        let origin = exchange.head.fields.string(.origin) ?? ""
        let method = exchange.head.fields.string(exchange.head.methodRange)
        guard case .rules(let rules) = exchange.corsRules, let rule = rules.rule(origin: origin, method: method),
          !rule.allowsEveryOrigin
        else { return exchange.fail(.foreignPage) }
        // Fetched once more where the answer needs them: the caller's headers are added there.
        exchange.corsRules = .notFetched
        exchange.perform(.identify)
      }
    } catch {
      fail(error)
    }
  }

  /// Whether a browser sends this for a page of another origin than this gateway.
  /// Source: Fetch, `Origin`; Fetch Metadata Request Headers, `Sec-Fetch-Site`.
  var isFromForeignPage: Bool {
    let fields = head.fields
    for field in fields.fields {
      if field.id == .origin {
        let isOwn = fields.withBytes(field.value) { origin in
          guard let host = fields.first(.host) else { return false }
          return fields.withBytes(host) { host in
            origin.count == host.count + 8 && origin.starts(with: "https://".utf8)
              && zip(origin.dropFirst(8), host).allSatisfy { ASCII.lowercased($0) == ASCII.lowercased($1) }
          }
        }
        if !isOwn { return true }
      } else if fields.equals(field.name, "sec-fetch-site") {
        guard fields.equals(field.value, "same-origin") || fields.equals(field.value, "none") else { return true }
      }
    }
    return false
  }

  /// Whether a refusal tells the client to come with a ticket: it has brought nothing, and that is why.
  func asksForTicket(_ failure: ExchangeFailure) -> Bool {
    switch failure {
    case .ticketRequired: return true
    case .denied:
      return service == .s3 && claim == nil && !negotiates && snapshot.federation.takesTicketsOnS3
        && !head.fields.contains(.authorization)
    default: return false
    }
  }
}
