public import S3Model

/// A role that somebody whom a provider vouches for wants to have.
public struct FederatedRole: Sendable {
  public var roleARN: ByteString
  public var sessionName: ByteString
  /// In seconds; nil for the default.
  public var durationSeconds: Int?
  public var policy: ByteString?
  public var policyARNs: [ByteString]
  /// What the role's trust policy must allow.
  public var action: STSAction

  public init(
    roleARN: ByteString, sessionName: ByteString, durationSeconds: Int? = nil, policy: ByteString? = nil,
    policyARNs: [ByteString] = [], action: STSAction
  ) {
    self.roleARN = roleARN
    self.sessionName = sessionName
    self.durationSeconds = durationSeconds
    self.policy = policy
    self.policyARNs = policyARNs
    self.action = action
  }
}
