/// The error codes of S3, STS and IAM that Martlet answers with.
///
/// Source: Amazon S3 API Reference, "Error responses"; AWS STS and IAM API References, "Common Errors".
public enum S3ErrorCode: UInt8, CaseIterable, Hashable, Sendable {
  case accessControlListNotSupported
  case accessDenied
  case accessForbidden
  case allAccessDisabled
  case authorizationHeaderMalformed
  case authorizationQueryParametersError
  case badDigest
  case badRequest
  case bucketAlreadyExists
  case bucketAlreadyOwnedByYou
  case bucketNotEmpty
  case conditionalRequestConflict
  case concurrentModification
  case credentialsNotSupported
  case deleteConflict
  case entityAlreadyExists
  case entityTemporarilyUnmodifiable
  case entityTooLarge
  case entityTooSmall
  case expiredToken
  case expiredTokenException
  case idpCommunicationError
  case idpRejectedClaim
  case invalidClientCertificate
  case illegalLocationConstraintException
  case illegalVersioningConfigurationException
  case incompleteBody
  case incompleteSignature
  case incorrectNumberOfFilesInPostRequest
  case internalError
  case internalFailure
  case invalidAccessKeyId
  case invalidAction
  case invalidArgument
  case invalidAuthenticationCode
  case invalidAuthorizationMessageException
  case invalidBucketAclWithObjectOwnership
  case invalidBucketName
  case invalidBucketOwnerAWSAccountID
  case invalidBucketState
  case invalidClientTokenId
  case invalidDigest
  case invalidEncryptionAlgorithmError
  case invalidIdentityToken
  case invalidInput
  case invalidLocationConstraint
  case invalidObjectState
  case invalidParameterCombination
  case invalidParameterValue
  case invalidPart
  case invalidPartNumber
  case invalidPartOrder
  case invalidPolicyDocument
  case invalidQueryParameter
  case invalidRange
  case invalidRequest
  case invalidSecurity
  case invalidStorageClass
  case invalidTag
  case invalidToken
  case invalidURI
  case invalidUserType
  case keyTooLongError
  case limitExceeded
  case malformedACLError
  case malformedPolicy
  case malformedPolicyDocument
  case malformedPOSTRequest
  case malformedQueryString
  case malformedXML
  case maxMessageLengthExceeded
  case maxPostPreDataLengthExceeded
  case metadataTooLarge
  case methodNotAllowed
  case missingAction
  case missingAuthenticationToken
  case missingContentLength
  case missingParameter
  case missingRequestBodyError
  case missingSecurityHeader
  case noSuchBucket
  case noSuchBucketPolicy
  case noSuchConfiguration
  case noSuchCORSConfiguration
  case noSuchEntity
  case noSuchKey
  case noSuchLifecycleConfiguration
  case noSuchObjectLockConfiguration
  case noSuchPublicAccessBlockConfiguration
  case noSuchTagSet
  case noSuchUpload
  case noSuchVersion
  case noSuchWebsiteConfiguration
  case notImplemented
  case notModified
  case objectLockConfigurationNotFoundError
  case operationAborted
  case optInRequired
  case ownershipControlsNotFoundError
  case packedPolicyTooLarge
  case passwordPolicyViolation
  case permanentRedirect
  case policyNotAttachable
  case preconditionFailed
  case redirect
  case regionDisabledException
  case replicationConfigurationNotFoundError
  case reportExpired
  case reportNotPresent
  case requestExpired
  case requestIsNotMultiPartContent
  case requestTimeout
  case requestTimeTooSkewed
  case restoreAlreadyInProgress
  case serverSideEncryptionConfigurationNotFoundError
  case serviceFailure
  case serviceUnavailable
  case signatureDoesNotMatch
  case slowDown
  case temporaryRedirect
  case throttling
  case tokenRefreshRequired
  case tooManyBuckets
  case unexpectedContent
  case unmodifiableEntity
  case unresolvableGrantByEmailAddress
  case unsupportedSignature
  case userKeyMustBeSpecified
  case validationError
  case xAmzContentChecksumMismatch
  case xAmzContentSHA256Mismatch
}

