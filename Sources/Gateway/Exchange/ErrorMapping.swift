import Authorization
import Backend
import HTTPWire
import IAM
import S3Model
import S3Wire
import STS
import SigV4

/// The one place where internal failures become what a client sees. Exhaustive on purpose: a new case must be
/// thought about here, and what peers learn is reviewed in one file.
enum ErrorMapping {
  /// - Parameter service: sts and iam have other codes than s3 for some failures.
  static func reply(_ failure: ExchangeFailure, service: Service, now: UnixTime) -> ErrorReply {
    switch failure {
    case .malformedHTTP(let error): reply(error)
    case .requestTimedOut: ErrorReply(.requestTimeout)
    case .tooManyRequests: ErrorReply(.slowDown)
    case .requestBodyBrokeOff, .clientGone: ErrorReply(.incompleteBody)
    case .wire(let error): ErrorReply(error.code, message(error), details: details(error))
    case .unknownService: ErrorReply(.notImplemented)
    case .unsupportedQueryAction(let action):
      ErrorReply(.invalidAction, "Could not find operation \(Self.printable(action)) for version 2011-06-15")
    case .missingContentLength: ErrorReply(.missingContentLength)
    case .bodyTooLarge(let bytesMax):
      ErrorReply(.entityTooLarge, details: [("MaxSizeAllowed", String(bytesMax))])
    case .documentTooLarge(let bytesMax):
      ErrorReply(.maxMessageLengthExceeded, details: [("MaxMessageLengthBytes", String(bytesMax))])
    case .keyNotExact:
      ErrorReply(
        .invalidRequest,
        "The key has an empty, `.` or `..` segment, which the store behind this bucket cannot keep apart.")
    case .signature(let error): SignatureErrorMapping.reply(error, service: service, now: now)
    case .unknownAccessKey, .inactiveAccessKey:
      service == .s3 ? ErrorReply(.invalidAccessKeyId) : ErrorReply(.invalidClientTokenId)
    case .invalidToken, .revokedToken:
      service == .s3 ? ErrorReply(.invalidToken) : ErrorReply(.invalidClientTokenId)
    case .tokenBesideLongLivedKey: ErrorReply(.invalidToken)
    case .expiredToken: ErrorReply(.expiredToken)
    case .unsupportedAuthorization: ErrorReply(.invalidArgument, "Unsupported Authorization Type")
    case .anonymousNotAllowed:
      service == .s3 ? ErrorReply(.accessDenied) : ErrorReply(.missingAuthenticationToken)
    case .ticketRequired:
      ErrorReply(service == .s3 ? .accessDenied : .missingAuthenticationToken, status: 401)
    case .ticketRefused(.invalidToken), .bearerRefused(.invalidToken), .ticketRefused(.invalidCertificate),
      .bearerRefused(.invalidCertificate):
      ErrorReply(.invalidToken)
    case .ticketRefused(.expiredToken), .bearerRefused(.expiredToken): ErrorReply(.expiredToken)
    case .ticketRefused(.rejected), .bearerRefused(.rejected): ErrorReply(.accessDenied)
    case .ticketRefused(.providerUnreachable), .bearerRefused(.providerUnreachable): ErrorReply(.serviceUnavailable)
    case .ticketRefused(.busy), .bearerRefused(.busy): ErrorReply(.slowDown)
    case .foreignPage: ErrorReply(.accessDenied)
    case .anonymousOverride:
      ErrorReply(.invalidRequest, "Request specific response headers cannot be used for anonymous GET requests.")
    case .denied, .undecidable, .missingKey, .foreignOwner: ErrorReply(.accessDenied)
    case .malformedBucketPolicy(let reason): ErrorReply(.malformedPolicy, reason)
    case .noBucketPolicy: ErrorReply(.noSuchBucketPolicy)
    case .noPublicAccessBlock: ErrorReply(.noSuchPublicAccessBlockConfiguration)
    case .publicAccessBlocked(.policy):
      ErrorReply(
        .accessDenied, "Public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access")
    case .publicAccessBlocked(.acl):
      ErrorReply(.accessDenied, "Public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access")
    case .noCORSConfiguration: ErrorReply(.noSuchCORSConfiguration)
    case .corsForbidden:
      ErrorReply(
        .accessForbidden,
        "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, "
          + "request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted "
          + "by the resource's CORS spec.")
    case .storageFailed: ErrorReply(.internalError)
    case .auditIsFull, .identitiesUnknown: ErrorReply(.serviceUnavailable)
    case .notImplemented: ErrorReply(.notImplemented)
    case .sts(let error): reply(error)
    case .iam(let error): ErrorReply(error.answer.code, error.answer.message)
    case .backend(let failure): reply(failure)
    }
  }

