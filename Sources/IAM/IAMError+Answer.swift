import IAMPolicy
import IdentityStore
public import S3Model
import S3Wire

extension IAMError {
  /// The error as a client sees it.
  public struct Answer: Equatable, Sendable {
    public var code: S3ErrorCode
    public var message: String

    init(_ code: S3ErrorCode, _ message: String? = nil) {
      self.code = code
      self.message = message ?? String(describing: code.message)
    }
  }

  /// Code and message as AWS has them.
  public var answer: Answer {
    switch self {
    case .missingAction: Answer(.missingAction, "Missing Action")
    case .invalidAction(let action, let version):
      Answer(
        .invalidAction,
        "Could not find operation \(Self.shortened(action)) for version "
          + (version.map(Self.shortened) ?? "NO_VERSION_SPECIFIED"))
    case .notImplemented(let action): Answer(.notImplemented, "\(action) is not implemented.")
    case .parameters(let error): Answer(error.code, error.message)
    case .accessDenied(let denial):
      Answer(
        .accessDenied,
        "User: \(denial.callerARN) is not authorized to perform: \(denial.action.name) on resource: "
          + "\(denial.resource.printable) \(denial.explanation)")
    case .needsAnswer: Answer(.accessDenied, "Access Denied")
    case .sessionMayNotCall: Answer(.invalidClientTokenId, "The security token included in the request is invalid")
    case .limitedCredentials:
      Answer(
        .accessDenied,
        "Credentials that a session policy or a service account limits may not do what would outlive them.")
    case .userNameNeeded:
      Answer(.validationError, "Must specify userName when calling with non-User credentials")
    case .noSuchEntity(let name): Answer(.noSuchEntity, name.missing)
    case .entityAlreadyExists(let name): Answer(.entityAlreadyExists, name.existing)
    case .deleteConflict(let conflict): Answer(.deleteConflict, conflict.message)
    case .limitExceeded(let quota): Answer(.limitExceeded, quota.message)
    case .malformedPolicy(let error): Answer(.malformedPolicyDocument, error.description)
    case .policyNotAttachable(let arn):
      Answer(.noSuchEntity, "Policy \(arn.printable) does not exist or is not attachable.")
    case .declared(let name):
      Answer(
        .unmodifiableEntity, "\(name.existingSubject) is declared in the settings and can only be read through the API."
      )
    case .invalidInput(let message): Answer(.invalidInput, message)
    case .passwordPolicyViolation(let message): Answer(.passwordPolicyViolation, message)
    case .oldPasswordWrong: Answer(.accessDenied, "The old password was incorrect.")
    case .passwordNotChangeable: Answer(.accessDenied, "User is not authorized to perform this action.")
    case .invalidAuthenticationCode: Answer(.invalidAuthenticationCode, "Authentication code for device is not valid.")
    case .tooManyAuthenticationCodes:
      Answer(.throttling, "Too many authentication codes for this device. Try again in a while.")
    case .tooBusy: Answer(.throttling)
    case .passwordExpired:
      Answer(.accessDenied, "The password has expired and can only be set anew by an administrator.")
    case .changedMeanwhile: Answer(.concurrentModification)
    case .store(let error):
      switch error {
      case .tooLarge: Answer(.limitExceeded, "The record is larger than the store takes.")
      case .contended: Answer(.concurrentModification)
      case .unreachable, .refused, .full, .corrupt, .newerSchema, .closed: Answer(.serviceUnavailable)
      }
    case .internalFailure: Answer(.serviceFailure)
    }
  }

  private static func shortened(_ text: ByteString) -> String { ByteString(text.bytes.prefix(256)).printable }
}

