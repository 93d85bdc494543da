import Authorization
import Backend
import STS
import SigV4
import Telemetry

extension ExchangeFailure {
  /// The metric label of a refusal; nil for failures that are no refusals.
  var label: RefusalLabel? {
    switch self {
    case .malformedHTTP, .wire, .unknownService, .unsupportedQueryAction, .missingContentLength, .keyNotExact,
      .malformedBucketPolicy, .sts, .iam, .requestBodyBrokeOff, .anonymousOverride:
      .malformed
    case .tooManyRequests, .bodyTooLarge, .documentTooLarge, .requestTimedOut: .overLimit
    case .auditIsFull: .auditFull
    case .signature(let error): error.label
    case .unknownAccessKey: .unknownAccessKey
    case .inactiveAccessKey: .inactiveAccessKey
    case .invalidToken, .tokenBesideLongLivedKey, .revokedToken: .badSessionToken
    case .expiredToken: .expired
    case .unsupportedAuthorization, .anonymousNotAllowed, .ticketRequired: .unsigned
    case .ticketRefused(.expiredToken), .bearerRefused(.expiredToken): .expired
    case .ticketRefused(.busy), .bearerRefused(.busy): .overLimit
    case .ticketRefused(.invalidToken), .ticketRefused(.providerUnreachable), .bearerRefused(.invalidToken),
      .bearerRefused(.providerUnreachable), .ticketRefused(.invalidCertificate), .bearerRefused(.invalidCertificate):
      .badSessionToken
    case .ticketRefused(.rejected), .bearerRefused(.rejected), .foreignPage: .notAllowed
    case .denied(let decision): decision.isExplicitDeny ? .explicitDeny : .notAllowed
    case .undecidable, .missingKey, .foreignOwner, .corsForbidden, .publicAccessBlocked: .notAllowed
    case .clientGone, .identitiesUnknown, .noBucketPolicy, .noPublicAccessBlock, .noCORSConfiguration, .storageFailed,
      .notImplemented,
      .backend:
      nil
    }
  }
}

extension SigV4Error {
  fileprivate var label: RefusalLabel {
    switch self {
    case .requestTimeTooSkewed, .notValidYet: .clockSkew
    case .expired, .postPolicyExpired: .expired
    case .signatureDoesNotMatch, .chunkSignatureDoesNotMatch: .badSignature
    default: .malformed
    }
  }
}

extension BackendFailure {
  var label: UpstreamErrorLabel? {
    switch self {
    case .unavailable: .unavailable
    case .timedOut: .timedOut
    case .credentialsRefused: .credentialsRefused
    case .malformedResponse: .malformedResponse
    case .brokeOff: .brokeOff
    case .storageFailed, .storageFull: .storageFailed
    case .refused, .notImplemented: nil
    }
  }
}
