public import IAMPolicy
public import S3Model

/// The users, roles and managed policies in force: immutable, one state of them.
///
/// What a principal may do is derived when it is asked for: however many principals there are, those that come cost.
public protocol PrincipalDirectory: Sendable {
  /// Whether there is a user of a unique id.
  func hasUser(_ id: ByteString) -> Bool
  /// Whether there is a role of a unique id.
  func hasRole(_ id: ByteString) -> Bool

  /// The user of a unique id, as its long-lived keys make it; derived anew by each call.
  func user(id: ByteString) -> Caller?
  /// The role of a unique id; derived anew by each call.
  func role(id: ByteString) -> AuthorizationSnapshot.Role?
  /// The role of an ARN, its path included.
  func role(arn: ByteString) -> AuthorizationSnapshot.Role?

  /// The user, the role of a name, case not counted.
  func user(named name: ByteString) -> Caller?
  func role(named name: ByteString) -> AuthorizationSnapshot.Role?

  /// The managed policy of an ARN, its path included: `arn:aws:iam::aws:policy/Name` for a canned one. One that cannot
  /// be read is there, and denies everything.
  func managedPolicy(arn: ByteString) -> CompiledPolicy?
  /// The managed policy of a name, case not counted, whatever its path.
  func managedPolicy(named name: ByteString) -> CompiledPolicy?

  /// The identity provider of a unique id, if the settings declare it.
  func federatedProvider(id: ByteString) -> FederatedProvider?

  /// The ARN of the identity provider of a unique id, declared or not.
  func providerARN(id: ByteString) -> ByteString?
}

/// An account with its root user alone, and the canned policies.
struct NoPrincipals: PrincipalDirectory {
  func hasUser(_ id: ByteString) -> Bool { false }
  func hasRole(_ id: ByteString) -> Bool { false }
  func user(id: ByteString) -> Caller? { nil }
  func role(id: ByteString) -> AuthorizationSnapshot.Role? { nil }
  func role(arn: ByteString) -> AuthorizationSnapshot.Role? { nil }
  func user(named name: ByteString) -> Caller? { nil }
  func role(named name: ByteString) -> AuthorizationSnapshot.Role? { nil }
  func managedPolicy(arn: ByteString) -> CompiledPolicy? { CannedPolicy.compiled(arn: arn) }
  func managedPolicy(named name: ByteString) -> CompiledPolicy? { CannedPolicy.compiled(named: name) }
  func federatedProvider(id: ByteString) -> FederatedProvider? { nil }
  func providerARN(id: ByteString) -> ByteString? { nil }
}