  private static func reply(_ error: HTTPParseError) -> ErrorReply {
    switch error {
    case .headTooLarge:
      ErrorReply(.badRequest, "Your request header section exceeds the maximum allowed request header section size")
    case .tooManyFields: ErrorReply(.badRequest, "The request has too many header lines")
    case .bareLineBreak, .foldedField, .malformedStartLine, .malformedFieldName, .malformedFieldValue,
      .malformedChunk, .trailerTooLarge:
      ErrorReply(.badRequest, "An error occurred when parsing the HTTP request.")
    case .malformedTarget: ErrorReply(.invalidURI)
    case .unsupportedVersion: ErrorReply(.badRequest, "The HTTP version is not supported")
    case .malformedContentLength, .repeatedContentLength, .contentLengthWithTransferEncoding:
      ErrorReply(.badRequest, "The length of the request body is malformed or ambiguous")
    case .unsupportedTransferEncoding:
      ErrorReply(.badRequest, "A header you provided implies functionality that is not implemented: Transfer-Encoding")
    case .missingOrRepeatedHost: ErrorReply(.badRequest, "The request needs exactly one Host header")
    case .unsupportedExpectation: ErrorReply(.badRequest, "The Expect header is not supported")
    }
  }

  private static func message(_ error: S3WireError) -> String? {
    switch error {
    case .invalidHeader(let name): "The value of the header \(name.name) is not valid"
    case .missingHeader(let name): "Missing required header for this request: \(name.name)"
    case .invalidQueryParameter(.versionID): "Invalid version id specified"
    case .invalidQueryParameter(let name): "The value of the parameter \(name.name) is not valid"
    case .missingQueryParameter(let name): "Missing required parameter for this request: \(name.name)"
    case .repeatedQueryParameter: "A parameter occurs more than once in the query"
    case .conflictingHoistedHeader(let name): "The header \(printable(name)) differs from the query parameter"
    case .unsupportedHeader:
      "A header you provided implies functionality that is not implemented"
    case .malformedCopySource:
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"
    case .missingFormField(let name):
      "Bucket POST must contain a field named '\(printable(name))'.  If it is specified, please check the order of "
        + "the fields."
    case .signatureVersion2:
      "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
    default: nil
    }
  }

  private static func details(_ error: S3WireError) -> [(name: String, value: String)] {
    switch error {
    case .keyTooLong(let bytes): [("Size", String(bytes)), ("MaxSizeAllowed", String(S3RequestParser.keyBytesMax))]
    case .invalidQueryParameter(let name), .missingQueryParameter(let name): [("ArgumentName", name.name.description)]
    case .invalidHeader(let name): [("ArgumentName", name.name.description)]
    case .notAForm: [("Condition", "Bucket POST must be of the enclosure-type multipart/form-data")]
    default: []
    }
  }

  private static func reply(_ error: STSError) -> ErrorReply {
    ErrorReply(error.answer.code, error.answer.message, status: error.answer.status)
  }

  private static func reply(_ failure: BackendFailure) -> ErrorReply {
    switch failure {
    case .refused(let error):
      var reply = ErrorReply(error.code, error.message, status: error.status, details: error.details)
      reply.foreignCode = error.foreignCode
      return reply
    case .notImplemented: return ErrorReply(.notImplemented)
    case .unavailable, .credentialsRefused, .timedOut: return ErrorReply(.serviceUnavailable)
    case .malformedResponse, .brokeOff, .storageFailed: return ErrorReply(.internalError)
    case .storageFull:
      // AWS is never full and has no code for it. RFC 4918 section 11.5: 507, Insufficient Storage.
      var reply = ErrorReply(.internalError, "The store has no room left for this.", status: 507)
      reply.foreignCode = "StorageFull"
      return reply
    }
  }

  /// A client's text in a message: bounded, without control bytes.
  static func printable(_ text: ByteString) -> String {
    String(decoding: text.bytes.prefix(128).map { $0 >= 0x20 && $0 < 0x7F ? $0 : 0x3F }, as: UTF8.self)
  }
}
