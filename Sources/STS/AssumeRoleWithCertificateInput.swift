public import S3Model
import S3Wire

/// AssumeRoleWithCertificate's parameters, checked: MinIO's, with a role besides. The proof is the connection's client
/// certificate. Source: MinIO, "AssumeRoleWithCertificate".
public struct AssumeRoleWithCertificateInput: Sendable {
  /// Name of the provider; nil for the first whose authorities the certificate leads to.
  public var provider: ByteString?
  /// Nil for what the provider's mapping gives.
  public var roleARN: ByteString?
  /// Empty without a role.
  public var sessionName: ByteString
  /// In seconds; nil when the request names none, which means 3600. The certificate's end comes first.
  public var durationSeconds: Int?
  public var policy: ByteString?
  public var policyARNs: [ByteString]

  init(_ checker: inout ParameterChecker) throws(STSError) {
    provider = checker.optional("ProviderId", length: 1...64, .name)
    roleARN = checker.optional("RoleArn", length: 20...2048, .arn)
    sessionName =
      roleARN == nil
      ? checker.optional("RoleSessionName", length: 2...64, .name) ?? ""
      : checker.required("RoleSessionName", length: 2...64, .name)
    durationSeconds = checker.seconds("DurationSeconds", 900...43200)
    policy = checker.optional("Policy", length: 1...SessionTokenLimits.policyCharactersMax, .policy)
    policyARNs = checker.policyARNs()
    try checker.verify()
    try SessionPolicyInput.checkLength(policy, policyARNs)
  }
}
