public import IAMPolicy
public import S3Model

/// Who a request is decided for: identified, with the policies that bind it.
///
/// Immutable, so that one is shared by every request of a key for as long as its snapshot lives.
public final class Caller: Sendable {
  public let principal: Principal
  /// `aws:userid`: the unique id of a user, `roleID:session`, `account:name` of a federated user, the account of root.
  public let userID: ByteString
  /// `aws:username`, which only users have.
  public let userName: ByteString?
  public let policies: IdentityPolicies
  /// Nil when there are none; an empty list allows nothing.
  public let sessionPolicies: [CompiledPolicy]?
  /// Set when a service account's key acts for the parent that all else here is about.
  public let serviceAccount: ServiceAccount?
  /// Tags of the session first, so that they win over the user's or role's own.
  public let tags: [PrincipalTag]
  public let session: CallerSession?
  /// When a second factor came with this request itself, whatever the credentials say.
  public let secondFactor: PolicyDate?
  /// What the caller was made from, where that was a session: for audit records.
  public let sessionDescription: SessionDescription?
  /// Names of the user's groups, or those that the session's provider named.
  public let groups: [ByteString]
  /// `aws:PrincipalArn`, made once.
  private let principalARN: ByteString?
  private let accountDigits: ByteString?
  /// Whether any of its policies reads `s3:ExistingObjectTag`.
  let readsObjectTags: Bool

  /// A child key of a user, of root or of a federated identity.
  public struct ServiceAccount: Sendable {
    public let accessKeyID: ByteString
    /// A ceiling over what the parent may. Nil when there is none; an empty list allows nothing.
    public let policies: [CompiledPolicy]?

    public init(accessKeyID: ByteString, policies: [CompiledPolicy]?) {
      self.accessKeyID = accessKeyID
      self.policies = policies
    }
  }

  public init(
    principal: Principal, userID: ByteString, userName: ByteString? = nil, policies: IdentityPolicies = .none,
    sessionPolicies: [CompiledPolicy]? = nil, tags: [PrincipalTag] = [], session: CallerSession? = nil,
    groups: [ByteString] = [], sessionDescription: SessionDescription? = nil, serviceAccount: ServiceAccount? = nil,
    secondFactor: PolicyDate? = nil
  ) {
    self.principal = principal
    self.userID = userID
    self.userName = userName
    self.policies = policies
    self.sessionPolicies = sessionPolicies
    self.tags = tags
    self.session = session
    self.secondFactor = secondFactor
    self.groups = groups
    self.sessionDescription = sessionDescription
    self.serviceAccount = serviceAccount
    principalARN = principal.arn
    accountDigits = principal.account?.bytes
    readsObjectTags =
      Self.readObjectTags(policies.attached) || Self.readObjectTags(policies.boundary ?? [])
      || Self.readObjectTags(sessionPolicies ?? []) || Self.readObjectTags(serviceAccount?.policies ?? [])
  }

  private static func readObjectTags(_ policies: [CompiledPolicy]) -> Bool {
    policies.contains { $0.keys.contains(.s3(.existingObjectTag)) }
  }

  /// The same caller with a second factor that came with the request.
  public func with(secondFactor: PolicyDate) -> Caller {
    Caller(
      principal: principal, userID: userID, userName: userName, policies: policies, sessionPolicies: sessionPolicies,
      tags: tags, session: session, groups: groups, sessionDescription: sessionDescription,
      serviceAccount: serviceAccount, secondFactor: secondFactor)
  }

  public static let anonymous = Caller(principal: .anonymous, userID: "anonymous")

  public var isRoot: Bool { if case .root = principal.kind { true } else { false } }

  /// Root, and neither a session's policy nor a service account's limits stand before it.
  public var isUnlimitedRoot: Bool { isRoot && sessionPolicies == nil && serviceAccount == nil }

  /// Whether a policy of the credentials themselves limits whom they stand for. `AdministratorAccess` as the only one
  /// limits nothing.
  public var isLimitedByPolicy: Bool {
    Self.limit(sessionPolicies) || Self.limit(serviceAccount?.policies)
  }

  private static func limit(_ policies: [CompiledPolicy]?) -> Bool {
    guard let policies else { return false }
    return policies.isEmpty || !policies.allSatisfy { $0 === CannedPolicy.administratorAccess.compiled }
  }

  /// The policies of the caller, without those of the resource.
  public var layers: PolicyLayers {
    PolicyLayers(
      identity: policies.attached, boundary: policies.boundary, session: sessionPolicies,
      serviceAccount: serviceAccount?.policies)
  }

