public import Authorization
import Cryptography
public import S3Model

extension STSService {
  /// AssumeRoleWithKerberos: a role for somebody with a ticket.
  /// - Parameters:
  ///   - identity: from the verified ticket.
  ///   - roles: ARNs of those that somebody who names none may have: the first whose trust policy allows it is taken.
  public func assumeRole(
    _ input: AssumeRoleWithKerberosInput, _ identity: FederatedIdentity, roles: [ByteString],
    context: some RequestFacts, atMilliseconds now: Int64, seed: SessionSeed, decisions: inout STSDecisions
  ) throws(STSError) -> STSResponse {
    var wanted = FederatedRole(
      roleARN: "", sessionName: input.sessionName ?? identity.sessionName, durationSeconds: input.durationSeconds,
      policy: input.policy, policyARNs: input.policyARNs, action: .assumeRoleWithKerberos)
    let issued: IssuedSession
    if let roleARN = input.roleARN {
      wanted.roleARN = roleARN
      issued = try session(
        of: wanted, identity, context: context, atMilliseconds: now, accessKeyID: seed.accessKeyID,
        decisions: &decisions)
    } else {
      issued = try firstSession(
        of: roles, wanted, identity, context: context, atMilliseconds: now, accessKeyID: seed.accessKeyID,
        decisions: &decisions)
    }
    let assumed = try assumedRole(issued, seed)
    decisions.issued = issued
    return .assumeRoleWithKerberos(assumed, principal: identity.subject)
  }

  /// The first of several roles that trusts the caller, or else what the provider's mapping gives without any.
  /// - Parameter wanted: all but the role.
  public func firstSession(
    of roles: [ByteString], _ wanted: FederatedRole, _ identity: FederatedIdentity, context: some RequestFacts,
    atMilliseconds now: Int64, accessKeyID: ByteString, decisions: inout STSDecisions
  ) throws(STSError) -> IssuedSession {
    var wanted = wanted
    for role in roles {
      wanted.roleARN = role
      // What was decided about roles that somebody did not get is no part of what they did get.
      var attempt = STSDecisions()
      do throws(STSError) {
        defer { decisions = attempt }
        return try session(
          of: wanted, identity, context: context, atMilliseconds: now, accessKeyID: accessKeyID, decisions: &attempt)
      } catch .federatedAccessDenied {
        continue
      }
    }
    return try mappedSession(
      wanted, identity, context: context, atMilliseconds: now, accessKeyID: accessKeyID, decisions: &decisions)
  }
}

extension FederatedIdentity {
  /// A role session's name for the subject, in the characters that such names have.
  public var sessionName: ByteString {
    var bytes = subject.bytes.prefix(64).map { byte -> UInt8 in
      switch byte {
      case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x2B, 0x3D, 0x2C, 0x2E, 0x40, 0x5F, 0x2D: byte
      default: 0x2D
      }
    }
    while bytes.count < 2 { bytes.append(0x2D) }
    if bytes == subject.bytes { return ByteString(bytes) }
    // Two subjects that differ only in what such names cannot have stay two.
    let digest = SHA256Hasher.hash(subject.bytes).description.prefix(24)
    return ByteString(Array(bytes.prefix(39)) + Array("-\(digest)".utf8))
  }
}

extension SessionToken {
  /// Who a session stands for whose token was never sealed, after checking that it counts.
  public func caller(
    _ snapshot: AuthorizationSnapshot, _ revocations: RevocationRules, atMilliseconds now: Int64
  ) throws(SessionRefusal) -> Caller {
    try checkStatus(snapshot, revocations, atMilliseconds: now) { _ in false }
    do throws(SessionFault) {
      return try snapshot.caller(for: sessionDescription)
    } catch {
      throw .gone(error)
    }
  }
}
