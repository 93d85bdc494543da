public import S3Model
import S3Wire

/// AssumeRoleWithKerberos's parameters, checked. The proof is the ticket in the request's `Authorization: Negotiate`.
///
/// Like AssumeRoleWithWebIdentity's, but all may be left out: then the first of the provider's roles that trusts the
/// caller is taken, under the caller's own name.
public struct AssumeRoleWithKerberosInput: Sendable {
  public var roleARN: ByteString?
  public var sessionName: ByteString?
  /// In seconds; nil when the request names none, which means 3600. The ticket's end comes first.
  public var durationSeconds: Int?
  public var policy: ByteString?
  public var policyARNs: [ByteString]

  init(_ checker: inout ParameterChecker) throws(STSError) {
    roleARN = checker.optional("RoleArn", length: 20...2048, .arn)
    sessionName = checker.optional("RoleSessionName", length: 2...64, .name)
    durationSeconds = checker.seconds("DurationSeconds", 900...43200)
    policy = checker.optional("Policy", length: 1...SessionTokenLimits.policyCharactersMax, .policy)
    policyARNs = checker.policyARNs()
    try checker.verify()
    try SessionPolicyInput.checkLength(policy, policyARNs)
  }
}