extension S3ErrorCode {
  /// The code as AWS writes it in `<Code>`.
  public var name: StaticString {
    switch self {
    case .accessControlListNotSupported: "AccessControlListNotSupported"
    case .accessDenied: "AccessDenied"
    case .accessForbidden: "AccessForbidden"
    case .allAccessDisabled: "AllAccessDisabled"
    case .authorizationHeaderMalformed: "AuthorizationHeaderMalformed"
    case .authorizationQueryParametersError: "AuthorizationQueryParametersError"
    case .badDigest: "BadDigest"
    case .badRequest: "BadRequest"
    case .bucketAlreadyExists: "BucketAlreadyExists"
    case .bucketAlreadyOwnedByYou: "BucketAlreadyOwnedByYou"
    case .bucketNotEmpty: "BucketNotEmpty"
    case .conditionalRequestConflict: "ConditionalRequestConflict"
    case .concurrentModification: "ConcurrentModification"
    case .credentialsNotSupported: "CredentialsNotSupported"
    case .deleteConflict: "DeleteConflict"
    case .entityAlreadyExists: "EntityAlreadyExists"
    case .entityTemporarilyUnmodifiable: "EntityTemporarilyUnmodifiable"
    case .entityTooLarge: "EntityTooLarge"
    case .entityTooSmall: "EntityTooSmall"
    case .expiredToken: "ExpiredToken"
    case .expiredTokenException: "ExpiredTokenException"
    case .idpCommunicationError: "IDPCommunicationError"
    case .idpRejectedClaim: "IDPRejectedClaim"
    case .invalidClientCertificate: "InvalidClientCertificate"
    case .illegalLocationConstraintException: "IllegalLocationConstraintException"
    case .illegalVersioningConfigurationException: "IllegalVersioningConfigurationException"
    case .incompleteBody: "IncompleteBody"
    case .incompleteSignature: "IncompleteSignature"
    case .incorrectNumberOfFilesInPostRequest: "IncorrectNumberOfFilesInPostRequest"
    case .internalError: "InternalError"
    case .internalFailure: "InternalFailure"
    case .invalidAccessKeyId: "InvalidAccessKeyId"
    case .invalidAction: "InvalidAction"
    case .invalidArgument: "InvalidArgument"
    case .invalidAuthenticationCode: "InvalidAuthenticationCode"
    case .invalidAuthorizationMessageException: "InvalidAuthorizationMessageException"
    case .invalidBucketAclWithObjectOwnership: "InvalidBucketAclWithObjectOwnership"
    case .invalidBucketName: "InvalidBucketName"
    case .invalidBucketOwnerAWSAccountID: "InvalidBucketOwnerAWSAccountID"
    case .invalidBucketState: "InvalidBucketState"
    case .invalidClientTokenId: "InvalidClientTokenId"
    case .invalidDigest: "InvalidDigest"
    case .invalidEncryptionAlgorithmError: "InvalidEncryptionAlgorithmError"
    case .invalidIdentityToken: "InvalidIdentityToken"
    case .invalidInput: "InvalidInput"
    case .invalidLocationConstraint: "InvalidLocationConstraint"
    case .invalidObjectState: "InvalidObjectState"
    case .invalidParameterCombination: "InvalidParameterCombination"
    case .invalidParameterValue: "InvalidParameterValue"
    case .invalidPart: "InvalidPart"
    case .invalidPartNumber: "InvalidPartNumber"
    case .invalidPartOrder: "InvalidPartOrder"
    case .invalidPolicyDocument: "InvalidPolicyDocument"
    case .invalidQueryParameter: "InvalidQueryParameter"
    case .invalidRange: "InvalidRange"
    case .invalidRequest: "InvalidRequest"
    case .invalidSecurity: "InvalidSecurity"
    case .invalidStorageClass: "InvalidStorageClass"
    case .invalidTag: "InvalidTag"
    case .invalidToken: "InvalidToken"
    case .invalidURI: "InvalidURI"
    case .invalidUserType: "InvalidUserType"
    case .keyTooLongError: "KeyTooLongError"
    case .limitExceeded: "LimitExceeded"
    case .malformedACLError: "MalformedACLError"
    case .malformedPolicy: "MalformedPolicy"
    case .malformedPolicyDocument: "MalformedPolicyDocument"
    case .malformedPOSTRequest: "MalformedPOSTRequest"
    case .malformedQueryString: "MalformedQueryString"
    case .malformedXML: "MalformedXML"
    case .maxMessageLengthExceeded: "MaxMessageLengthExceeded"
    case .maxPostPreDataLengthExceeded: "MaxPostPreDataLengthExceeded"
    case .metadataTooLarge: "MetadataTooLarge"
    case .methodNotAllowed: "MethodNotAllowed"
    case .missingAction: "MissingAction"
    case .missingAuthenticationToken: "MissingAuthenticationToken"
    case .missingContentLength: "MissingContentLength"
    case .missingParameter: "MissingParameter"
    case .missingRequestBodyError: "MissingRequestBodyError"
    case .missingSecurityHeader: "MissingSecurityHeader"
    case .noSuchBucket: "NoSuchBucket"
    case .noSuchBucketPolicy: "NoSuchBucketPolicy"
    case .noSuchConfiguration: "NoSuchConfiguration"
    case .noSuchCORSConfiguration: "NoSuchCORSConfiguration"
    case .noSuchEntity: "NoSuchEntity"
    case .noSuchKey: "NoSuchKey"
    case .noSuchLifecycleConfiguration: "NoSuchLifecycleConfiguration"
    case .noSuchObjectLockConfiguration: "NoSuchObjectLockConfiguration"
    case .noSuchPublicAccessBlockConfiguration: "NoSuchPublicAccessBlockConfiguration"
    case .noSuchTagSet: "NoSuchTagSet"
    case .noSuchUpload: "NoSuchUpload"
    case .noSuchVersion: "NoSuchVersion"
    case .noSuchWebsiteConfiguration: "NoSuchWebsiteConfiguration"
    case .notImplemented: "NotImplemented"
    case .notModified: "NotModified"
    case .objectLockConfigurationNotFoundError: "ObjectLockConfigurationNotFoundError"
    case .operationAborted: "OperationAborted"
    case .optInRequired: "OptInRequired"
    case .ownershipControlsNotFoundError: "OwnershipControlsNotFoundError"
    case .packedPolicyTooLarge: "PackedPolicyTooLarge"
    case .passwordPolicyViolation: "PasswordPolicyViolation"
    case .permanentRedirect: "PermanentRedirect"
    case .policyNotAttachable: "PolicyNotAttachable"
    case .preconditionFailed: "PreconditionFailed"
    case .redirect: "Redirect"
    case .regionDisabledException: "RegionDisabledException"
    case .replicationConfigurationNotFoundError: "ReplicationConfigurationNotFoundError"
    case .reportExpired: "ReportExpired"
    case .reportNotPresent: "ReportNotPresent"
    case .requestExpired: "RequestExpired"
    case .requestIsNotMultiPartContent: "RequestIsNotMultiPartContent"
    case .requestTimeout: "RequestTimeout"
    case .requestTimeTooSkewed: "RequestTimeTooSkewed"
    case .restoreAlreadyInProgress: "RestoreAlreadyInProgress"
    case .serverSideEncryptionConfigurationNotFoundError: "ServerSideEncryptionConfigurationNotFoundError"
    case .serviceFailure: "ServiceFailure"
    case .serviceUnavailable: "ServiceUnavailable"
    case .signatureDoesNotMatch: "SignatureDoesNotMatch"
    case .slowDown: "SlowDown"
    case .temporaryRedirect: "TemporaryRedirect"
    case .throttling: "Throttling"
    case .tokenRefreshRequired: "TokenRefreshRequired"
    case .tooManyBuckets: "TooManyBuckets"
    case .unexpectedContent: "UnexpectedContent"
    case .unmodifiableEntity: "UnmodifiableEntity"
    case .unresolvableGrantByEmailAddress: "UnresolvableGrantByEmailAddress"
    case .unsupportedSignature: "UnsupportedSignature"
    case .userKeyMustBeSpecified: "UserKeyMustBeSpecified"
    case .validationError: "ValidationError"
    case .xAmzContentChecksumMismatch: "XAmzContentChecksumMismatch"
    case .xAmzContentSHA256Mismatch: "XAmzContentSHA256Mismatch"
    }
  }

  /// The code with this name, such as one received from a store; nil when it is none of the set.
  public init?(name: some Collection<UInt8>) {
    for code in Self.allCases where code.name.withUTF8Buffer({ $0.elementsEqual(name) }) {
      self = code
      return
    }
    return nil
  }
}