  /// The same principal acting through a service account's key: all of the parent's limits, and the key's.
  public func acting(through serviceAccount: ServiceAccount) -> Caller {
    Caller(
      principal: principal, userID: userID, userName: userName, policies: policies, sessionPolicies: sessionPolicies,
      tags: tags, session: session, groups: groups, sessionDescription: sessionDescription,
      serviceAccount: serviceAccount)
  }
}

extension Caller {
  /// The condition keys that are about the caller; absent for any other.
  ///
  /// | key | source |
  /// |---|---|
  /// | `aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:PrincipalType` | the principal |
  /// | `aws:userid`, `aws:username` | the identity store |
  /// | `aws:PrincipalTag/key` | tags of the session, then of the user or role |
  /// | `aws:TokenIssueTime`, `aws:SourceIdentity`, `aws:FederatedProvider` | the session token |
  /// | `aws:MultiFactorAuthPresent`, `aws:MultiFactorAuthAge` | the session token; long-lived keys have neither |
  /// | `aws:PrincipalIsAWSService`, `aws:ViaAWSService` | false: no AWS service calls a gateway |
  /// | any other | the claims in the session token |
  public func conditionValue(for key: ConditionKey, at now: PolicyDate) -> ConditionValue {
    switch key.name {
    case .aws(let name): conditionValue(for: name, key, now)
    case .other: claim(key)
    case .s3, .sts, .iam: .absent
    }
  }

  private func conditionValue(for name: AWSConditionKey, _ key: ConditionKey, _ now: PolicyDate) -> ConditionValue {
    switch name {
    case .principalARN: Self.text(principalARN)
    case .principalAccount: Self.text(accountDigits)
    case .principalType: .text(principalType)
    case .userID: .text(userID)
    case .username: Self.text(userName)
    case .principalTag: Self.text(tags.first { key.names(tag: $0.key.bytes) }?.value)
    case .tokenIssueTime: session.map { .date($0.issued) } ?? .absent
    case .multiFactorAuthPresent:
      secondFactor != nil ? .boolean(true) : session.map { .boolean($0.secondFactor != nil) } ?? .absent
    case .multiFactorAuthAge:
      (secondFactor ?? session?.secondFactor).map { .integer(max(0, (now.milliseconds - $0.milliseconds) / 1000)) }
        ?? .absent
    case .federatedProvider: Self.text(session?.federatedProvider)
    case .sourceIdentity: Self.text(session?.sourceIdentity)
    case .principalIsAWSService, .viaAWSService: .boolean(false)
    case .calledVia, .calledViaFirst, .calledViaLast, .chatbotSourceARN, .currentTime, .epochTime, .principalOrgID,
      .principalOrgPaths, .principalServiceName, .principalServiceNamesList, .referer, .requestedRegion, .requestTag,
      .resourceAccount, .resourceOrgID, .resourceOrgPaths, .resourceTag, .secureTransport, .sourceAccount, .sourceARN,
      .sourceIP, .sourceOrgID, .sourceOrgPaths, .sourceVpc, .sourceVpcARN, .sourceVpce, .tagKeys, .userAgent,
      .vpceAccount, .vpceOrgID, .vpceOrgPaths, .vpcSourceIP:
      .absent
    }
  }

  /// Whether the caller, and nothing of the request, answers a key.
  static func answers(_ name: ConditionKey.Name) -> Bool {
    switch name {
    case .aws(.principalARN), .aws(.principalAccount), .aws(.principalType), .aws(.userID), .aws(.username),
      .aws(.principalTag), .aws(.tokenIssueTime), .aws(.multiFactorAuthPresent), .aws(.multiFactorAuthAge),
      .aws(.federatedProvider), .aws(.sourceIdentity), .aws(.principalIsAWSService), .aws(.viaAWSService):
      true
    default: false
    }
  }

  private static func text(_ value: ByteString?) -> ConditionValue { value.map(ConditionValue.text) ?? .absent }

  private func claim(_ key: ConditionKey) -> ConditionValue {
    guard let claim = session?.claims.first(where: { $0.name == key.parameter }) else { return .absent }
    return claim.values.count == 1 ? .text(claim.values[0]) : .texts(claim.values)
  }

  private var principalType: ByteString {
    switch principal.kind {
    case .anonymous: "Anonymous"
    case .root: "Account"
    case .user: "User"
    case .role, .roleSession: "AssumedRole"
    case .federatedUser, .federatedIdentity: "FederatedUser"
    case .service: "Service"
    case .federated: "Federated"
    }
  }
}
