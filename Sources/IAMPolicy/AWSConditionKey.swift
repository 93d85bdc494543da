/// The global `aws:*` condition keys.
///
/// Keys with a name behind `/` (`aws:PrincipalTag/<key>`) are one case here; see ``ConditionKey/parameter``.
/// Source: IAM User Guide, "AWS global condition context keys".
public enum AWSConditionKey: UInt8, CaseIterable, Hashable, Sendable {
  case calledVia
  case calledViaFirst
  case calledViaLast
  case chatbotSourceARN
  case currentTime
  case epochTime
  case federatedProvider
  case multiFactorAuthAge
  case multiFactorAuthPresent
  case principalAccount
  case principalARN
  case principalIsAWSService
  case principalOrgID
  case principalOrgPaths
  case principalServiceName
  case principalServiceNamesList
  case principalTag
  case principalType
  case referer
  case requestedRegion
  case requestTag
  case resourceAccount
  case resourceOrgID
  case resourceOrgPaths
  case resourceTag
  case secureTransport
  case sourceAccount
  case sourceARN
  case sourceIdentity
  case sourceIP
  case sourceOrgID
  case sourceOrgPaths
  case sourceVpc
  case sourceVpcARN
  case sourceVpce
  case tagKeys
  case tokenIssueTime
  case userAgent
  case userID
  case username
  case viaAWSService
  case vpceAccount
  case vpceOrgID
  case vpceOrgPaths
  case vpcSourceIP
}

extension AWSConditionKey {
  /// The name as AWS writes it, without `/<key>`.
  public var name: StaticString {
    switch self {
    case .calledVia: "aws:CalledVia"
    case .calledViaFirst: "aws:CalledViaFirst"
    case .calledViaLast: "aws:CalledViaLast"
    case .chatbotSourceARN: "aws:ChatbotSourceArn"
    case .currentTime: "aws:CurrentTime"
    case .epochTime: "aws:EpochTime"
    case .federatedProvider: "aws:FederatedProvider"
    case .multiFactorAuthAge: "aws:MultiFactorAuthAge"
    case .multiFactorAuthPresent: "aws:MultiFactorAuthPresent"
    case .principalAccount: "aws:PrincipalAccount"
    case .principalARN: "aws:PrincipalArn"
    case .principalIsAWSService: "aws:PrincipalIsAWSService"
    case .principalOrgID: "aws:PrincipalOrgID"
    case .principalOrgPaths: "aws:PrincipalOrgPaths"
    case .principalServiceName: "aws:PrincipalServiceName"
    case .principalServiceNamesList: "aws:PrincipalServiceNamesList"
    case .principalTag: "aws:PrincipalTag"
    case .principalType: "aws:PrincipalType"
    case .referer: "aws:Referer"
    case .requestedRegion: "aws:RequestedRegion"
    case .requestTag: "aws:RequestTag"
    case .resourceAccount: "aws:ResourceAccount"
    case .resourceOrgID: "aws:ResourceOrgID"
    case .resourceOrgPaths: "aws:ResourceOrgPaths"
    case .resourceTag: "aws:ResourceTag"
    case .secureTransport: "aws:SecureTransport"
    case .sourceAccount: "aws:SourceAccount"
    case .sourceARN: "aws:SourceArn"
    case .sourceIdentity: "aws:SourceIdentity"
    case .sourceIP: "aws:SourceIp"
    case .sourceOrgID: "aws:SourceOrgID"
    case .sourceOrgPaths: "aws:SourceOrgPaths"
    case .sourceVpc: "aws:SourceVpc"
    case .sourceVpcARN: "aws:SourceVpcArn"
    case .sourceVpce: "aws:SourceVpce"
    case .tagKeys: "aws:TagKeys"
    case .tokenIssueTime: "aws:TokenIssueTime"
    case .userAgent: "aws:UserAgent"
    case .userID: "aws:userid"
    case .username: "aws:username"
    case .viaAWSService: "aws:ViaAWSService"
    case .vpceAccount: "aws:VpceAccount"
    case .vpceOrgID: "aws:VpceOrgID"
    case .vpceOrgPaths: "aws:VpceOrgPaths"
    case .vpcSourceIP: "aws:VpcSourceIp"
    }
  }
}
