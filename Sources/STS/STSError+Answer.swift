public import S3Model
import S3Wire

extension STSError {
  /// The error as a client sees it.
  public struct Answer: Equatable, Sendable {
    public var code: S3ErrorCode
    public var status: UInt16
    public var message: String

    public init(code: S3ErrorCode, status: UInt16, message: String) {
      self.code = code
      self.status = status
      self.message = message
    }
  }

  /// Code, status and message as AWS has them.
  public var answer: Answer {
    switch self {
    case .missingAction: Answer(.missingAction, "Missing Action")
    case .invalidAction(let action, let version):
      Answer(
        .invalidAction,
        "Could not find operation \(action.printable) for version \(version?.printable ?? "NO_VERSION_SPECIFIED")")
    case .validation(let violations):
      Answer(.validationError, QueryParameterError.validation(violations).message)
    case .duplicateParameter: Answer(.invalidQueryParameter, QueryParameterError.duplicateParameter.message)
    case .tooManyParameters: Answer(.invalidQueryParameter, QueryParameterError.tooManyParameters.message)
    case .malformedList(let name): Answer(.invalidQueryParameter, QueryParameterError.malformedList(name).message)
    case .notAnInteger(let name): Answer(.invalidParameterValue, QueryParameterError.notAnInteger(name).message)
    case .unsupportedParameter(let name): Answer(.invalidParameterValue, "\(name) is not supported.")
    case .duplicateTagKeys:
      Answer(
        .invalidParameterValue, "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    case .reservedTagKey:
      Answer(.invalidParameterValue, "aws: prefixed tag key names are not allowed for external use.")
    case .transitiveKeyWithoutTag:
      Answer(.invalidParameterValue, "The specified transitive tag key must be included in the requested tags.")
    case .transitiveTagConflict:
      Answer(
        .invalidParameterValue,
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from "
          + "the calling session.")
    case .tooManyTags:
      Answer(.invalidParameterValue, "A session holds at most \(SessionTokenLimits.tagsMax) tags.")
    case .sourceIdentityIsSet:
      Answer(.accessDenied, "The source identity of the calling session can't be changed.")
    case .invalidRoleARN: Answer(.validationError, "Request ARN is invalid")
    case .durationAboveRoleMaximum:
      Answer(
        .validationError, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    case .durationAboveChainingLimit:
      Answer(
        .validationError,
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
    case .chainTooLong:
      Answer(.accessDenied, "A session can be made through at most \(SessionTokenLimits.lineageMax) others.")
    case .malformedPolicyDocument(let reason):
      Answer(.malformedPolicyDocument, reason ?? "Syntax errors in policy.")
    case .unknownPolicyARN(let arn): Answer(.malformedPolicyDocument, "Policy \(arn) does not exist.")
    case .packedPolicyTooLarge(let percent):
      Answer(
        .packedPolicyTooLarge, "Packed policy consumes \(percent)% of allotted space, please use smaller policy.")
    case .accessDenied(let denial):
      Answer(
        .accessDenied,
        "User: \(denial.callerARN) is not authorized to perform: \(denial.action.name) on resource: \(denial.resource)")
    case .rootMayNotAssumeRoles: Answer(.accessDenied, "Roles may not be assumed by root accounts.")
    case .federatedAccessDenied(let action): Answer(.accessDenied, "Not authorized to perform \(action.name)")
    case .federation(.busy): Answer(.slowDown, "\(S3ErrorCode.slowDown.message)")
    case .federation(.invalidToken):
      Answer(.invalidIdentityToken, "The identity token that was passed could not be validated.")
    case .federation(.invalidCertificate):
      Answer(.invalidClientCertificate, "\(S3ErrorCode.invalidClientCertificate.message)")
    case .federation(.expiredToken): Answer(.expiredTokenException, "Token expired", status: 400)
    case .federation(.providerUnreachable):
      Answer(.idpCommunicationError, "The identity provider could not be reached to verify the token.")
    case .federation(.rejected): Answer(.idpRejectedClaim, "The identity provider rejected the claim.")
    case .sessionMayNotCall(let action):
      Answer(.accessDenied, "Cannot call \(action.operation) with session credentials")
    case .serviceAccountMayNotCall(let action):
      Answer(.accessDenied, "Cannot call \(action.operation) with the credentials of a service account")
    case .secondFactorFailed:
      Answer(
        .accessDenied,
        "MultiFactorAuthentication failed, unable to validate MFA code. Please verify your MFA serial number is valid "
          + "and associated with this user.")
    case .unknownAccessKey, .needsAnswer: Answer(.accessDenied, "Access Denied")
    case .anonymous: Answer(.missingAuthenticationToken, "Request is missing Authentication Token")
    case .invalidToken: Answer(.invalidClientTokenId, "The security token included in the request is invalid")
    case .expiredToken:
      // S3 answers 400 for the same code.
      Answer(.expiredToken, "The security token included in the request is expired", status: 403)
    case .regionDisabled: Answer(.regionDisabledException, "\(S3ErrorCode.regionDisabledException.message)")
    case .internalFailure: Answer(.internalFailure, "\(S3ErrorCode.internalFailure.message)")
    }
  }
}

extension STSError.Answer {
  fileprivate init(_ code: S3ErrorCode, _ message: String, status: UInt16? = nil) {
    self.init(code: code, status: status ?? code.status, message: message)
  }
}
