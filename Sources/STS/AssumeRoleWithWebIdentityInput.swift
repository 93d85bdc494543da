public import S3Model
import S3Wire

/// AssumeRoleWithWebIdentity's parameters, checked. The request is not signed: the token is the proof.
///
/// AssumeRoleWithClientGrants, MinIO's, is the same by an access token under another name.
public struct AssumeRoleWithWebIdentityInput: Sendable {
  /// AssumeRoleWithWebIdentity or AssumeRoleWithClientGrants.
  public var action: STSAction
  /// Nil for what the provider's mapping gives. AWS wants a role, MinIO's clients name none.
  public var roleARN: ByteString?
  /// Empty without a role.
  public var sessionName: ByteString
  /// Never logged.
  public var token: ByteString
  /// Host name of an OAuth 2.0 provider; AWS knows two such, neither of which is here.
  public var providerID: ByteString?
  /// In seconds; nil when the request names none, which means 3600.
  public var durationSeconds: Int?
  public var policy: ByteString?
  public var policyARNs: [ByteString]

  init(_ action: STSAction, _ checker: inout ParameterChecker) throws(STSError) {
    self.action = action
    let tokenName = action == .assumeRoleWithClientGrants ? "Token" : "WebIdentityToken"
    roleARN = checker.optional("RoleArn", length: 20...2048, .arn)
    sessionName =
      roleARN == nil
      ? checker.optional("RoleSessionName", length: 2...64, .name) ?? ""
      : checker.required("RoleSessionName", length: 2...64, .name)
    token = checker.required(tokenName, length: 4...20_000, .arn, isSecret: true)
    providerID = checker.optional("ProviderId", length: 4...2048, .arn)
    durationSeconds = checker.seconds("DurationSeconds", 900...43200)
    policy = checker.optional("Policy", length: 1...SessionTokenLimits.policyCharactersMax, .policy)
    policyARNs = checker.policyARNs()
    try checker.verify()
    try SessionPolicyInput.checkLength(policy, policyARNs)
  }
}
