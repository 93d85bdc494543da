import Backend
import HTTPWire
import S3Model

/// Turns a store's refusal into a failure of ours.
enum ErrorResponse {
  /// - Parameter document: the body, perhaps empty or cut short.
  static func failure(head: ResponseHead, document: [UInt8], request: BackendRequest) -> BackendFailure {
    let parsed = ErrorDocument(document)
    if head.status < 400, head.status >= 300 {
      return .unavailable(reason: redirection(head, parsed))
    }
    guard let parsed else {
      return head.status < 400
        ? .malformedResponse(reason: "status \(head.status)")
        : failure(ofHead: head, request: request)
    }
    return failure(parsed, head: head, request: request)
  }

  /// An error document, whatever the status it came with.
  static func failure(_ document: ErrorDocument, head: ResponseHead, request: BackendRequest) -> BackendFailure {
    let code = S3ErrorCode(name: document.code.utf8)
    if isAboutCredentials(document.code, request.request.operation) {
      return .credentialsRefused(storeCode: document.code)
    }
    if document.code == "PermanentRedirect" || document.code == "TemporaryRedirect" {
      return .unavailable(reason: redirection(head, document))
    }
    var error = StoreError(
      code ?? fallback(status: head.status), message: document.message,
      status: head.status >= 400 ? head.status : nil, foreignCode: code == nil ? document.code : nil,
      details: document.details)
    error.fields = ResponseTranslator.errorFields(of: head)
    return .refused(error)
  }

  /// An error without a document: HEAD's, or a proxy's before the store.
  private static func failure(ofHead head: ResponseHead, request: BackendRequest) -> BackendFailure {
    var error = ofHead(status: head.status, request: request)
    error.fields = ResponseTranslator.errorFields(of: head)
    return .refused(error)
  }

  static func ofHead(status: UInt16, request: BackendRequest) -> StoreError {
    let code: S3ErrorCode =
      switch status {
      case 404: request.request.key == nil ? .noSuchBucket : .noSuchKey
      default: fallback(status: status)
      }
    return StoreError(code, status: status)
  }

  private static func fallback(status: UInt16) -> S3ErrorCode {
    switch status {
    case 403: .accessDenied
    case 404: .noSuchKey
    case 405: .methodNotAllowed
    case 409: .operationAborted
    case 411: .missingContentLength
    case 412: .preconditionFailed
    case 416: .invalidRange
    case 429: .slowDown
    case 501: .notImplemented
    case 502, 503, 504: .serviceUnavailable
    // Below 400 the code inside the document is the only thing known about the error.
    case 500..., ..<400: .internalError
    default: .invalidRequest
    }
  }

  /// Codes that say that the store did not accept who Martlet is or how it signs: the operator's to mend.
  ///
  /// AccessDenied is among them only for ListBuckets, which is about nothing but the caller: elsewhere it can be about
  /// the object (a retention, a public access block), and the gateway cannot tell.
  private static func isAboutCredentials(_ code: String, _ operation: S3Operation) -> Bool {
    switch code {
    case "AccessDenied": operation == .listBuckets
    case "AccountProblem", "AuthorizationHeaderMalformed", "AuthorizationQueryParametersError", "ExpiredToken",
      "ExpiredTokenException", "IncompleteSignature", "InvalidAccessKeyId", "InvalidClientTokenId", "InvalidSecurity",
      "InvalidToken", "MissingAuthenticationToken", "MissingSecurityHeader", "NotSignedUp", "RequestExpired",
      "RequestTimeTooSkewed", "SignatureDoesNotMatch", "TokenRefreshRequired", "UnrecognizedClientException",
      "XAmzContentSHA256Mismatch":
      true
    default: false
    }
  }

  /// For the log: endpoint and region are settings, so a redirection means that they are wrong.
  private static func redirection(_ head: ResponseHead, _ document: ErrorDocument?) -> String {
    var reason = "the store redirects (status \(head.status)): check the backend's endpoint and region"
    if let region = head.fields.string(.xAmzBucketRegion) ?? document?.region {
      reason += "; bucket region `\(region)`"
    }
    if let endpoint = document?.endpoint { reason += "; endpoint `\(endpoint)`" }
    return reason
  }
}
