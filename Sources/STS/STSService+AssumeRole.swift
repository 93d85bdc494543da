import Authorization
import IAMPolicy
import S3Model

extension STSService {
  /// Longest session of a role assumed with temporary credentials, in seconds.
  /// Source: IAM User Guide, "Role chaining".
  static let chainedSecondsMax = 3600
  /// What AssumeRole gives when the request names no duration.
  static let roleSecondsDefault = 3600

  func assumeRole(
    _ input: AssumeRoleInput, _ caller: STSCaller, _ context: some RequestFacts, _ now: Int64, _ seed: SessionSeed,
    _ decisions: inout STSDecisions
  ) throws(STSError) -> STSResponse.AssumedRole {
    if caller.caller.isRoot { throw .rootMayNotAssumeRoles }
    guard let arn = ARN(input.roleARN), arn.service.elementsEqual("iam".utf8), arn.region.isEmpty,
      arn.resource.starts(with: "role/".utf8)
    else { throw .invalidRoleARN }

    let parent = caller.session
    let seconds = input.durationSeconds ?? Self.roleSecondsDefault
    // Only its own request's words reach conditions, but a source identity once set is asked about on every hop.
    let sourceIdentity = input.sourceIdentity ?? parent?.sourceIdentity
    // A role that is not there is refused as one that does not trust the caller.
    guard let role = authorization.role(arn: input.roleARN) else {
      throw .accessDenied(
        STSDenial(callerARN: caller.callerARN, action: .assumeRole, resource: input.roleARN, reason: "no such role"))
    }
    let conditions = STSConditions(
      base: context, sessionName: input.sessionName, externalID: input.externalID, sourceIdentity: sourceIdentity,
      durationSeconds: seconds, tags: input.tags, resourceTags: role.tags, roleARN: role.arn)
    try authorize(.assumeRole, role.arn, role.trustPolicy, caller, conditions, now, &decisions)
    if !input.tags.isEmpty {
      try authorize(.tagSession, role.arn, role.trustPolicy, caller, conditions, now, &decisions)
    }
    if sourceIdentity != nil {
      try authorize(.setSourceIdentity, role.arn, role.trustPolicy, caller, conditions, now, &decisions)
    }

    if let set = parent?.sourceIdentity, let asked = input.sourceIdentity, set != asked { throw .sourceIdentityIsSet }
    if parent != nil, seconds > Self.chainedSecondsMax { throw .durationAboveChainingLimit }
    if seconds > role.sessionSecondsMax { throw .durationAboveRoleMaximum }
    let tags = try SessionTagInput.inherited(parent?.tags ?? [], adding: input.tags)
    guard tags.count <= SessionTokenLimits.tagsMax else { throw .tooManyTags }
    var lineage: [SessionAncestor] = []
    if let parent {
      lineage = parent.lineage
      lineage.append(
        SessionAncestor(
          accessKeyID: parent.accessKeyID, roleID: parent.roleID, issuedMilliseconds: parent.issuedMilliseconds))
      guard lineage.count <= SessionTokenLimits.lineageMax else { throw .chainTooLong }
    }

    let content = SessionToken(
      kind: .assumedRole, accessKeyID: seed.accessKeyID, principalID: caller.principalID,
      roleID: role.uniqueID, providerID: parent?.providerID, issuingKeyID: caller.issuingKeyID,
      sessionName: input.sessionName, policy: try sessionPolicy(input.policy, input.policyARNs),
      policyARNs: input.policyARNs, tags: tags, sourceIdentity: sourceIdentity, mfaSeconds: caller.mfaSeconds,
      lineage: lineage, subject: parent?.subject, subjectID: parent?.subjectID,
      issuedMilliseconds: now, expirySeconds: now / 1000 + Int64(seconds))
    let sealed = try seal(content, seed)
    let sessionARN = ARN.assumedRole(role.name.text, session: input.sessionName.text, account: account)
    decisions.issued = IssuedSession(token: content, arn: sessionARN)
    return STSResponse.AssumedRole(
      credentials: STSCredentials(session: sealed, expirySeconds: content.expirySeconds),
      assumedRoleID: ByteString(role.uniqueID.bytes + [UInt8(ascii: ":")] + input.sessionName.bytes),
      arn: sessionARN,
      packedPolicyPercent: sealed.packedPolicyPercent, sourceIdentity: sourceIdentity)
  }
}
