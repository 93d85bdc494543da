public import S3Model
import S3Wire

/// AssumeRole's parameters, checked.
public struct AssumeRoleInput: Sendable {
  public var roleARN: ByteString
  public var sessionName: ByteString
  /// In seconds; nil when the request names none, which means 3600.
  public var durationSeconds: Int?
  public var policy: ByteString?
  public var policyARNs: [ByteString]
  public var tags: [SessionTag]
  public var transitiveTagKeys: [ByteString]
  public var externalID: ByteString?
  public var sourceIdentity: ByteString?
  public var secondFactor: SecondFactorInput?

  init(_ checker: inout ParameterChecker) throws(STSError) {
    roleARN = checker.required("RoleArn", length: 20...2048, .arn)
    sessionName = checker.required("RoleSessionName", length: 2...64, .name)
    durationSeconds = checker.seconds("DurationSeconds", 900...43200)
    // Its own bound is none in AWS's model; policy and ARNs share 2048 characters.
    policy = checker.optional("Policy", length: 1...SessionTokenLimits.policyCharactersMax, .policy)
    policyARNs = checker.policyARNs()
    tags = checker.tags()
    transitiveTagKeys = checker.transitiveTagKeys()
    externalID = checker.optional("ExternalId", length: 2...1224, .externalID)
    sourceIdentity = checker.optional("SourceIdentity", length: 2...64, .name)
    secondFactor = SecondFactorInput(&checker)
    // Trust in a token exchange that is not verified here must not be asserted by passing it.
    guard checker.count("ProvidedContexts", suffixes: [".ProviderArn", ".ContextAssertion"], 0...5) == 0
    else { throw .unsupportedParameter("ProvidedContexts") }
    try checker.verify()
    try SessionPolicyInput.checkLength(policy, policyARNs)
    try SessionTagInput.check(&tags, transitiveTagKeys)
  }
}

/// `SerialNumber` and `TokenCode`: a second factor.
public struct SecondFactorInput: Sendable {
  public var serialNumber: ByteString?
  public var tokenCode: ByteString?

  /// nil when neither is given.
  init?(_ checker: inout ParameterChecker) {
    serialNumber = checker.optional("SerialNumber", length: 9...256, .serialNumber)
    tokenCode = checker.optional("TokenCode", length: 6...6, .digits)
    if serialNumber == nil && tokenCode == nil { return nil }
  }
}
