public import Authorization
public import S3Model
public import S3Wire

/// Why an STS request is refused, as facts; ``answer`` says what the client hears.
public enum STSError: Error, Equatable, Sendable {
  case missingAction
  case invalidAction(ByteString, version: ByteString?)
  /// Parameters against AWS's model: at least one.
  case validation([ConstraintViolation])
  case duplicateParameter
  case tooManyParameters
  /// A list with a gap in its numbers, or a member of no known form.
  case malformedList(String)
  case notAnInteger(String)
  /// A parameter that AWS has and this gateway refuses, where ignoring it would change what is meant.
  case unsupportedParameter(String)
  case duplicateTagKeys
  case reservedTagKey
  case transitiveKeyWithoutTag
  case transitiveTagConflict
  /// Inherited and new tags are more than a session holds.
  case tooManyTags
  /// The caller's session carries a source identity, which no later request may change.
  case sourceIdentityIsSet
  case invalidRoleARN
  case durationAboveRoleMaximum
  case durationAboveChainingLimit
  /// Sessions made through sessions, too many of them.
  case chainTooLong
  case malformedPolicyDocument(reason: String?)
  /// A managed policy that does not exist.
  case unknownPolicyARN(ByteString)
  case packedPolicyTooLarge(percent: Int)
  case accessDenied(STSDenial)
  /// The policy server must be asked, and the request performed again.
  case needsAnswer(ExternalQuestion)
  case rootMayNotAssumeRoles
  /// Somebody whom a provider vouches for may not have the role, or there is none of that name.
  case federatedAccessDenied(STSAction)
  case federation(FederationRefusal)
  /// GetSessionToken and GetFederationToken take long-lived keys only.
  case sessionMayNotCall(STSAction)
  /// A service account stays what it is: it makes no sessions.
  case serviceAccountMayNotCall(STSAction)
  /// No second factor can be verified for this caller.
  case secondFactorFailed
  case unknownAccessKey
  case anonymous
  case invalidToken
  case expiredToken
  case regionDisabled
  /// No entropy, no cipher, or a bug.
  case internalFailure
}

/// Who was refused what.
public struct STSDenial: Hashable, Sendable {
  /// The caller's ARN as GetCallerIdentity gives it.
  public var callerARN: ByteString
  public var action: STSAction
  public var resource: ByteString
  /// What decided, for log and audit; never for the client.
  public var reason: String

  public init(callerARN: ByteString, action: STSAction, resource: ByteString, reason: String) {
    self.reason = reason
    self.callerARN = callerARN
    self.action = action
    self.resource = resource
  }
}
