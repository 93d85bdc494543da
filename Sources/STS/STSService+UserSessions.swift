import Authorization
import IAMPolicy
import S3Model

/// Sessions of users themselves; only long-lived keys get here.
extension STSService {
  /// Twelve hours, when the request names no duration.
  static let userSecondsDefault = 43_200
  /// AWS shortens sessions of root to an hour without a word.
  static let rootSecondsMax = 3600

  func getSessionToken(
    _ input: GetSessionTokenInput, _ caller: STSCaller, _ context: some RequestFacts, _ now: Int64,
    _ seed: SessionSeed, _ decisions: inout STSDecisions
  ) throws(STSError) -> STSCredentials {
    let conditions = STSConditions(base: context, durationSeconds: input.durationSeconds)
    try ask(.getSessionToken, caller, conditions, now, &decisions)
    let content = SessionToken(
      kind: .userSession, accessKeyID: seed.accessKeyID, principalID: caller.principalID,
      issuingKeyID: caller.issuingKeyID, mfaSeconds: caller.mfaSeconds, issuedMilliseconds: now,
      expirySeconds: now / 1000 + Self.seconds(input.durationSeconds, caller))
    let sealed = try seal(content, seed)
    decisions.issued = IssuedSession(token: content, arn: caller.callerARN)
    return STSCredentials(session: sealed, expirySeconds: content.expirySeconds)
  }

  func getFederationToken(
    _ input: GetFederationTokenInput, _ caller: STSCaller, _ context: some RequestFacts, _ now: Int64,
    _ seed: SessionSeed, _ decisions: inout STSDecisions
  ) throws(STSError) -> STSResponse.FederatedUser {
    let arn = ARN.federatedUser(input.name.text, account: account)
    let conditions = STSConditions(base: context, durationSeconds: input.durationSeconds, tags: input.tags)
    try authorize(.getFederationToken, arn, nil, caller, conditions, now, &decisions)
    if !input.tags.isEmpty { try authorize(.tagSession, arn, nil, caller, conditions, now, &decisions) }
    let content = SessionToken(
      kind: .federatedUser, accessKeyID: seed.accessKeyID, principalID: caller.principalID,
      issuingKeyID: caller.issuingKeyID, sessionName: input.name,
      policy: try sessionPolicy(input.policy, input.policyARNs), policyARNs: input.policyARNs, tags: input.tags,
      issuedMilliseconds: now, expirySeconds: now / 1000 + Self.seconds(input.durationSeconds, caller))
    let sealed = try seal(content, seed)
    decisions.issued = IssuedSession(token: content, arn: arn)
    return STSResponse.FederatedUser(
      credentials: STSCredentials(session: sealed, expirySeconds: content.expirySeconds),
      federatedUserID: ByteString(account.bytes.bytes + [UInt8(ascii: ":")] + input.name.bytes), arn: arn,
      packedPolicyPercent: sealed.packedPolicyPercent)
  }

  private static func seconds(_ asked: Int?, _ caller: STSCaller) -> Int64 {
    let seconds = asked ?? userSecondsDefault
    return Int64(caller.caller.isRoot ? min(seconds, rootSecondsMax) : seconds)
  }
}
