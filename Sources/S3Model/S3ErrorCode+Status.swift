extension S3ErrorCode {
  /// The HTTP status it goes out with.
  public var status: UInt16 {
    switch self {
    case .permanentRedirect:
      301
    case .notModified:
      304
    case .redirect, .temporaryRedirect:
      307
    case .accessDenied, .accessForbidden, .allAccessDisabled, .expiredTokenException, .idpRejectedClaim,
      .invalidAccessKeyId, .invalidAuthenticationCode, .invalidClientTokenId, .invalidObjectState,
      .invalidSecurity, .missingAuthenticationToken, .optInRequired, .regionDisabledException,
      .requestTimeTooSkewed, .signatureDoesNotMatch:
      403
    case .malformedQueryString, .noSuchBucket, .noSuchBucketPolicy, .noSuchConfiguration, .noSuchCORSConfiguration,
      .noSuchEntity, .noSuchKey, .noSuchLifecycleConfiguration, .noSuchObjectLockConfiguration,
      .noSuchPublicAccessBlockConfiguration, .noSuchTagSet, .noSuchUpload, .noSuchVersion,
      .noSuchWebsiteConfiguration, .objectLockConfigurationNotFoundError, .ownershipControlsNotFoundError,
      .replicationConfigurationNotFoundError, .serverSideEncryptionConfigurationNotFoundError:
      404
    case .methodNotAllowed:
      405
    case .bucketAlreadyExists, .bucketAlreadyOwnedByYou, .bucketNotEmpty, .conditionalRequestConflict,
      .concurrentModification, .deleteConflict, .entityAlreadyExists, .entityTemporarilyUnmodifiable,
      .invalidBucketState, .limitExceeded,
      .operationAborted, .restoreAlreadyInProgress:
      409
    case .reportExpired, .reportNotPresent:
      410
    case .missingContentLength:
      411
    case .preconditionFailed, .requestIsNotMultiPartContent:
      412
    case .invalidPartNumber, .invalidRange:
      416
    case .internalError, .internalFailure, .serviceFailure:
      500
    case .notImplemented:
      501
    case .serviceUnavailable, .slowDown:
      503
    case .accessControlListNotSupported, .authorizationHeaderMalformed, .authorizationQueryParametersError,
      .badDigest, .badRequest, .credentialsNotSupported, .entityTooLarge, .entityTooSmall, .expiredToken,
      .idpCommunicationError, .invalidClientCertificate, .illegalLocationConstraintException,
      .illegalVersioningConfigurationException,
      .incompleteBody, .incompleteSignature, .incorrectNumberOfFilesInPostRequest, .invalidAction,
      .invalidArgument, .invalidAuthorizationMessageException, .invalidBucketAclWithObjectOwnership,
      .invalidBucketName, .invalidBucketOwnerAWSAccountID, .invalidDigest, .invalidEncryptionAlgorithmError,
      .invalidIdentityToken, .invalidInput, .invalidLocationConstraint, .invalidParameterCombination,
      .invalidParameterValue, .invalidPart, .invalidPartOrder, .invalidPolicyDocument, .invalidQueryParameter,
      .invalidRequest, .invalidStorageClass, .invalidTag, .invalidToken, .invalidURI, .invalidUserType,
      .keyTooLongError,
      .malformedACLError, .malformedPolicy, .malformedPolicyDocument, .malformedPOSTRequest, .malformedXML,
      .maxMessageLengthExceeded, .maxPostPreDataLengthExceeded, .metadataTooLarge, .missingAction,
      .missingParameter, .missingRequestBodyError, .missingSecurityHeader, .packedPolicyTooLarge,
      .passwordPolicyViolation, .policyNotAttachable, .requestExpired, .requestTimeout, .throttling,
      .tokenRefreshRequired, .tooManyBuckets, .unexpectedContent, .unmodifiableEntity,
      .unresolvableGrantByEmailAddress, .unsupportedSignature, .userKeyMustBeSpecified, .validationError,
      .xAmzContentChecksumMismatch, .xAmzContentSHA256Mismatch:
      400
    }
  }
}
