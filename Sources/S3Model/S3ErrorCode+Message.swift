extension S3ErrorCode {
  /// AWS's text for the code, sent where nothing more precise is known.
  public var message: StaticString {
    switch self {
    case .accessControlListNotSupported: "The bucket does not allow ACLs"
    case .accessDenied: "Access Denied"
    case .accessForbidden:
      """
      CORSResponse: This CORS request is not allowed. This is usually because the evaluation of Origin, \
      request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by \
      the resource's CORS spec.
      """
    case .allAccessDisabled: "All access to this resource has been disabled."
    case .authorizationHeaderMalformed: "The authorization header that you provided is not valid."
    case .authorizationQueryParametersError: "The authorization query parameters that you provided are not valid."
    case .badDigest: "The Content-MD5 or checksum value that you specified did not match what the server received."
    case .badRequest: "Bad Request"
    case .bucketAlreadyExists:
      """
      The requested bucket name is not available. The bucket namespace is shared by all users of the system. \
      Please select a different name and try again.
      """
    case .bucketAlreadyOwnedByYou: "Your previous request to create the named bucket succeeded and you already own it."
    case .bucketNotEmpty: "The bucket you tried to delete is not empty"
    case .conditionalRequestConflict:
      """
      The conditional request cannot succeed due to a conflicting operation against this resource.
      """
    case .credentialsNotSupported: "This request does not support credentials."
    case .deleteConflict:
      """
      The request was rejected because it attempted to delete a resource that has attached subordinate \
      entities.
      """
    case .entityAlreadyExists: "The request was rejected because it attempted to create a resource that already exists."
    case .entityTemporarilyUnmodifiable:
      """
      The request was rejected because it referenced an entity that is temporarily unmodifiable.
      """
    case .entityTooLarge: "Your proposed upload exceeds the maximum allowed size"
    case .entityTooSmall: "Your proposed upload is smaller than the minimum allowed size"
    case .expiredToken: "The provided token has expired."
    case .expiredTokenException: "The security token included in the request is expired"
    case .idpCommunicationError: "The identity provider could not be reached."
    case .invalidClientCertificate:
      "The provided client certificate is invalid. Retry with a different certificate."
    case .idpRejectedClaim: "The identity provider rejected the claim."
    case .illegalLocationConstraintException:
      """
      The location constraint is incompatible for the region specific endpoint this request was sent to.
      """
    case .illegalVersioningConfigurationException: "The versioning configuration specified in the request is invalid."
    case .incompleteBody: "The request body terminated unexpectedly"
    case .incompleteSignature: "The request signature does not conform to AWS standards."
    case .incorrectNumberOfFilesInPostRequest: "POST requires exactly one file upload per request."
    case .internalError: "We encountered an internal error. Please try again."
    case .internalFailure: "The request processing has failed because of an unknown error, exception or failure."
    case .invalidAccessKeyId: "The AWS Access Key Id you provided does not exist in our records."
    case .invalidAction: "The action or operation requested is invalid."
    case .invalidArgument: "Invalid Argument"
    case .invalidAuthenticationCode: "The request was rejected because the authentication code was not recognized."
    case .invalidAuthorizationMessageException: "The encoded authorization message is not valid."
    case .invalidBucketAclWithObjectOwnership:
      """
      Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting
      """
    case .invalidBucketName: "The specified bucket is not valid."
    case .invalidBucketOwnerAWSAccountID: "The value of the expected bucket owner parameter must be an AWS account ID."
    case .invalidBucketState: "The request is not valid with the current state of the bucket."
    case .invalidClientTokenId: "The security token included in the request is invalid."
    case .invalidDigest: "The Content-MD5 you specified was invalid."
    case .invalidEncryptionAlgorithmError:
      """
      The encryption request you specified is not valid. The valid value is AES256.
      """
    case .invalidIdentityToken: "The web identity token that was passed could not be validated."
    case .invalidInput:
      """
      The request was rejected because an invalid or out-of-range value was supplied for an input parameter.
      """
    case .invalidLocationConstraint: "The specified location-constraint is not valid"
    case .invalidObjectState: "The operation is not valid for the object's storage class"
    case .invalidParameterCombination: "Parameters that must not be used together were used together."
    case .invalidParameterValue: "An invalid or out-of-range value was supplied for the input parameter."
    case .invalidPart:
      """
      One or more of the specified parts could not be found.  The part may not have been uploaded, or the \
      specified entity tag may not match the part's entity tag.
      """
    case .invalidPartNumber: "The requested partnumber is not satisfiable"
    case .invalidPartOrder: "The list of parts was not in ascending order. Parts must be ordered by part number."
    case .invalidPolicyDocument:
      """
      The content of the form does not meet the conditions specified in the policy document.
      """
    case .invalidQueryParameter: "The query string is malformed or does not adhere to AWS standards."
    case .invalidRange: "The requested range is not satisfiable"
    case .invalidRequest: "Invalid Request"
    case .invalidSecurity: "The provided security credentials are not valid."
    case .invalidStorageClass: "The storage class you specified is not valid"
    case .invalidTag:
      """
      The tag provided was not a valid tag. This error can occur if the tag did not pass input validation.
      """
    case .invalidToken: "The provided token is malformed or otherwise invalid."
    case .invalidURI: "Couldn't parse the specified URI."
    case .keyTooLongError: "Your key is too long"
    case .limitExceeded: "The request was rejected because it attempted to create resources beyond the current limits."
    case .malformedACLError: "The XML you provided was not well-formed or did not validate against our published schema"
    case .malformedPolicy: "Policies must be valid JSON and the first byte must be '{'"
    case .malformedPolicyDocument: "The policy document is malformed."
    case .malformedPOSTRequest: "The body of your POST request is not well-formed multipart/form-data."
    case .malformedQueryString: "The query string contains a syntax error."
    case .malformedXML: "The XML you provided was not well-formed or did not validate against our published schema"
    case .maxMessageLengthExceeded: "Your request was too big."
    case .maxPostPreDataLengthExceeded: "Your POST request fields preceding the upload file were too large."
    case .metadataTooLarge: "Your metadata headers exceed the maximum allowed metadata size"
    case .methodNotAllowed: "The specified method is not allowed against this resource."
    case .missingAction: "The request is missing an action or a required parameter."
    case .missingAuthenticationToken: "Missing Authentication Token"
    case .missingContentLength: "You must provide the Content-Length HTTP header."
    case .missingParameter: "A required parameter for the specified action is not supplied."
    case .missingRequestBodyError: "Request Body is empty"
    case .missingSecurityHeader: "Your request is missing a required header."
    case .noSuchBucket: "The specified bucket does not exist"
    case .noSuchBucketPolicy: "The bucket policy does not exist"
    case .noSuchConfiguration: "The specified configuration does not exist."
    case .noSuchCORSConfiguration: "The CORS configuration does not exist"
    case .noSuchEntity: "The request was rejected because it referenced a resource entity that does not exist."
    case .noSuchKey: "The specified key does not exist."
    case .noSuchLifecycleConfiguration: "The lifecycle configuration does not exist"
    case .noSuchObjectLockConfiguration: "The specified object does not have a ObjectLock configuration"
    case .noSuchPublicAccessBlockConfiguration: "The public access block configuration was not found"
    case .noSuchTagSet: "The TagSet does not exist"
    case .noSuchUpload:
      """
      The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted \
      or completed.
      """
    case .noSuchVersion: "The specified version does not exist."
    case .noSuchWebsiteConfiguration: "The specified bucket does not have a website configuration"
    case .notImplemented: "A header you provided implies functionality that is not implemented"
    case .notModified: "Not Modified"
    case .objectLockConfigurationNotFoundError: "Object Lock configuration does not exist for this bucket"
    case .operationAborted:
      """
      A conflicting conditional operation is currently in progress against this resource. Please try again.
      """
    case .optInRequired: "You are not signed up for the service"
    case .ownershipControlsNotFoundError: "The bucket ownership controls were not found"
    case .packedPolicyTooLarge:
      """
      The session policy, session tags and other data exceed the space allowed for them in the session token.
      """
    case .passwordPolicyViolation:
      """
      The request was rejected because the provided password did not meet the requirements imposed by the \
      account password policy.
      """
    case .permanentRedirect:
      """
      The bucket you are attempting to access must be addressed using the specified endpoint. Please send all \
      future requests to this endpoint.
      """
    case .policyNotAttachable: "The policy cannot be attached to this kind of entity."
    case .preconditionFailed: "At least one of the pre-conditions you specified did not hold"
    case .redirect: "Temporary redirect."
    case .regionDisabledException: "STS is not activated in this region for this account."
    case .replicationConfigurationNotFoundError: "The replication configuration was not found"
    case .requestExpired: "The request reached the service too late."
    case .requestIsNotMultiPartContent: "Bucket POST must be of the enclosure-type multipart/form-data."
    case .requestTimeout:
      """
      Your socket connection to the server was not read from or written to within the timeout period. Idle \
      connections will be closed.
      """
    case .requestTimeTooSkewed: "The difference between the request time and the current time is too large."
    case .restoreAlreadyInProgress: "Object restore is already in progress"
    case .serverSideEncryptionConfigurationNotFoundError: "The server side encryption configuration was not found"
    case .serviceUnavailable: "Service is unable to handle request."
    case .signatureDoesNotMatch:
      """
      The request signature we calculated does not match the signature you provided. Check your key and \
      signing method.
      """
    case .slowDown: "Please reduce your request rate."
    case .temporaryRedirect:
      """
      Please re-send this request to the specified temporary endpoint. Continue to use the original request \
      endpoint for future requests.
      """
    case .throttling: "Rate exceeded"
    case .tokenRefreshRequired: "The provided token must be refreshed."
    case .tooManyBuckets: "You have attempted to create more buckets than allowed"
    case .unexpectedContent: "This request contains unsupported content."
    case .unmodifiableEntity: "The request was rejected because the entity cannot be modified."
    case .unresolvableGrantByEmailAddress: "The email address you provided does not match any account on record."
    case .unsupportedSignature:
      """
      The provided request is signed with an unsupported STS Token version or the signature version is not \
      supported.
      """
    case .userKeyMustBeSpecified:
      """
      The bucket POST must contain the specified field name. If it is specified, please check the order of the \
      fields.
      """
    case .validationError: "The input fails to satisfy the constraints specified by the service."
    case .xAmzContentChecksumMismatch: "The provided 'x-amz-content-checksum' header does not match what was computed."
    case .xAmzContentSHA256Mismatch: "The provided 'x-amz-content-sha256' header does not match what was computed."
    case .concurrentModification:
      """
      The request was rejected because multiple requests to change this object were submitted simultaneously.
      """
    case .invalidUserType:
      """
      The request was rejected because the type of user for the transaction was incorrect.
      """
    case .reportExpired:
      """
      The most recent credential report has expired.
      """
    case .reportNotPresent:
      """
      No report is present. Run GenerateCredentialReport to generate one.
      """
    case .serviceFailure:
      """
      The request processing has failed because of an unknown error, exception or failure.
      """
    }
  }
}
