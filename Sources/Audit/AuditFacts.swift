public import IAMPolicy
public import S3Model

/// What a decision may read of a request and no other part of the record has, so that recorded requests can be decided
/// again. Of headers only those that conditions name, and only where conditions saw them: signatures, tokens and keys
/// are none of them.
public struct AuditFacts: Sendable {
  public enum Tags: Sendable {
    case notRead
    /// They should have been read and could not be.
    case unavailable
    case tags([ObjectTag])
  }

  public var method: StaticString
  /// As sent; nil where it is `/bucket/key` with nothing encoded.
  public var path: ByteString?
  /// The parameters that S3 knows.
  public var query: [QueryItem] = []
  /// Of the body, decoded, as the head states it.
  public var contentLength: UInt64?
  /// Of the credential scope; nil where it is the gateway's first.
  public var region: ByteString?
  /// `s3:authType`
  public var authentication: StaticString?
  /// `s3:signatureAge`
  public var signatureAgeMilliseconds: Int64?
  /// `s3:signatureversion`
  public var algorithm: StaticString?
  public var referer: ByteString?
  /// What the headers, the query and the document say for condition keys.
  public var conditions: [(key: S3ConditionKey, value: ConditionValue)] = []
  /// Tags that the request sets.
  public var requestTags = Tags.notRead
  /// Of the object, or of the source of a copy.
  public var objectTags = Tags.notRead
  /// Of the object that a copy replaces.
  public var replacedTags = Tags.notRead
  public var copySource: CopySource?
  /// The request was allowed and the key is not there: without `s3:ListBucket` nobody is told.
  public var hidesMissingKey = false

  public init(method: StaticString) { self.method = method }
}
