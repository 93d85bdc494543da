public import Authorization
public import Cryptography
public import IAMPolicy
public import S3Model

/// Performs the actions of STS: pure, over one snapshot's pieces.
public struct STSService: Sendable {
  public let authorization: AuthorizationSnapshot
  /// The ring key that seals, and its id.
  public let sealingKeyID: ByteString
  public let sealingKey: AESGCMKey
  /// The longest token, in bytes on the wire.
  public let tokenBytesMax: Int
  /// Whether a long-lived access key of that id belongs to the account.
  private let hasAccessKey: @Sendable (ByteString) -> Bool

  public init(
    authorization: AuthorizationSnapshot, sealingKeyID: ByteString, sealingKey: AESGCMKey,
    tokenBytesMax: Int = SealedSession.tokenBytesMaxDefault, hasAccessKey: @escaping @Sendable (ByteString) -> Bool
  ) {
    self.authorization = authorization
    self.sealingKeyID = sealingKeyID
    self.sealingKey = sealingKey
    self.tokenBytesMax = tokenBytesMax
    self.hasAccessKey = hasAccessKey
  }

  public var account: AccountID { authorization.account }

  /// Performs one action.
  /// - Parameters:
  ///   - context: what the request says; the caller's keys, the time, the `sts:*` keys and request tags are added.
  ///   - now: in milliseconds since 1970.
  ///   - seed: fresh randomness; used by actions that make a session.
  ///   - secondFactor: when the request's `SerialNumber` and `TokenCode` were found good; nil refuses such a request.
  ///   - decisions: takes what is decided.
  public func perform(
    _ request: STSRequest, caller: STSCaller, context: some RequestFacts, atMilliseconds now: Int64,
    seed: SessionSeed, secondFactor: PolicyDate? = nil, decisions: inout STSDecisions
  ) throws(STSError) -> STSResponse {
    guard caller.caller.principal.account != nil else { throw .anonymous }
    if let session = caller.session, !session.mayCall(.sts(request.action)) {
      throw .sessionMayNotCall(request.action)
    }
    if caller.caller.serviceAccount != nil, !Self.isOpenToServiceAccounts(request.action) {
      throw .serviceAccountMayNotCall(request.action)
    }
    if request.secondFactor != nil, secondFactor == nil { throw .secondFactorFailed }
    let caller = secondFactor.map { caller.with(secondFactor: $0) } ?? caller
    switch request {
    case .assumeRole(let input): return .assumeRole(try assumeRole(input, caller, context, now, seed, &decisions))
    case .getSessionToken(let input):
      return .getSessionToken(try getSessionToken(input, caller, context, now, seed, &decisions))
    case .getCallerIdentity:
      try ask(.getCallerIdentity, caller, STSConditions(base: context), now, &decisions)
      return .getCallerIdentity(userID: caller.caller.userID, account: account, arn: caller.callerARN)
    case .getFederationToken(let input):
      return .getFederationToken(try getFederationToken(input, caller, context, now, seed, &decisions))
    // The token is verified first, which takes its time: see `assumeRole(_:_:context:…)`.
    case .assumeRoleWithWebIdentity, .assumeRoleWithCustomToken, .assumeRoleWithKerberos, .assumeRoleWithLDAPIdentity,
      .assumeRoleWithCertificate:
      throw .federation(.invalidToken)
    case .getAccessKeyInfo(let accessKeyID):
      try authorize(.getAccessKeyInfo, "*", nil, caller, STSConditions(base: context), now, &decisions)
      guard hasAccessKey(accessKeyID) || SessionSeed.isTemporary(accessKeyID) else { throw .unknownAccessKey }
      return .getAccessKeyInfo(account: account)
    }
  }

  /// A session would shed the service account's policy, or outlive what it hangs on.
  private static func isOpenToServiceAccounts(_ action: STSAction) -> Bool {
    action == .getCallerIdentity || action == .getAccessKeyInfo
  }

  /// - Parameter trustPolicy: of the role, for actions on one: without an allow there, identity policies count nothing.
  func authorize(
    _ action: STSAction, _ resource: ByteString, _ trustPolicy: CompiledPolicy?, _ caller: STSCaller,
    _ conditions: some RequestFacts, _ now: Int64, _ decisions: inout STSDecisions
  ) throws(STSError) {
    let decision = decisions.take(
      Authorizer.decide(
        action, on: resource, trustPolicy: trustPolicy, caller.caller, authorization,
        at: PolicyDate(milliseconds: now), conditions))
    try check(decision, action, resource, caller)
  }

  /// AWS asks no permission for these, not even in the face of an explicit deny: only Rego has a say.
  func ask(
    _ action: STSAction, _ caller: STSCaller, _ conditions: some RequestFacts, _ now: Int64,
    _ decisions: inout STSDecisions
  ) throws(STSError) {
    let decision = Authorizer.decideWithoutPermission(
      Access(action: .sts(action), resource: "*"), caller.caller, authorization, at: PolicyDate(milliseconds: now),
      conditions)
    guard let decision else { return }
    try check(decisions.take(decision), action, "*", caller)
  }

  private func check(
    _ decision: Decision, _ action: STSAction, _ resource: ByteString, _ caller: STSCaller
  ) throws(STSError) {
    if decision.isAllowed { return }
    if let question = decision.question { throw .needsAnswer(question) }
    throw .accessDenied(
      STSDenial(callerARN: caller.callerARN, action: action, resource: resource, reason: decision.description))
  }

  func seal(_ content: SessionToken, _ seed: SessionSeed) throws(STSError) -> SealedSession {
    do throws(SessionTokenError) {
      return try SealedSession(
        content, seed: seed, keyID: sealingKeyID, key: sealingKey, tokenBytesMax: tokenBytesMax)
    } catch {
      switch error {
      case .packedPolicyTooLarge(let percent): throw .packedPolicyTooLarge(percent: percent)
      case .invalid, .expired, .contentOutOfBounds, .cryptography: throw .internalFailure
      }
    }
  }

  /// Checks a session policy and the existence of managed ones; gives the document as it is sealed.
  func sessionPolicy(_ document: ByteString?, _ arns: [ByteString]) throws(STSError) -> ByteString? {
    for arn in arns where authorization.managedPolicy(arn: arn) == nil { throw .unknownPolicyARN(arn) }
    guard let document else { return nil }
    do throws(PolicyError) {
      _ = try CompiledPolicy(parsing: document.bytes, name: "session policy", kind: .session)
    } catch {
      throw .malformedPolicyDocument(reason: error.description)
    }
    return SessionPolicyInput.compacted(document)
  }
}
