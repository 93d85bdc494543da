public import Authorization
import IAMPolicy
public import S3Model

extension STSService {
  /// A session without a role for somebody whom a provider vouches for: what the provider's mapping gives to the claims,
  /// now and on each request; not sealed yet.
  ///
  /// The mapping must give something, and Rego may refuse. What the policies are that it names counts later.
  /// - Parameters:
  ///   - wanted: its role and session name are not looked at.
  ///   - identity: proved by the provider's verifier.
  ///   - accessKeyID: of the session.
  public func mappedSession(
    _ wanted: FederatedRole, _ identity: FederatedIdentity, context: some RequestFacts, atMilliseconds now: Int64,
    accessKeyID: ByteString, decisions: inout STSDecisions
  ) throws(STSError) -> IssuedSession {
    let end = try Self.end(wanted.durationSeconds ?? Self.roleSecondsDefault, identity, now)
    let content = SessionToken(
      kind: .federatedIdentity, accessKeyID: accessKeyID, principalID: "", providerID: identity.providerID,
      policy: try sessionPolicy(wanted.policy, wanted.policyARNs), policyARNs: wanted.policyARNs, tags: identity.tags,
      sourceIdentity: identity.sourceIdentity, mfaSeconds: identity.mfaSeconds, claims: identity.claims,
      subject: identity.subject, subjectID: identity.subjectID, issuedMilliseconds: now, expirySeconds: end)
    let caller: Caller
    do throws(SessionFault) {
      caller = try authorization.caller(for: content.sessionDescription)
    } catch {
      throw .federatedAccessDenied(wanted.action)
    }
    guard !caller.layers.identity.isEmpty, let arn = caller.principal.callerARN else {
      throw .federatedAccessDenied(wanted.action)
    }
    do throws(STSError) {
      let asking = STSCaller(caller, accessKeyID: "", session: content)
      try ask(wanted.action, asking, STSConditions(base: context), now, &decisions)
    } catch .accessDenied {
      throw .federatedAccessDenied(wanted.action)
    }
    return IssuedSession(token: content, arn: arn)
  }
}
