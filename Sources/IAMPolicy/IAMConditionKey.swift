/// The `iam:*` condition keys that requests have here; others, such as those of FIDO keys, no request has.
///
/// Source: Service Authorization Reference, "Condition keys for AWS Identity and Access Management (IAM)".
public enum IAMConditionKey: UInt8, CaseIterable, Hashable, Sendable {
  case associatedResourceARN
  case awsServiceName
  case organizationsPolicyID
  case passedToService
  case permissionsBoundary
  case policyARN
  case resourceTag
}

extension IAMConditionKey {
  /// The name as AWS writes it, without `/<key>`.
  public var name: StaticString {
    switch self {
    case .associatedResourceARN: "iam:AssociatedResourceArn"
    case .awsServiceName: "iam:AWSServiceName"
    case .organizationsPolicyID: "iam:OrganizationsPolicyId"
    case .passedToService: "iam:PassedToService"
    case .permissionsBoundary: "iam:PermissionsBoundary"
    case .policyARN: "iam:PolicyARN"
    case .resourceTag: "iam:ResourceTag"
    }
  }
}
