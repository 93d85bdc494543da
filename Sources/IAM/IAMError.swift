public import Authorization
public import IAMPolicy
public import IdentityStore
public import S3Model
public import S3Wire

/// Why an IAM request is refused, as facts; ``answer`` says what the client hears.
public enum IAMError: Error, Equatable, Sendable {
  case missingAction
  case invalidAction(ByteString, version: ByteString?)
  /// An action of AWS's that this gateway does not have.
  case notImplemented(ByteString)
  case parameters(QueryParameterError)
  case accessDenied(IAMDenial)
  /// The policy server must be asked before anything can be said.
  case needsAnswer(ExternalQuestion)
  /// GetSessionToken's credentials without a second factor, and federated users, call no iam.
  case sessionMayNotCall
  /// What the caller wants would outlive the limits of its credentials: a session's or service account's policy, or
  /// the service account itself.
  case limitedCredentials
  /// The caller is no user, so a request without a user's name is about nobody.
  case userNameNeeded
  case noSuchEntity(IAMEntityName)
  case entityAlreadyExists(IAMEntityName)
  case deleteConflict(IAMConflict)
  case limitExceeded(IAMQuota)
  case malformedPolicy(PolicyError)
  case policyNotAttachable(ByteString)
  /// Declared in the settings: the API can only read it.
  case declared(IAMEntityName)
  case invalidInput(String)
  case passwordPolicyViolation(String)
  case oldPasswordWrong
  /// It is older than the account's policy lets its owner change it (`HardExpiry`).
  case passwordExpired
  /// The caller may not change the password by the account's policy, or is no user.
  case passwordNotChangeable
  case invalidAuthenticationCode(serial: ByteString)
  case tooManyAuthenticationCodes(serial: ByteString)
  /// Too many passwords are being hashed.
  case tooBusy
  /// What was authorized is no longer what would be changed: decide again.
  case changedMeanwhile
  case store(IdentityStoreError)
  /// No entropy, no cipher, or a bug.
  case internalFailure
}

/// Who was refused what.
public struct IAMDenial: Hashable, Sendable {
  /// The caller's ARN as GetCallerIdentity gives it.
  public var callerARN: ByteString
  public var action: IAMAction
  /// As the refusal names it, such as `user bob`: what the caller sent, never what there is.
  public var resource: ByteString
  /// `because no identity-based policy allows the iam:GetUser action`
  public var explanation: String
  /// What decided, for log and audit; never for the client.
  public var reason: String
}

/// What is not there, there already, or not to be changed.
public enum IAMEntityName: Hashable, Sendable {
  case user(ByteString)
  case group(ByteString)
  case role(ByteString)
  case policy(arn: ByteString)
  case policyName(ByteString)
  case policyVersion(arn: ByteString, ByteString)
  case accessKey(ByteString)
  case serviceAccount(ByteString)
  case session(ByteString)
  case inlinePolicy(holder: ByteString, ByteString)
  case loginProfile(ByteString)
  case membership(user: ByteString, group: ByteString)
  case mfaDevice(serial: ByteString)
  case mfaAssignment(serial: ByteString)
  case oidcProvider(ByteString)
  case boundary(holder: ByteString)
  case accountAlias(ByteString)
  case passwordPolicy
  case principal(arn: ByteString)
}

/// What is in the way of a removal.
public enum IAMConflict: Hashable, Sendable {
  case inlinePolicies, attachedPolicies, groups, members, accessKeys, loginProfile, mfaDevices
  case attachedPolicy, boundaryInUse, severalVersions, defaultVersion, assignedDevice
}
