public import S3Model
import S3Wire

/// AssumeRoleWithLDAPIdentity's parameters, checked: MinIO's, with a role besides.
/// Source: MinIO, "AssumeRoleWithLDAPIdentity".
public struct AssumeRoleWithLDAPIdentityInput: Sendable {
  public var username: ByteString
  /// Never logged.
  public var password: ByteString
  /// Name of the directory; nil for the first that knows the name.
  public var provider: ByteString?
  /// Nil for what the directory's mapping gives.
  public var roleARN: ByteString?
  /// Empty without a role.
  public var sessionName: ByteString
  /// In seconds; nil when the request names none, which means 3600.
  public var durationSeconds: Int?
  public var policy: ByteString?
  public var policyARNs: [ByteString]

  init(_ checker: inout ParameterChecker) throws(STSError) {
    // People type one into the field of the other.
    username = checker.required("LDAPUsername", length: 1...256, .text, isSecret: true)
    password = checker.required("LDAPPassword", length: 1...1024, .text, isSecret: true)
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
