public import S3Model
import S3Wire

/// GetFederationToken's parameters, checked.
public struct GetFederationTokenInput: Sendable {
  public var name: ByteString
  /// In seconds; nil when the request names none, which means 43200.
  public var durationSeconds: Int?
  public var policy: ByteString?
  public var policyARNs: [ByteString]
  public var tags: [SessionTag]

  init(_ checker: inout ParameterChecker) throws(STSError) {
    name = checker.required("Name", length: 2...32, .name)
    durationSeconds = checker.seconds("DurationSeconds", 900...129_600)
    policy = checker.optional("Policy", length: 1...SessionTokenLimits.policyCharactersMax, .policy)
    policyARNs = checker.policyARNs()
    tags = checker.tags()
    try checker.verify()
    try SessionPolicyInput.checkLength(policy, policyARNs)
    try SessionTagInput.check(&tags, [])
  }
}
