import Authorization
import Cryptography
import HTTPWire
import IAM
import IAMPolicy
import Logging
import NIOCore
import S3Model
import S3Wire
import STS
import SigV4

/// STS and IAM: the query protocol, signed over its whole bounded body.
extension Exchange {
  /// Parameters are bounded like AWS's: 50 tags and a policy fit well.
  private var formBytesMax: Int { service == .iam ? Self.iamFormBytesMax : FormParameters.bytesMax }
  /// Simulations carry several policies.
  private static let iamFormBytesMax = 524_288

  func beginQuery() throws(ExchangeFailure) -> Stage {
    guard head.fields.equals(head.path, "/") else { throw .unknownService }
    if let claim {
      // What can be refused without the body is refused without it.
      do throws(SigV4Error) {
        try snapshot.verifier.checkScope(claim, service == .iam ? .iam : .sts)
      } catch {
        throw .signature(error)
      }
    } else if !takesUnsignedQueries {
      throw .anonymousNotAllowed
    }
    switch head.method {
    case .post, .get: break
    default: throw .wire(.methodNotAllowed)
    }
    try startBody(.collect(bytesMax: formBytesMax, then: .query))
    return .wait
  }

  /// The body is here: verify, decide, answer.
  func query() throws(ExchangeFailure) -> Stage {
    guard let claim else { return try unsignedQuery() }
    let digest = body.collected.withUnsafeBytes { worker.hasher.digest(of: $0) }
    // By the clock of now: the body may have taken its time.
    _ = try verify(claim, profile: service == .iam ? .iam : .sts, bodyDigest: digest, at: worker.now())
    // Presigned requests have the action and the signature in one query, whatever the method.
    let query = try wire { () throws(S3WireError) in try FormParameters(queryBytes) }
    let form = try wire { () throws(S3WireError) in
      try FormParameters(head.method == .post ? body.collected : [], bytesMax: formBytesMax)
    }
    if service == .iam { return try manage(claim, query, form) }
    var decisions = STSDecisions()
    let answer: STSResponse
    do throws(STSError) {
      defer { decision = decisions.decision }
      let request = try STSRequest(try queryParameters(query, form))
      queryAction = request.action
      // Its proof is the token, whoever signs.
      if case .assumeRoleWithWebIdentity(let input) = request {
        beginWebIdentity(input)
        return .wait
      }
      if case .assumeRoleWithCustomToken(let input) = request {
        beginCustomToken(input)
        return .wait
      }
      if case .assumeRoleWithLDAPIdentity(let input) = request {
        beginLDAPIdentity(input)
        return .wait
      }
      if case .assumeRoleWithCertificate(let input) = request {
        do throws(ExchangeFailure) { try beginCertificate(input) } catch { fail(error) }
        return .wait
      }
      // A signature is no ticket.
      if case .assumeRoleWithKerberos = request { throw STSError.federation(.invalidToken) }
      if let factor = request.secondFactor, secondFactor == nil {
        try verify(factor)
        return .wait
      }
      answer = try snapshot.sts.perform(
        request, caller: stsCaller(claim), context: baseConditions, atMilliseconds: now.milliseconds,
        seed: try worker.sessionSeed(),
        secondFactor: secondFactor.map { PolicyDate(milliseconds: $0.milliseconds) }, decisions: &decisions)
    } catch {
      if case .needsAnswer(let question) = error {
        decision = nil
        ask(question) { $0.perform(.query) }
        return .wait
      }
      throw .sts(error)
    }
    try take(decisions.obligations)
    if let issued = decisions.issued { note(issued) }
    respond(status: 200, contentType: "text/xml", body: answer.xml(requestID: ByteString(requestID.text)))
    return .wait
  }

  /// Has the code of a second factor verified in the store; the exchange goes on with it, or ends.
  private func verify(_ factor: SecondFactorInput) throws(STSError) {
    guard let iam = worker.keeper.iam, let serial = factor.serialNumber, let code = factor.tokenCode else {
      throw .secondFactorFailed
    }
    switch caller.principal.kind {
    case .user, .root: break
    default: throw .secondFactorFailed
    }
    let (userID, time) = (caller.userID, worker.now())
    let promise = worker.eventLoop.makePromise(of: Void.self)
    promise.completeWithTask { try await iam.verify(code, serial: serial, userID: userID, now: time.seconds) }
    promise.futureResult.assumeIsolated().whenComplete { result in
      guard !self.response.isOver, self.failure == nil else { return }
      switch result {
      case .success:
        self.secondFactor = time
        self.perform(.query)
      case .failure(let error):
        self.worker.log.info(
          "a second factor was refused",
          metadata: ["request_id": .string(self.requestID.text), "error": .string("\(error)")])
        self.fail(.sts(.secondFactorFailed))
      }
    }
  }

  private func queryParameters(_ forms: FormParameters...) throws(STSError) -> QueryParameters {
    do throws(QueryParameterError) {
      return try QueryParameters(forms.flatMap(\.parameters).map { (name: $0.name, value: $0.value) })
    } catch {
      throw STSError(error)
    }
  }

  /// Only actions that bring another proof.
  private func unsignedQuery() throws(ExchangeFailure) -> Stage {
    let query = try wire { () throws(S3WireError) in try FormParameters(queryBytes) }
    let form = try wire { () throws(S3WireError) in try FormParameters(head.method == .post ? body.collected : []) }
    let request: STSRequest
    do throws(STSError) {
      request = try STSRequest(try queryParameters(query, form))
    } catch {
      throw .sts(error)
    }
    queryAction = request.action
    switch request {
    case .assumeRoleWithWebIdentity(let input) where !negotiates: beginWebIdentity(input)
    case .assumeRoleWithCustomToken(let input) where !negotiates: beginCustomToken(input)
    case .assumeRoleWithLDAPIdentity(let input) where !negotiates: beginLDAPIdentity(input)
    case .assumeRoleWithCertificate(let input) where !negotiates: try beginCertificate(input)
    case .assumeRoleWithKerberos(let input): try beginKerberos(input)
    default: throw negotiates ? .unsupportedAuthorization : .anonymousNotAllowed
    }
    return .wait
  }

  private var queryBytes: [UInt8] {
    head.query.map { range in head.fields.withBytes(range) { Array($0) } } ?? []
  }

  private func stsCaller(_ claim: SignatureClaim) -> STSCaller {
    STSCaller(caller, accessKeyID: claim.accessKeyID, session: session?.token)
  }
}
