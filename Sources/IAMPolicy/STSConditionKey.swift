/// The `sts:*` condition keys.
///
/// Source: Service Authorization Reference, "Condition keys for AWS Security Token Service".
public enum STSConditionKey: UInt8, CaseIterable, Hashable, Sendable {
  case awsServiceName
  case durationSeconds
  case externalID
  case identityTokenAudience
  case requestContext
  case requestContextProviders
  case roleSessionName
  case signingAlgorithm
  case sourceIdentity
  case taskPolicyARN
  case transitiveTagKeys
}

extension STSConditionKey {
  /// The name as AWS writes it, without `/<key>`.
  public var name: StaticString {
    switch self {
    case .awsServiceName: "sts:AWSServiceName"
    case .durationSeconds: "sts:DurationSeconds"
    case .externalID: "sts:ExternalId"
    case .identityTokenAudience: "sts:IdentityTokenAudience"
    case .requestContext: "sts:RequestContext"
    case .requestContextProviders: "sts:RequestContextProviders"
    case .roleSessionName: "sts:RoleSessionName"
    case .signingAlgorithm: "sts:SigningAlgorithm"
    case .sourceIdentity: "sts:SourceIdentity"
    case .taskPolicyARN: "sts:TaskPolicyArn"
    case .transitiveTagKeys: "sts:TransitiveTagKeys"
    }
  }
}
