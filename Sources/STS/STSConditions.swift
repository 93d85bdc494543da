import Authorization
import IAMPolicy
import Rego
import S3Model

/// What an STS request adds to the values that conditions read: the rest comes from the request's own context.
struct STSConditions<Base: RequestFacts>: RequestFacts {
  var base: Base
  var sessionName: ByteString?
  var externalID: ByteString?
  /// Asked for now, or set on the calling session and handed on.
  var sourceIdentity: ByteString?
  var durationSeconds: Int?
  /// Tags of this request, not inherited ones.
  var tags: [SessionTag] = []
  var resourceTags: [PrincipalTag] = []
  var roleARN: ByteString?

  func value(for key: ConditionKey) -> ConditionValue {
    switch key.name {
    case .sts(.roleSessionName): Self.text(sessionName)
    case .sts(.externalID): Self.text(externalID)
    case .sts(.sourceIdentity): Self.text(sourceIdentity)
    case .sts(.durationSeconds): durationSeconds.map { .integer(Int64($0)) } ?? .absent
    case .sts(.transitiveTagKeys): .texts(tags.filter(\.isTransitive).map(\.key))
    case .sts: .absent
    case .aws(.tagKeys): .texts(tags.map(\.key))
    case .aws(.requestTag): Self.text(tags.first { key.names(tag: $0.key.bytes) }?.value)
    case .aws(.resourceTag): Self.text(resourceTags.first { key.names(tag: $0.key.bytes) }?.value)
    case .aws, .s3, .iam, .other: base.value(for: key)
    }
  }

  func fact(_ name: RequestFact) -> Value {
    switch name {
    case .roleARN: return roleARN.map { .string(Text(bytes: $0.bytes)) } ?? .undefined
    case .requestTags:
      if tags.isEmpty { return .undefined }
      return .object(
        ValueObject(tags.map { (.string(Text(bytes: $0.key.bytes)), .string(Text(bytes: $0.value.bytes))) }))
    default: return base.fact(name)
    }
  }

  func regoSession(_ authority: RegoAuthority) -> RegoSession? { base.regoSession(authority) }
  func externalAnswer(_ access: Access) -> ExternalAnswer? { base.externalAnswer(access) }

  private static func text(_ value: ByteString?) -> ConditionValue { value.map(ConditionValue.text) ?? .absent }
}
