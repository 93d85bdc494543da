import Authorization
import IAMPolicy
import IdentityStore
import Rego
import S3Model

/// What an IAM request adds to the values that conditions read: the rest comes from the request's own context.
struct IAMConditions<Base: RequestFacts>: RequestFacts {
  var base: Base
  var access: IAMAccess

  func value(for key: ConditionKey) -> ConditionValue {
    switch key.name {
    case .iam(.policyARN): Self.text(access.policyARN)
    case .iam(.permissionsBoundary): Self.text(access.boundary)
    case .iam(.resourceTag), .aws(.resourceTag): Self.tag(key, access.resourceTags)
    case .iam: .absent
    case .aws(.requestTag): Self.tag(key, access.requestTags)
    case .aws(.tagKeys): .texts(access.tagKeys)
    case .aws, .s3, .sts, .other: base.value(for: key)
    }
  }

  func fact(_ name: RequestFact) -> Value {
    switch name {
    case .requestTags:
      if access.requestTags.isEmpty { return .undefined }
      return .object(
        ValueObject(
          access.requestTags.map { (.string(Text(bytes: $0.key.bytes)), .string(Text(bytes: $0.value.bytes))) }))
    default: return base.fact(name)
    }
  }

  func externalAnswer(_ access: Access) -> ExternalAnswer? { base.externalAnswer(access) }
  func regoSession(_ authority: RegoAuthority) -> RegoSession? { base.regoSession(authority) }

  private static func text(_ value: ByteString?) -> ConditionValue { value.map(ConditionValue.text) ?? .absent }

  /// Keys of conditions have no case: two tags that differ in case alone answer no question.
  private static func tag(_ key: ConditionKey, _ tags: [IdentityTag]) -> ConditionValue {
    let found = tags.filter { key.names(tag: $0.key.bytes) }
    return found.count > 1 ? .unavailable : found.first.map { .text($0.value) } ?? .absent
  }
}
