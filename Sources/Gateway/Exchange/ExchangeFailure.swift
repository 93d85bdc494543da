import Authorization
import Backend
import HTTPWire
import IAM
import S3Model
import S3Wire
import STS
import SigV4

/// Why an exchange does not end with what was asked for: the sum of what the stages throw.
///
/// ``ErrorMapping`` gives each its code; log and audit record get the case itself.
enum ExchangeFailure: Error {
  // Connection
  case malformedHTTP(HTTPParseError)
  case requestTimedOut
  case tooManyRequests
  case requestBodyBrokeOff
  /// The connection closed before the response was complete.
  case clientGone
  /// Audit lines pile up and `audit.on_full` says to refuse.
  case auditIsFull

  // Parse
  case wire(S3WireError)
  case unknownService
  case unsupportedQueryAction(ByteString)
  case missingContentLength
  case bodyTooLarge(bytesMax: UInt64)
  case documentTooLarge(bytesMax: Int)
  /// The key has dot or empty segments and the store would fold them into another key.
  case keyNotExact

  // Identify
  case signature(SigV4Error)
  case unknownAccessKey
  /// The identity store has not been read since the start: whose key it is, or whether the session still counts, nobody
  /// can say.
  case identitiesUnknown
  case inactiveAccessKey
  /// A session token that does not open, or belongs to another key.
  case invalidToken
  case tokenBesideLongLivedKey
  case expiredToken
  case revokedToken
  /// A scheme that no provider here accepts, such as Bearer.
  case unsupportedAuthorization
  case anonymousNotAllowed
  /// The action's proof is a ticket, and there is none.
  case ticketRequired
  /// Of an S3 request.
  case ticketRefused(FederationRefusal)
  /// Of an S3 request.
  case bearerRefused(FederationRefusal)
  /// A browser brings its user's ticket for a page that may not use it.
  case foreignPage
  /// An unsigned request asks for `response-*` overrides.
  case anonymousOverride
  /// `x-amz-expected-bucket-owner` names another account.
  case foreignOwner

  // Authorize
  case denied(Decision)
  /// What a policy reads could not be had; an error in deciding denies.
  case undecidable(String)

  /// The key does not exist, and the caller may not list the bucket to know.
  case missingKey

  // Gateway's own operations
  case malformedBucketPolicy(String)
  case noBucketPolicy
  case noPublicAccessBlock
  /// A policy or ACL for everyone, which the bucket's public access block refuses.
  case publicAccessBlocked(PublicGrant)
  case noCORSConfiguration
  case corsForbidden
  case storageFailed(String)
  case notImplemented(String)

  case sts(STSError)
  case iam(IAMError)
  case backend(BackendFailure)
}

/// What would let everyone in.
enum PublicGrant {
  case policy, acl
}
