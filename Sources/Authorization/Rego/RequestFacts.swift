public import IAMPolicy
public import Rego
public import S3Model

/// What a request says beyond IAM's condition keys, for Rego's `input`.
public protocol RequestFacts: ConditionContext {
  /// `.undefined` where the request does not say.
  func fact(_ name: RequestFact) -> Value
  /// The present tags of the object that the access is about.
  var objectTags: ObjectTags { get }
  /// Evaluation memory of this event loop for a policy; nil denies.
  func regoSession(_ authority: RegoAuthority) -> RegoSession?
  /// What the policy server has said about an access of this request; nil before it was asked.
  func externalAnswer(_ access: Access) -> ExternalAnswer?
}

extension RequestFacts {
  public func fact(_ name: RequestFact) -> Value { .undefined }
  public var objectTags: ObjectTags { .none }
  public func regoSession(_ authority: RegoAuthority) -> RegoSession? { nil }
  public func externalAnswer(_ access: Access) -> ExternalAnswer? { nil }
}

/// Facts that have no condition key.
public enum RequestFact: Sendable {
  /// The API operation, such as `CopyObject`.
  case operation
  case requestID
  case method
  /// As sent.
  case path
  /// A string, as sent, without the question mark; without signatures and tokens.
  case query
  /// Of the body, decoded.
  case contentLength
  case accessKeyID
  /// Tags that the request sets.
  case requestTags
  case roleARN
  case roleSessionName
}

public enum ObjectTags: Sendable {
  /// The access is about no object.
  case none
  /// A decision that reads them has to wait.
  case notFetched
  /// They could not be had: a decision that reads them denies.
  case unavailable
  case tags([ObjectTag])
}