extension IAMEntityName {
  /// AWS's sentence for what is not there.
  var missing: String {
    switch self {
    case .user(let name): "The user with name \(name.printable) cannot be found."
    case .group(let name): "The group with name \(name.printable) cannot be found."
    case .role(let name): "The role with name \(name.printable) cannot be found."
    case .policy(let arn): "Policy \(arn.printable) was not found."
    case .policyName(let name): "Policy \(name.printable) was not found."
    case .policyVersion(let arn, let version): "Policy \(arn.printable) version \(version.printable) does not exist."
    case .accessKey(let id): "The Access Key with id \(id.printable) cannot be found."
    case .serviceAccount(let id): "The service account with access key id \(id.printable) cannot be found."
    case .session(let id): "The session with access key id \(id.printable) cannot be found."
    case .inlinePolicy(let holder, let name): "The \(holder) policy with name \(name.printable) cannot be found."
    case .loginProfile(let name): "Login Profile for User \(name.printable) cannot be found."
    case .membership(let user, let group): "User \(user.printable) is not in group \(group.printable)."
    case .mfaDevice(let serial): "VirtualMFADevice with serial number \(serial.printable) doesn't exist."
    case .mfaAssignment(let serial): "MFA Device with serial number \(serial.printable) is not enabled for the user."
    case .oidcProvider(let arn): "OpenIDConnect Provider not found for arn \(arn.printable)"
    case .boundary(let holder): "\(holder.printable) does not have a permission boundary."
    case .accountAlias(let alias): "The account alias \(alias.printable) cannot be found."
    case .passwordPolicy: "The account policy with name PasswordPolicy cannot be found."
    case .principal(let arn): "The entity \(arn.printable) cannot be found."
    }
  }

  /// AWS's sentence for what is there already.
  var existing: String {
    switch self {
    case .policyName(let name): "A policy called \(name.printable) already exists. Duplicate names are not allowed."
    case .mfaDevice: "MFADevice entity at the same path and name already exists."
    case .mfaAssignment: "The MFA device is already enabled for a user."
    case .oidcProvider(let url): "Provider with url \(url.printable) already exists."
    case .loginProfile(let name): "Login Profile for user \(name.printable) already exists."
    default: "\(existingSubject) already exists."
    }
  }

  var existingSubject: String {
    switch self {
    case .user(let name): "User with name \(name.printable)"
    case .group(let name): "Group with name \(name.printable)"
    case .role(let name): "Role with name \(name.printable)"
    case .policy(let arn): "Policy \(arn.printable)"
    case .policyName(let name): "Policy \(name.printable)"
    case .policyVersion(let arn, let version): "Version \(version.printable) of policy \(arn.printable)"
    case .accessKey(let id): "Access key \(id.printable)"
    case .serviceAccount(let id): "Service account \(id.printable)"
    case .session(let id): "Session \(id.printable)"
    case .inlinePolicy(let holder, let name): "The \(holder) policy \(name.printable)"
    case .loginProfile(let name): "Login Profile for user \(name.printable)"
    case .membership(let user, let group): "Membership of \(user.printable) in \(group.printable)"
    case .mfaDevice(let serial), .mfaAssignment(let serial): "MFA device \(serial.printable)"
    case .oidcProvider(let url): "OpenIDConnect provider \(url.printable)"
    case .boundary(let holder): "The permissions boundary of \(holder.printable)"
    case .accountAlias(let alias): "The account alias \(alias.printable)"
    case .passwordPolicy: "The password policy"
    case .principal(let arn): "\(arn.printable)"
    }
  }
}

extension IAMConflict {
  var message: String {
    switch self {
    case .inlinePolicies: "Cannot delete entity, must delete policies first."
    case .attachedPolicies: "Cannot delete entity, must detach all policies first."
    case .groups: "Cannot delete entity, must remove user from all groups first."
    case .members: "Cannot delete entity, must remove users from group first."
    case .accessKeys: "Cannot delete entity, must delete access keys first."
    case .loginProfile: "Cannot delete entity, must delete login profile first."
    case .mfaDevices: "Cannot delete entity, must delete MFA device first."
    case .attachedPolicy: "Cannot delete a policy attached to entities."
    case .boundaryInUse: "Cannot delete a policy that is the permissions boundary of entities."
    case .severalVersions:
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The "
        + "default version is deleted with the policy."
    case .defaultVersion: "Cannot delete the default version of a policy."
    case .assignedDevice: "MFA VirtualDevice in use. Must deactivate first."
    }
  }
}
