public import S3Model
import S3Wire

/// AssumeRoleWithCustomToken's parameters, checked: MinIO's, with a role and session policies besides.
/// Source: MinIO, "AssumeRoleWithCustomToken".
public struct AssumeRoleWithCustomTokenInput: Sendable {
  /// Never logged.
  public var token: ByteString
  /// Name of the webhook; nil where there is only one.
  public var provider: ByteString?
  /// Nil for what the webhook's mapping gives.
  public var roleARN: ByteString?
  /// Empty without a role.
  public var sessionName: ByteString
  /// In seconds; nil when the request names none, which means 3600.
  public var durationSeconds: Int?
  public var policy: ByteString?
  public var policyARNs: [ByteString]

  init(_ checker: inout ParameterChecker) throws(STSError) {
    token = checker.required("Token", length: 1...20_000, .text, isSecret: true)
    roleARN = checker.optional("RoleArn", length: 20...2048, .arn)
    provider = checker.optional("ProviderId", length: 1...64, .name)
    if let arn = roleARN, let name = Self.provider(arn) {
      if provider == nil || provider == name { provider = name } else { throw .invalidRoleARN }
      roleARN = nil
    }
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

  /// The webhook that `arn:minio:iam:::role/idmp-NAME`, MinIO's, or `arn:aws:iam::account:token-provider/NAME` names;
  /// nil for an ARN of anything else.
  private static func provider(_ arn: ByteString) -> ByteString? {
    let minio = Array("arn:minio:iam:::role/idmp-".utf8)
    if arn.bytes.starts(with: minio) { return ByteString(arn.bytes.dropFirst(minio.count)) }
    let kind = Array("token-provider/".utf8)
    guard let parsed = ARN(arn), parsed.service.elementsEqual("iam".utf8), parsed.resource.starts(with: kind) else {
      return nil
    }
    return ByteString(parsed.resource.dropFirst(kind.count))
  }
}
